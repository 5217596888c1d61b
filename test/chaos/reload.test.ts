import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  ask,
  configurationOf,
  expectAddresses,
  secret,
  serveZones,
  updatePath,
  zoneOf,
} from '../interop/seed-service.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { startProxy } from '../support/proxy.ts';
import { startLoad } from './update-load.ts';

const zone = 'dyn.example.test';
const second = 'second.example.test';
const newSecret = 'An0therSecretOfTheTests';
const clients = 32;
const updatesBetween = 200;
const patienceMs = 20_000;

test('the configuration is read again under load: no request fails, and a broken file changes nothing', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers, ...makes.knot.peers)) return;
  await using bind = await startNameserver('bind', { zones: [{ name: zone }] });
  await using knot = await startNameserver('knot', { zones: [{ name: second }] });
  await using proxy = await startProxy(bind.port);
  await using service = await serveZones([zoneOf(bind, zone)], { log_level: 40 });
  const load = startLoad(service, zone, clients);
  const direct = zoneOf(bind, zone);
  const throughProxy = zoneOf(bind, zone, { port: proxy.port });
  const added = zoneOf(knot, second);
  const reload = async (configuration: string | object, said: RegExp) => {
    await service.writeConfiguration(configuration);
    await reloadAndWait(service, said);
    await load.waitForUpdates(updatesBetween, patienceMs);
  };
  const taken = /the configuration was read again from/g;
  const statusWith = async (given: string) =>
    (await ask(service, updatePath(`once.${second}`, '192.0.2.1').replace(secret, given))).status;

  await t.test('the same file, over and over', async () => {
    for (let round = 0; round < 5; round += 1) await reload(configurationOf([direct], { log_level: 40 }), taken);
  });
  await t.test('another way to the nameserver, another zone, another secret', async () => {
    assert.equal(await statusWith(secret), 404);
    await reload(configurationOf([throughProxy, added], { secret: [secret, newSecret], log_level: 41 }), taken);
    assert.ok(proxy.updates > 0, 'nothing went the new way');
    assert.equal(await statusWith(newSecret), 200);
    await expectAddresses(knot, `once.${second}`, { ipv4: ['192.0.2.1'] });
  });
  await t.test('a broken file leaves the old one in force', async () => {
    const refused = /the new configuration is wrong; the old one stays in force/g;
    await reload('secret: [unclosed', refused);
    await reload({ ...configurationOf([added]), colour: 'red' }, refused);
    await reload(configurationOf([]), refused);
    assert.equal(await statusWith(newSecret), 200);
  });
  await t.test('back to the old way; the second zone and secret go', async () => {
    await reload(configurationOf([direct], { log_level: 40 }), taken);
    assert.equal(await statusWith(newSecret), 403);
    assert.equal(await statusWith(secret), 404);
    const { updates } = proxy;
    await load.waitForUpdates(updatesBetween, patienceMs);
    assert.equal(proxy.updates, updates, 'something still goes the old way');
    const deadlineMs = performance.now() + patienceMs;
    while (proxy.openConnections > 0 && performance.now() < deadlineMs) await sleep(20);
    assert.equal(proxy.openConnections, 0, 'connections that nobody needs are closed');
  });
  const report = await load.stop();
  t.diagnostic(`${report.requests} requests, ${report.updated} answered UPDATED`);
  assert.deepEqual([...report.failures], []);
  await load.expectKept(bind);
  assert.doesNotMatch(service.log(), new RegExp(`${secret}|${newSecret}`));
});

/** Sends SIGHUP and waits until the service has said once more what it made of the file. */
async function reloadAndWait(service: ServiceUnderTest, said: RegExp): Promise<void> {
  const count = () => service.log().match(said)?.length ?? 0;
  const before = count();
  const deadlineMs = performance.now() + patienceMs;
  service.signal('SIGHUP');
  while (count() === before) {
    if (performance.now() > deadlineMs) assert.fail(`it did not say ${String(said)}; it said:\n${service.log()}`);
    await sleep(10);
  }
}
