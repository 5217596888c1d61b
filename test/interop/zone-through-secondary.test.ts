import assert from 'node:assert/strict';
import { test } from 'node:test';

import { receiveZone } from '../../src/nameserver/receive-zone.ts';
import { type SecondaryMakeName, secondaryMakes, startSecondary } from '../support/nameserver/secondary.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey } from '../support/test-key.ts';
import { origin, recordLine, tsigKey, zoneOf } from '../support/transfer-fixture.ts';
import { openZoneService } from '../support/open-zone-service.ts';
import { serveInMemory } from '../support/served-zones.ts';
import { zoneLines } from '../support/zone-fixture.ts';

const testKey = makeTestKey('xfr-key', 'hmac-sha512');
const key = tsigKey(testKey);
const unixSeconds = () => Math.floor(Date.now() / 1000);

/** About a hundred messages, both ways. */
const addressCount = 60_000;

for (const make of Object.keys(secondaryMakes) as SecondaryMakeName[]) {
  test(`a large zone goes through ${secondaryMakes[make].title} and comes back`, async (t) => {
    if (!requirePeer(t, ...secondaryMakes[make].peers)) return;
    const zone = zoneOf(addressCount);
    await using server = await openZoneService([serveInMemory(zone, key)]);
    const options = { zone: origin.toString().replace(/\.$/, ''), key: testKey, primaryPort: server.port };
    await using secondary = await startSecondary(make, options);
    const lines: string[] = [];
    const source = { zone: origin, address: '127.0.0.1', port: secondary.port, key };
    for await (const event of receiveZone(source, unixSeconds)) {
      if (event.kind === 'records') lines.push(...event.records.map(recordLine));
      else assert.deepEqual(event, { kind: 'complete', recordCount: addressCount + 2 });
    }
    assert.deepEqual(lines.sort(), zoneLines(zone));
  });
}
