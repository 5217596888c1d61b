import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { requirePeer } from '../support/peers.ts';
import {
  expectChange,
  tryChange,
  expectUnseen,
  lookUp,
  untilChangesAreTaken,
  untilReady,
  untilSaid,
} from './failing-change.ts';
import { injectFault, mayTrace } from './fault-injector.ts';
import { logOf, untilLogRests } from './log-rest.ts';
import { type DoorName, doorNames } from './update-doors.ts';

const suspension = /"CRITICAL".*Changes are suspended, and answers go on\. [^"]*zones\.db[^"]*\. [A-Z][^"]*\."/;

/** In a soak each fault is met by each door, and each is followed by a kill and by a clean end. */
const isSoak = process.env['DYNDNS_LONG_FAULTS'] === '1';
const errors = ['EIO', 'ENOSPC'] as const;
const lastings = ['once', 'from there on'] as const;
/** Two services, so that one starts while the other is tried. */
const lanes = 2;

interface Place {
  readonly call: 'fsync' | 'pwrite64';
  readonly number: number;
}

interface Fault {
  readonly place: Place;
  readonly error: (typeof errors)[number];
  readonly lasting: (typeof lastings)[number];
}

interface Trial {
  readonly fault: Fault;
  readonly door: DoorName;
  /** What comes after the answer: the fault goes, or the process does, while the fault is still there. */
  readonly after: 'recovery' | 'kill' | 'end';
}

test('the disk fails at a sync or a write: the change fails, is seen by nobody, and never comes back', async (t) => {
  if (!requirePeer(t, 'strace', 'dig')) return;
  if (!(await mayTrace())) return t.skip('strace may not trace here');
  const services = await Promise.all(
    Array.from({ length: lanes }, (_, lane) => launchEmbedded(`dyn${lane}.example.test`)),
  );
  await using stack = new AsyncDisposableStack();
  for (const service of services) stack.use(service);
  const positions = await countCalls(services[0]!);
  assert.ok(positions.pwrite64 >= 8 && positions.fsync >= 1, JSON.stringify(positions));
  const trials = listTrials(positions);
  const outcomes = new Map<string, number>();
  const waiting = trials.values();
  const lane = async (embedded: EmbeddedService) => {
    const known = await expectChange(embedded, 'http');
    for (const trial of waiting) {
      const outcome = await carryOut(embedded, trial, known);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(services.map(lane));
  describe(t, trials.length, positions, outcomes);
  for (const after of ['recovery', 'kill', 'end']) assert.ok((outcomes.get(`failed, ${after}`) ?? 0) > 0, after);
});

test('the log cannot be copied into the database: changes go on, and none is lost in a kill', async (t) => {
  if (!requirePeer(t, 'strace', 'dig')) return;
  if (!(await mayTrace())) return t.skip('strace may not trace here');
  await using embedded = await launchEmbedded('dyn.example.test');
  const database = join(embedded.service.directory, 'zones.db');
  const names: string[] = [];
  {
    const faults = ['inject=pwrite64:error=ENOSPC:when=1+', 'inject=fsync:error=EIO:when=1+'];
    await using fault = await injectFault(embedded.service.pid, [database], faults);
    // More than the thousand pages after which SQLite copies.
    while (!fault.seen().includes('INJECTED')) names.push(await expectChange(embedded, doorNames[names.length % 3]!));
    for (let more = 0; more < 10; more += 1) names.push(await expectChange(embedded, doorNames[more % 3]!));
    await embedded.service.kill9();
  }
  t.diagnostic(`${names.length} changes`);
  await embedded.service.restart();
  for (const name of names) assert.equal((await lookUp(embedded, name)).answers.length, 1, name);
});

/** How many writes and syncs of the log one change costs, by the door that costs most. */
async function countCalls(embedded: EmbeddedService): Promise<Readonly<Record<Place['call'], number>>> {
  const counts = { fsync: 0, pwrite64: 0 };
  for (const door of doorNames) {
    await untilLogRests(embedded);
    await using fault = await injectFault(embedded.service.pid, [logOf(embedded)], []);
    await expectChange(embedded, door);
    for (const call of ['fsync', 'pwrite64'] as const)
      counts[call] = Math.max(counts[call], fault.seen().split(`${call}(`).length - 1);
  }
  return counts;
}

function listTrials(positions: Readonly<Record<Place['call'], number>>): readonly Trial[] {
  const places = (['fsync', 'pwrite64'] as const).flatMap((call) =>
    Array.from({ length: positions[call] }, (_, index): Place => ({ call, number: index + 1 })),
  );
  const faults = places.flatMap((place) =>
    errors.flatMap((error) => lastings.map((lasting): Fault => ({ place, error, lasting }))),
  );
  const ends = ['recovery', 'kill', 'end'] as const;
  if (isSoak)
    return faults.flatMap((fault) => doorNames.flatMap((door) => ends.map((after) => ({ fault, door, after }))));
  // After a sync that failed everything is in the log, so each end is tried. Else a fault that lasts is what a kill has to find;
  // doors and ends take turns.
  let lasting = 0;
  return faults.flatMap((fault, index): readonly Trial[] => {
    const doorAt = (turn: number) => doorNames[(index + turn) % doorNames.length]!;
    if (fault.place.call === 'fsync') return ends.map((after, turn) => ({ fault, door: doorAt(turn), after }));
    if (fault.lasting === 'once') return [{ fault, door: doorAt(0), after: 'recovery' }];
    lasting += 1;
    return [{ fault, door: doorAt(0), after: ends[lasting % ends.length]! }];
  });
}

async function carryOut(embedded: EmbeddedService, trial: Trial, known: string): Promise<string> {
  const { door, after } = trial;
  const { place, error, lasting } = trial.fault;
  const { call, number } = place;
  const expression = `inject=${call}:error=${error}:when=${number}${lasting === 'once' ? '' : '+'}`;
  const where = `${expression}, ${door}, ${after}`;
  const { service } = embedded;
  const logBefore = service.log().length;
  await untilLogRests(embedded);
  let refused;
  {
    await using fault = await injectFault(service.pid, [logOf(embedded)], [expression]);
    refused = await tryChange(embedded, door, where, known);
    // By another door a change may cost a write less.
    if (!fault.seen().includes('INJECTED')) return 'not met';
    // What is written a moment after the answer, hosts and the order of the history, may meet it instead.
    if (refused.told.outcome === 'updated') return await recovered(embedded, refused.name, door);
    if (refused.told.outcome === 'unknown') assert.ok(call === 'fsync' && lasting === 'from there on', where);
    if (lasting === 'from there on') assert.ok((await untilReady(embedded, false)).includes('zones.db'), where);
    // It says so, with the path and what to do.
    await untilSaid(embedded, logBefore, suspension);
    if (after === 'kill') await service.kill9();
    if (after === 'end') await service.stop();
  }
  if (after === 'recovery') {
    await untilChangesAreTaken(embedded, door);
    await untilReady(embedded, true);
    await untilSaid(embedded, logBefore, /The database takes changes again/);
  } else await service.restart();
  // An update by HTTP that was called unconfirmed may be there after a kill, and only then.
  const isOpen = after !== 'recovery' && (refused.told.outcome === 'unknown' || mayComeBack(trial.fault));
  if (!isOpen) await expectUnseen(embedded, refused.name, where);
  await expectChange(embedded, door);
  return `${refused.told.outcome}, ${after}`;
}

/** The change itself is there, whatever became of what is written later. */
async function recovered(embedded: EmbeddedService, name: string, door: DoorName): Promise<string> {
  assert.equal((await lookUp(embedded, name)).answers.length, 1, name);
  await embedded.service.restart();
  assert.equal((await lookUp(embedded, name)).answers.length, 1, name);
  await expectChange(embedded, door);
  return 'met later';
}

/** By DNS, SERVFAIL stands for unconfirmed, too: where the sync fails and nothing can be made void before the process ends. */
function mayComeBack({ place, lasting }: Fault): boolean {
  return place.call === 'fsync' && lasting === 'from there on';
}

function describe(
  t: TestContext,
  trials: number,
  { fsync, pwrite64 }: Readonly<Record<Place['call'], number>>,
  outcomes: ReadonlyMap<string, number>,
): void {
  const counts = [...outcomes].map(([outcome, times]) => `${times} × ${outcome}`).join('; ');
  t.diagnostic(`a change costs ${pwrite64} writes and ${fsync} syncs; ${trials} faults: ${counts}`);
}
