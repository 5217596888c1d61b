import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { ask, configurationOf, serveZones, updatePath, zoneOf } from '../interop/seed-service.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey } from '../support/test-key.ts';

const zone = 'dyn.example.test';
const www = `www.${zone}`;

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
  await delay(150);
  await service.writeConfiguration(configurationOf([zoneOf(nameserver, zone, { key: second })]));
  service.signal('SIGHUP');
  for (let tries = 0; tries < 500 && !/was read again/.test(service.log()); tries++) await delay(10);
  assert.match(service.log(), /was read again/);
  const last = await ask(service, updatePath(www, '203.0.113.99'));
  assert.match(last.body, /^UPDATED: /);
  await Promise.all(earlier);
  assert.deepEqual(await nameserver.values(www, 'A'), ['203.0.113.99']);
});
