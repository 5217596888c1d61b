import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { requirePeer } from '../support/peers.ts';
import { untilReady } from './failing-change.ts';
import { injectFault, mayTrace } from './fault-injector.ts';
import { logOf, untilLogRests } from './log-rest.ts';
import { mountOwnDisk, type OwnDisk } from './own-disk.ts';
import { expectNotStored, type Order, type PreparedOrder, registryOrders, wasTaken } from './registry-orders.ts';

/** In a soak each place meets both errors, and each end comes after each. */
const isSoak = process.env['DYNDNS_LONG_FAULTS'] === '1';
const errors = ['EIO', 'ENOSPC'] as const;
const ends = ['recovery', 'kill', 'end'] as const;
const patienceMs = 20_000;
/** Two services, so that one starts while the other is tried. */
const lanes = 2;

type End = (typeof ends)[number];

interface Place {
  readonly call: 'fsync' | 'pwrite64';
  readonly number: number;
}

interface Trial extends Place {
  readonly order: Order;
  readonly error: (typeof errors)[number];
  readonly isLasting: boolean;
  /** What comes after the answer: the fault goes, or the process does, while the fault is still there. */
  readonly after: End;
}

test('the disk fails at a sync or a write of an order: it is refused, nothing of it is seen, and it never comes back', async (t) => {
  if (!requirePeer(t, 'strace')) return;
  if (!(await mayTrace())) return t.skip('strace may not trace here');
  await using stack = new AsyncDisposableStack();
  const services = await Promise.all(
    Array.from({ length: lanes }, (_, lane) => launchEmbedded(`dyn${lane}.example.test`)),
  );
  for (const service of services) stack.use(service);
  const trials: Trial[] = [];
  for (const order of registryOrders) {
    const places = await placesOf(services[0]!, order);
    t.diagnostic(`${order.title}: ${places.length} syncs and writes`);
    trials.push(...trialsOf(order, places));
  }
  const outcomes = new Map<string, number>();
  const waiting = trials.values();
  const lane = async (embedded: EmbeddedService) => {
    for (const trial of waiting) {
      const outcome = `${trial.order.title}: ${await carryOut(embedded, trial)}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(services.map(lane));
  for (const [outcome, times] of outcomes) t.diagnostic(`${times} × ${outcome}`);
  for (const { title } of registryOrders)
    for (const after of ends) assert.ok((outcomes.get(`${title}: refused, ${after}`) ?? 0) > 0, `${title}, ${after}`);
});

test('the disk is full: orders are refused, nothing of them is seen, and room is all that it takes', async (t) => {
  let mounted: OwnDisk;
  try {
    mounted = await mountOwnDisk('mount -t tmpfs -o size=1m none "$1"');
  } catch (error) {
    return t.skip(`no file system can be mounted here: ${String(error)}`);
  }
  await using disk = mounted;
  const database = join(disk.path, 'zones.db');
  await using embedded = await launchEmbedded('dyn.example.test', { database, process: { under: disk.under } });
  for (const after of ends) {
    const prepared = await Promise.all(registryOrders.map((order) => order.prepare(embedded)));
    // What is written late takes no room from what is refused.
    await delay(300);
    await disk.fillUp();
    for (const [index, each] of prepared.entries()) await expectRefusal(each, `${registryOrders[index]!.title}, full`);
    await untilReady(embedded, false);
    if (after === 'kill') await embedded.service.kill9();
    if (after === 'end') await embedded.service.stop();
    await disk.makeRoom();
    if (after !== 'recovery') await embedded.service.restart();
    await untilReady(embedded, true);
    for (const each of prepared) assert.equal(await each.isDone(), false, after);
    for (const each of prepared) await expectDone(each, after);
  }
});

/** All writes and syncs of the log that an order costs before it is answered. */
async function placesOf(embedded: EmbeddedService, order: Order): Promise<readonly Place[]> {
  const prepared = await order.prepare(embedded);
  await untilLogRests(embedded);
  await using fault = await injectFault(embedded.service.pid, [logOf(embedded)], []);
  const answer = await prepared.ask();
  assert.ok(wasTaken(answer), answer.text);
  const seen = fault.seen();
  return (['fsync', 'pwrite64'] as const).flatMap((call) => {
    const count = seen.split(`${call}(`).length - 1;
    assert.ok(count > 0, `${order.title} costs no ${call}`);
    return Array.from({ length: count }, (_, index): Place => ({ call, number: index + 1 }));
  });
}

function trialsOf(order: Order, places: readonly Place[]): readonly Trial[] {
  if (isSoak) return everyTrial(order, places);
  let turn = 0;
  const trial = (place: Place, isLasting: boolean, after: End): Trial => {
    turn += 1;
    return { ...place, order, error: errors[(turn + place.number) % errors.length]!, isLasting, after };
  };
  // After a sync that failed everything is in the log, so each end is tried. Else ends take turns; errors do always.
  return places.flatMap((place) => {
    const once = trial(place, false, 'recovery');
    if (place.call === 'fsync') return [once, ...ends.map((after) => trial(place, true, after))];
    return [once, trial(place, true, ends[place.number % ends.length]!)];
  });
}

function everyTrial(order: Order, places: readonly Place[]): readonly Trial[] {
  const trials: Trial[] = [];
  for (const { call, number } of places)
    for (const error of errors)
      for (const after of ends)
        for (const isLasting of [true, false]) trials.push({ order, call, number, error, after, isLasting });
  return trials;
}

async function carryOut(embedded: EmbeddedService, trial: Trial): Promise<string> {
  const { order, call, number, error, isLasting, after } = trial;
  const expression = `inject=${call}:error=${error}:when=${number}${isLasting ? '+' : ''}`;
  const where = `${order.title}, ${expression}, ${after}`;
  const { service } = embedded;
  const prepared = await order.prepare(embedded);
  await untilLogRests(embedded);
  {
    await using fault = await injectFault(service.pid, [logOf(embedded)], [expression]);
    const answer = await prepared.ask();
    if (wasTaken(answer)) {
      assert.ok(await prepared.isDone(), where);
      // Nothing but what is written late can have met it.
      return fault.seen().includes('INJECTED') ? await met(embedded, prepared, where) : 'not met';
    }
    expectNotStored(answer, where);
    assert.equal(await prepared.isDone(), false, where);
    if (isLasting) assert.match(await untilReady(embedded, false), /zones\.db/);
    if (after === 'kill') await service.kill9();
    if (after === 'end') await service.stop();
  }
  if (after === 'recovery') await untilReady(embedded, true);
  else await service.restart();
  // Where the sync fails and nothing can be made void before the process ends, nobody knows.
  const isOpen = after !== 'recovery' && call === 'fsync' && isLasting;
  const isDone = await prepared.isDone();
  if (!isOpen) assert.equal(isDone, false, where);
  if (!isDone) await expectDone(prepared, where);
  return isDone ? `back after all, ${after}` : `refused, ${after}`;
}

async function met(embedded: EmbeddedService, prepared: PreparedOrder, where: string): Promise<string> {
  await embedded.service.restart();
  assert.ok(await prepared.isDone(), where);
  return 'met later';
}

async function expectRefusal(prepared: PreparedOrder, where: string): Promise<void> {
  expectNotStored(await prepared.ask(), where);
  assert.equal(await prepared.isDone(), false, where);
}

/** On a disk that is well; it may take a moment until that is seen. */
async function expectDone(prepared: PreparedOrder, where: string): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await prepared.ask();
    if (wasTaken(answer)) break;
    expectNotStored(answer, where);
    assert.ok(performance.now() < deadlineMs, `${where}: ${answer.text}`);
    await delay(50);
  }
  assert.ok(await prepared.isDone(), where);
}
