import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Opcode } from '../../src/dns/codes.ts';
import { makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { startProxy } from '../support/proxy.ts';
import { ask, deletePath, serveZones, updatePath, updateQuery, zoneOf } from './seed-service.ts';

const zone = 'dyn.example.test';
const hosts = Array.from({ length: 50 }, (_, index) => `host${index}.${zone}`);
const rounds = 4;
const records = ['*.wild 60 IN A 192.0.2.200'];

/** A proxy before the nameserver counts what the service sends; the nameserver's serial is the second witness. */
for (const make of makeNames)
  test(`${makes[make].title}: what changes nothing sends no UPDATE, and the serial stands still`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone, records }] });
    await using proxy = await startProxy(nameserver.port);
    let changingUpdates = 0;
    proxy.impair({
      onRequest: (wire) => {
        if (isChangingUpdate(wire)) changingUpdates += 1;
        return 'pass';
      },
    });
    await using service = await serveZones([zoneOf(nameserver, zone, { port: proxy.port })]);

    /** How many messages and serials the requests cost; every answer line has to begin with the word. */
    const cost = async (word: string, paths: readonly string[]) => {
      const count = async () => ({
        queries: proxy.count(Opcode.QUERY),
        updates: proxy.updates,
        changing: changingUpdates,
        serials: await nameserver.serial(zone),
      });
      const before = await count();
      const answers = await Promise.all(paths.map((path) => ask(service, path)));
      for (const { body } of answers) assert.match(body, new RegExp(`^(?:${word}: [^\n]+\n)+$`));
      const after = await count();
      return {
        queries: after.queries - before.queries,
        updates: after.updates - before.updates,
        changing: after.changing - before.changing,
        serials: after.serials - before.serials,
      };
    };
    const repeatedly = (paths: readonly string[]) => Array.from({ length: rounds }, () => paths).flat();
    const dual = hosts.map((host, index) => updatePath(host, `192.0.2.${index}`, `2001:db8::${index + 1}`));

    await t.test('first everything changes: the witnesses see it', async () => {
      const { changing, serials } = await cost('UPDATED', dual);
      assert.ok(changing > 0 && serials > 0, `${changing} updates, ${serials} serials`);
    });

    await t.test('two queries to read a name, and a share of those that all have in common', async () => {
      const paths = repeatedly(dual);
      const { queries, updates, serials } = await cost('UNCHANGED', paths);
      assert.deepEqual({ updates, serials }, { updates: 0, serials: 0 });
      assert.ok(queries >= 2 * dual.length && queries < 3 * paths.length, `${queries} queries`);
      t.diagnostic(`${paths.length} unchanged requests at once: ${queries} queries, 0 updates`);
    });

    await t.test('while the serial stands still, one query vouches for all who ask at the same time', async () => {
      const paths = repeatedly(dual);
      await cost('UNCHANGED', paths);
      const { queries, updates, serials } = await cost('UNCHANGED', paths);
      assert.deepEqual({ updates, serials }, { updates: 0, serials: 0 });
      assert.ok(queries >= 1 && queries < dual.length, `${queries} queries`);
      t.diagnostic(`${paths.length} unchanged requests at once, read before: ${queries} queries, 0 updates`);
    });

    await t.test('one after the other, each asks for the serial itself', async () => {
      for (const path of dual.slice(0, 10)) {
        const { queries, updates, serials } = await cost('UNCHANGED', [path]);
        assert.deepEqual({ queries, updates, serials }, { queries: 1, updates: 0, serials: 0 });
      }
    });

    await t.test('once the serial has moved, each is read anew', async () => {
      const { status, text } = await nameserver.update(zone, [`update add elsewhere.${zone}. 60 A 192.0.2.1`]);
      assert.equal(status, 'NOERROR', text);
      const { queries, updates } = await cost('UNCHANGED', dual);
      assert.equal(updates, 0);
      assert.ok(queries >= 2 * dual.length, `${queries} queries`);
    });

    await t.test('whatever the request is, as long as it changes nothing', async () => {
      const [host = ''] = hosts;
      const { updates, serials } = await cost('UNCHANGED', [
        updateQuery({ fqdn: host, ip_1: '192.0.2.0', ip_2: '2001:db8::1', ttl: '300' }),
        updateQuery({ fqdn: host.toUpperCase(), ipv6: '2001:0DB8::1', ipv4: '192.0.2.0' }),
        deletePath(`nothing.${zone}`),
        deletePath(zone),
      ]);
      assert.deepEqual({ updates, serials }, { updates: 0, serials: 0 });
    });

    await t.test('below a wildcard, whether a record is there is asked by an UPDATE that changes nothing', async () => {
      const { updates, changing, serials } = await cost('UNCHANGED', [deletePath(`nothing.wild.${zone}`)]);
      assert.ok(updates > 0);
      assert.deepEqual({ changing, serials }, { changing: 0, serials: 0 });
    });

    await t.test('a name below a wildcard: what only asks raises no serial', async () => {
      const host = `host.wild.${zone}`;
      await cost('(?:UPDATED|UNCHANGED)', [updatePath(host, '192.0.2.200')]);
      const { changing, serials } = await cost('UNCHANGED', repeatedly([updatePath(host, '192.0.2.200')]));
      assert.deepEqual({ changing, serials }, { changing: 0, serials: 0 });
    });

    await t.test('a change costs one UPDATE, however many families and records', async () => {
      const { changing, serials } = await cost('UPDATED', [updatePath(hosts[0] ?? '', '192.0.2.99', '2001:db8::99')]);
      assert.deepEqual({ changing, serials }, { changing: 1, serials: 1 });
      const gone = await cost('UPDATED', [deletePath(hosts[0] ?? '')]);
      assert.deepEqual({ changing: gone.changing, serials: gone.serials }, { changing: 1, serials: 1 });
    });
  });

/** RFC 2136 §2.2: octets 8 and 9 count the changes; a message with none asks only. */
function isChangingUpdate(wire: Uint8Array): boolean {
  return (((wire[2] ?? 0) >> 3) & 0xf) === Opcode.UPDATE && (wire[8] ?? 0) + (wire[9] ?? 0) > 0;
}
