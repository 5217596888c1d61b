import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { serveZones, zoneOf } from '../interop/seed-service.ts';
import { type MakeName, makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { type LoadReport, startLoad } from './update-load.ts';

const zone = 'dyn.example.test';
const clients = 64;
const rounds = 4;
const downMs = 300;
/** Longer than the service waits for the answer to an UPDATE. */
const hangMs = 7_000;

/** So many successes between one kill and the next; PowerDNS makes some 80 changes a second. */
const updatesPerRound: Readonly<Record<MakeName, number>> = { bind: 500, knot: 300, powerdns: 150 };

/** A request has ten seconds; what is beyond is for busy machines. */
const slowestAllowedMs = 15_000;
const recoveryMs = 20_000;

for (const make of makeNames)
  test(`${makes[make].title} is killed under load: what was answered UPDATED is there, and the service goes on`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    await using service = await serveZones([zoneOf(nameserver, zone)], { log_level: 50 });
    const { pid } = service;
    const load = startLoad(service, zone, clients);
    for (let round = 0; round < rounds; round += 1) {
      await load.waitForUpdates(updatesPerRound[make], recoveryMs);
      await nameserver.kill9();
      await sleep(downMs);
      await nameserver.restart();
    }
    await load.waitForUpdates(updatesPerRound[make], recoveryMs);
    const report = await load.stop();
    describe(t, report);
    assert.equal(service.pid, pid);
    assert.ok(report.slowestMs < slowestAllowedMs, `${report.slowestMs} ms`);
    await load.expectKept(nameserver);
  });

for (const make of makeNames)
  test(`the service is killed while it changes ${makes[make].title}: no name is half changed`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    await using service = await serveZones([zoneOf(nameserver, zone)], { log_level: 50 });
    const load = startLoad(service, zone, clients);
    for (let round = 0; round < 2; round += 1) {
      await load.waitForUpdates(updatesPerRound[make], recoveryMs);
      await service.kill9();
      await service.restart();
    }
    await load.waitForUpdates(updatesPerRound[make], recoveryMs);
    describe(t, await load.stop());
    await load.expectKept(nameserver);
  });

test('BIND hangs under load: everybody is told by the deadline, and the service goes on', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  await using service = await serveZones([zoneOf(nameserver, zone)], { log_level: 50 });
  const load = startLoad(service, zone, clients);
  await load.waitForUpdates(updatesPerRound.bind, recoveryMs);
  nameserver.signal('SIGSTOP');
  await sleep(hangMs);
  nameserver.signal('SIGCONT');
  await load.waitForUpdates(updatesPerRound.bind, recoveryMs);
  const report = await load.stop();
  describe(t, report);
  assert.ok(report.slowestMs < slowestAllowedMs, `${report.slowestMs} ms`);
  assert.ok([...report.failures.keys()].some((text) => text.startsWith('504 ')));
  await load.expectKept(nameserver);
});

function describe(t: TestContext, { requests, updated, failures, slowestMs }: LoadReport): void {
  t.diagnostic(`${requests} requests, ${updated} answered UPDATED; the slowest took ${Math.round(slowestMs)} ms`);
  for (const [text, times] of failures) t.diagnostic(`${times} × ${text}`);
}
