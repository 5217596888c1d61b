import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { requirePeer } from '../support/peers.ts';
import { watchSerial } from './serial-watch.ts';
import { doorNames, openDoor } from './update-doors.ts';
import { startLoad, type UpdateLoad } from './update-load.ts';

/** More of them: npm run soak. */
const cycles = Number(process.env['DYNDNS_KILL_CYCLES'] ?? 200);
/** Each on a service of its own, so that one starts while the other is under load. */
const lanes = 2;
/** A third of them by each door. */
const clients = 12;
const answerTimeoutMs = 400;
const recoveryMs = 20_000;
/** A cycle takes a tenth of it. */
const longestCycleMs = 5_000;
/** Two kills under load come to one in the midst of a start; every fiftieth load is so long that the log is copied meanwhile. */
const startKillEvery = 3;
const longLoadEvery = 50;
const updatesOfLongLoad = 600;
const longestLoadMs = 80;
const longestStartMs = 450;

test(
  'the service is killed while it changes its own zone: what was answered is there, and the serial never goes back',
  { timeout: cycles * longestCycleMs },
  async (t) => {
    if (!requirePeer(t, 'dig')) return;
    const reports = await Promise.all(Array.from({ length: lanes }, (_, lane) => killOverAndOver(lane)));
    const all = new Map<string, number>();
    for (const report of reports) for (const [word, times] of report) all.set(word, (all.get(word) ?? 0) + times);
    for (const [word, times] of all) t.diagnostic(`${times} × ${word}`);
  },
);

async function killOverAndOver(lane: number): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const count = (word: string, times = 1) => void counts.set(word, (counts.get(word) ?? 0) + times);
  await using embedded = await launchEmbedded(`dyn${lane}.example.test`);
  let up = Promise.withResolvers<void>();
  up.resolve();
  const load = startLoad(embedded.service, embedded.zone, clients, {
    openDoor: (client) => openDoor(embedded, doorNames[client % doorNames.length]!, answerTimeoutMs),
    whenUp: () => up.promise,
  });
  await using serial = watchSerial(embedded);
  for (let cycle = lane; cycle < cycles; cycle += lanes) {
    await loadForAWhile(load, cycle);
    up = Promise.withResolvers();
    await embedded.service.kill9();
    count('kill under load');
    if (cycle % startKillEvery === 0) {
      cycle += lanes;
      count(await killWhileStarting(embedded));
    }
    await embedded.service.restart();
    up.resolve();
    await serial.next();
  }
  await load.waitForUpdates(clients, recoveryMs);
  const { requests, updated, failures } = await load.stop();
  count('request', requests);
  count('answer of success', updated);
  for (const [text, times] of failures) count(text, times);
  count('serial that was asked for', serial.answers);
  assert.deepEqual(
    [...failures.keys()].filter((text) => !text.startsWith('no answer')),
    [],
    'nothing but the kills keeps a change from being made',
  );
  await load.expectKept(embedded);
  return counts;
}

async function loadForAWhile(load: UpdateLoad, cycle: number): Promise<void> {
  await load.waitForUpdates(cycle % longLoadEvery < lanes ? updatesOfLongLoad : 1, recoveryMs);
  await sleep(Math.random() * longestLoadMs);
}

/** At some moment of its start; or as soon as it has copied the log that the last kill has left. */
async function killWhileStarting({ service }: EmbeddedService): Promise<string> {
  const starting = service.restart().then(
    () => 'kill after a start',
    () => 'kill in the midst of a start',
  );
  const isAtCopy = Math.random() < 0.5;
  if (isAtCopy) await logIsCopied(join(service.directory, 'zones.db-wal'), starting);
  else await sleep(Math.random() * longestStartMs);
  await service.kill9();
  const when = await starting;
  return isAtCopy ? `${when}, at the end of the recovery` : when;
}

/** Copied, it begins anew, and is short. */
async function logIsCopied(path: string, started: Promise<unknown>): Promise<void> {
  const octets = async () => (await stat(path).catch(() => undefined))?.size ?? 0;
  const before = await octets();
  let isStarted = false;
  void started.then(() => (isStarted = true));
  const isOver = () => isStarted;
  while (!isOver() && (await octets()) >= before) await sleep(1);
}
