import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { ask, serveZones, updatePath, zoneOf } from './seed-service.ts';

const zone = 'dyn.example.test';
const lower = `sub.${zone}`;

/** What we wrote into the upper zone would be there, and no query would ever see it. */
for (const make of makeNames)
  test(`${make}: names in a zone of the same nameserver below ours are refused, one or many`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, {
      zones: [{ name: zone, records: ['sub IN NS ns'] }, { name: lower }],
    });
    await using service = await serveZones([zoneOf(nameserver, zone)]);
    const serial = await nameserver.serial(zone);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => ask(service, updatePath(`w${index}.${lower}`, '192.0.2.1'))),
    );
    for (const { status, body } of answers) {
      assert.equal(status, 502);
      // Knot says that it does not know the key, where the other zone does not allow it.
      assert.match(body, /^DNS_SERVER_ERROR: (?:.*not with authority|.*didn't know the tsig key.*)\.\n$/);
    }
    assert.equal(await nameserver.serial(zone), serial, 'nothing was sent');
  });
