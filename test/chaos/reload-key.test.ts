import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { ask, configurationOf, serveZones, updatePath, zoneOf } from '../interop/seed-service.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey } from '../support/test-key.ts';

const zone = 'dyn.example.test';
const www = `www.${zone}`;

/** How many updates the service has got, answered or not. */
async function received(service: ServiceUnderTest): Promise<number> {
  const { body } = await service.get('/metrics');
  const numbers = body.matchAll(
    /^dyndns_http_(?:updates_in_flight|requests_total\{route="\/update-by-path"[^}]*\}) (\d+)$/gm,
  );
  return [...numbers].reduce((sum, [, number]) => sum + Number(number), 0);
}

test('a reload with another key keeps the order of what was asked for a name before and after', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  const second = makeTestKey('second');
  await using nameserver = await startNameserver('bind', {
    zones: [{ name: zone, bindUpdatePolicy: `grant ${zone}. zonesub ANY; grant second. zonesub ANY;` }],
    keys: [second],
  });
  await using service = await serveZones([zoneOf(nameserver, zone)]);
  const earlier = Array.from({ length: 300 }, (_, index) =>
    ask(service, updatePath(www, `192.0.2.${(index % 200) + 1}`)),
  );
  for (let tries = 0; tries < 1000 && (await received(service)) < earlier.length; tries++) await delay(5);
  assert.equal(await received(service), earlier.length, 'all of them have arrived before what comes last');
  await service.writeConfiguration(configurationOf([zoneOf(nameserver, zone, { key: second })]));
  service.signal('SIGHUP');
  for (let tries = 0; tries < 500 && !/was read again/.test(service.log()); tries++) await delay(10);
  assert.match(service.log(), /was read again/);
  const last = await ask(service, updatePath(www, '203.0.113.99'));
  assert.match(last.body, /^UPDATED: /);
  await Promise.all(earlier);
  assert.deepEqual(await nameserver.values(www, 'A'), ['203.0.113.99']);
});
