import assert from 'node:assert/strict';
import { test } from 'node:test';

import { launchEmbedded } from '../support/embedded-service.ts';
import { requirePeer } from '../support/peers.ts';
import { startLoad } from './update-load.ts';

const clients = 64;
const updatesPerRound = 60;
const recoveryMs = 20_000;
const cycles = Number(process.env['DYNDNS_KILL_CYCLES'] ?? 100);

test('the service is killed while it changes its own zone: what was answered is there, and the serial never goes back', async (t) => {
  if (!requirePeer(t, 'dig')) return;
  await using embedded = await launchEmbedded('dyn.example.test');
  const { service, zone } = embedded;
  const load = startLoad(service, zone, clients);
  let serial = await embedded.serial();
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await load.waitForUpdates(updatesPerRound, recoveryMs);
    const served = await embedded.serial();
    assert.ok(served > serial, `the serial was ${serial}, and is ${served}`);
    await service.kill9();
    await service.restart();
    serial = await embedded.serial();
    assert.ok(serial >= served, `the serial ${served} was served, and ${serial} is after the kill`);
  }
  await load.waitForUpdates(updatesPerRound, recoveryMs);
  const { requests, updated, failures } = await load.stop();
  t.diagnostic(`${cycles} kills, ${requests} requests, ${updated} answered UPDATED`);
  for (const [text, times] of failures) t.diagnostic(`${times} × ${text}`);
  await load.expectKept(embedded);
});
