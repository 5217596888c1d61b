import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { makeNames, makes, type NameserverUnderTest, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { startProxy } from '../support/proxy.ts';
import { ask, serveZones, updatePath, zoneOf } from './seed-service.ts';

const zone = 'dyn.example.test';

/** A claim about a name's addresses is true when it is made, whatever others do at the same time. */
for (const make of makeNames) {
  test(`${makes[make].title}: a wildcard that vanishes after it has made up an answer`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, {
      zones: [{ name: zone, records: ['*.w 60 IN A 192.0.2.2'] }],
    });
    await using proxy = await startProxy(nameserver.port);
    await using service = await serveZones([zoneOf(nameserver, zone, { port: proxy.port })]);
    proxy.impair({ delayRequestsMs: 300 });
    const answer = ask(service, updatePath(`n.w.${zone}`, '192.0.2.2'));
    // The answer is on its way back, and whatever is asked next is not there yet.
    await delay(380);
    await foreign(nameserver, `update delete *.w.${zone}. A`);
    assert.match((await answer).body, /^UPDATED: n\.w\.dyn\.example\.test\. A None -> 192\.0\.2\.2\n/);
    assert.deepEqual(await nameserver.values(`n.w.${zone}`, 'A'), ['192.0.2.2']);
  });

  test(`${makes[make].title}: a wildcard that gives way to another value`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, {
      zones: [{ name: zone, records: ['*.w 60 IN A 192.0.2.2'] }],
    });
    await using proxy = await startProxy(nameserver.port);
    await using service = await serveZones([zoneOf(nameserver, zone, { port: proxy.port })]);
    proxy.impair({ delayRequestsMs: 300 });
    const answer = ask(service, updatePath(`n.w.${zone}`, '192.0.2.2'));
    await delay(380);
    await foreign(nameserver, `update add n.w.${zone}. 60 A 192.0.2.3`);
    assert.match((await answer).body, /^UPDATED: n\.w\.dyn\.example\.test\. A 192\.0\.2\.3 -> 192\.0\.2\.2\n/);
    assert.deepEqual(await nameserver.values(`n.w.${zone}`, 'A'), ['192.0.2.2']);
  });

  for (const owner of ['sub', 'www.sub'])
    test(`${makes[make].title}: a delegation at ${owner} that hides what we have written`, async (t) => {
      if (!requirePeer(t, ...makes[make].peers)) return;
      await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
      await using service = await serveZones([zoneOf(nameserver, zone)]);
      const name = `www.sub.${zone}`;
      assert.match((await ask(service, updatePath(name, '192.0.2.1'))).body, /^UPDATED: /);
      await foreign(nameserver, `update add ${owner}.${zone}. 60 NS ns.elsewhere.example.`);
      for (const address of ['192.0.2.2', '192.0.2.3']) {
        const { status, body } = await ask(service, updatePath(name, address));
        assert.ok(status >= 502, `${status} ${body}`);
        assert.match(body, /^DNS_SERVER_ERROR: /);
      }
    });
}

/** Serials of PowerDNS that are no witnesses: the time of day, under which several changes go, and one that stands still. */
for (const setting of ['EPOCH', 'NONE'])
  test(`PowerDNS with SOA-EDIT-DNSUPDATE=${setting}: what others change is seen`, async (t) => {
    if (!requirePeer(t, ...makes.powerdns.peers)) return;
    await using nameserver = await startNameserver('powerdns', { zones: [{ name: zone }] });
    const database = new DatabaseSync(nameserver.zoneFile(zone));
    database.exec(`UPDATE domainmetadata SET content = '${setting}' WHERE kind = 'SOA-EDIT-DNSUPDATE'`);
    database.close();
    await using service = await serveZones([zoneOf(nameserver, zone)]);
    const name = `www.${zone}`;
    const wish = async () => (await ask(service, updatePath(name, '192.0.2.1'))).body.split('\n')[0];
    await wish();
    for (let round = 0; round < 3; round += 1) {
      // All within one second: the serial is told, the name is read, and somebody else changes it.
      await delay(1_050 - (Date.now() % 1_000));
      await foreign(nameserver, `update add other.${zone}. 60 A 192.0.2.${round}`);
      for (let time = 0; time < 3; time += 1) assert.equal(await wish(), `UNCHANGED: ${name}. A 192.0.2.1`);
      await foreign(nameserver, `update delete ${name}. A`, `update add ${name}. 300 A 192.0.2.99`);
      assert.equal(await wish(), `UPDATED: ${name}. A 192.0.2.99 -> 192.0.2.1`);
    }
  });

test('BIND that was killed, and comes back with another zone of the same serial', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  await using service = await serveZones([zoneOf(nameserver, zone)]);
  const name = `www.${zone}`;
  const wish = async () => (await ask(service, updatePath(name, '192.0.2.1'))).body.split('\n')[0];
  for (let time = 0; time < 4; time += 1) await wish();
  const serial = await nameserver.serial(zone);
  await nameserver.kill9();
  const file = nameserver.zoneFile(zone);
  const apex = `@ IN SOA ns hostmaster ${serial} 3600 600 1209600 60\n@ IN NS ns\nns IN A 127.0.0.1\n`;
  await writeFile(file, `$ORIGIN ${zone}.\n$TTL 300\n${apex}www IN A 192.0.2.66\n`);
  await rm(`${file}.jnl`);
  await nameserver.restart();
  assert.equal(await wish(), `UPDATED: ${name}. A 192.0.2.66 -> 192.0.2.1`);
});

async function foreign(nameserver: NameserverUnderTest, ...lines: readonly string[]): Promise<void> {
  const { status, text } = await nameserver.update(zone, lines);
  assert.equal(status, 'NOERROR', text);
}
