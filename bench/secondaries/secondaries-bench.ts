import { setTimeout as sleep } from 'node:timers/promises';

import * as fc from 'fast-check';

import { arbitraryZoneChange, type ZoneChange } from '../../test/support/arbitrary-zone-change.ts';
import { type FollowedZone, openFollowedZone } from '../../test/support/followed-zone.ts';
import { type SecondaryMakeName, secondaryMakes } from '../../test/support/nameserver/secondary.ts';
import { origin } from '../../test/support/transfer-fixture.ts';
import type { Bench, BenchReport, BenchSettings } from '../bench.ts';
import { figure, table } from '../measure/figures.ts';
import type { Goal } from '../measure/goal.ts';
import { quantile, spreadOf } from '../measure/statistics.ts';
import { convergenceMs, type SerialAt } from './convergence.ts';
import { SerialWatch } from './serial-watch.ts';

const makes = Object.keys(secondaryMakes) as readonly SecondaryMakeName[];
const lossRates = [0, 0.3];
/** How far changes lie apart, on average; they come when they come, as routers do. */
const loads = [
  { title: 'two changes a second', meanGapMs: 500 },
  { title: 'ten a second', meanGapMs: 100 },
  { title: 'one behind the other', meanGapMs: 0 },
] as const;
const goalSeconds = 1;
const settleTimeoutMs = 30_000;
/** More changes than a run can carry out would only take time to be made. */
const changesPerSecond = 1500;

interface Measured {
  readonly lossRate: number;
  readonly load: string;
  readonly secondary: string;
  /** Milliseconds from the acknowledgement to the secondary's answer, round by round. */
  readonly rounds: (readonly number[])[];
}

/** From the acknowledgement of a change to the answer of each secondary, with the real service and real secondaries. */
export const secondariesBench: Bench = {
  name: 'secondaries',
  summary: 'how soon BIND, Knot and NSD answer what has been changed, with and without NOTIFYs that get lost',
  peers: makes.flatMap((make) => secondaryMakes[make].peers),
  run: async (settings, say): Promise<BenchReport> => {
    const measured: Measured[] = [];
    const faults: string[] = [];
    for (const lossRate of lossRates) {
      await using followed = await openFollowedZone(makes, lossRate);
      for (const { title, meanGapMs } of loads) {
        const ofLoad = followed.secondaries.map((each) => ({
          lossRate,
          load: title,
          secondary: each.title,
          rounds: [] as (readonly number[])[],
        }));
        measured.push(...ofLoad);
        for (let round = 1; round <= settings.rounds; round += 1) {
          say(`${lossText(lossRate)}, ${title}: round ${round} of ${settings.rounds}`);
          const took = await measureRound(followed, meanGapMs, settings);
          for (const [index, { secondary, rounds }] of ofLoad.entries()) {
            const times = took[index] ?? [];
            const seen = times.filter((each) => each !== undefined);
            if (seen.length < times.length)
              faults.push(`${secondary} did not get ${times.length - seen.length} changes`);
            if (seen.length > 0) rounds.push(seen);
          }
        }
      }
      if (lossRate > 0) say(`${followed.notifies.lost} of ${followed.notifies.sent} NOTIFYs were lost`);
    }
    return report(measured, faults);
  },
};

/** @returns for each secondary, how long each change took; undefined where it did not come */
async function measureRound(
  followed: FollowedZone,
  meanGapMs: number,
  { seconds }: BenchSettings,
): Promise<readonly (readonly (number | undefined)[])[]> {
  const { secondaries } = followed;
  await using watches = new AsyncDisposableStack();
  const watched: SerialWatch[] = [];
  for (const { port } of secondaries) watched.push(watches.use(await SerialWatch.open(port, origin)));
  const acknowledged = await changeFor(followed, seconds * 1000, meanGapMs);
  const last = acknowledged.at(-1)?.serial ?? 0;
  const deadlineMs = performance.now() + settleTimeoutMs;
  while (watched.some(({ latest }) => latest < last) && performance.now() < deadlineMs) await sleep(10);
  return watched.map(({ seen }) => convergenceMs(acknowledged, seen));
}

/** @returns when each serial was acknowledged; a change that changes nothing has none */
async function changeFor(followed: FollowedZone, durationMs: number, meanGapMs: number): Promise<readonly SerialAt[]> {
  const numRuns = Math.ceil((durationMs / 1000) * (meanGapMs > 0 ? 5000 / meanGapMs : changesPerSecond));
  const changes: readonly ZoneChange[] = fc.sample(arbitraryZoneChange, { numRuns });
  const acknowledged: SerialAt[] = [];
  const endMs = performance.now() + durationMs;
  let before = await followed.serial();
  for (const change of changes) {
    if (performance.now() > endMs) break;
    await followed.change(change);
    const atMs = performance.now();
    const serial = await followed.serial();
    if (serial !== before) acknowledged.push({ serial, atMs });
    before = serial;
    if (meanGapMs > 0) await sleep(-Math.log(1 - Math.random()) * meanGapMs);
  }
  return acknowledged;
}

function report(measured: readonly Measured[], faults: readonly string[]): BenchReport {
  const rows = measured.map(({ lossRate, load, secondary, rounds }) => {
    const all = rounds.flat();
    const at = (share: number) => (all.length === 0 ? '' : `${figure(quantile(all, share))} ms`);
    return [lossText(lossRate), load, secondary, String(all.length), at(0.5), at(0.9), at(0.99), at(1)];
  });
  const goals: readonly Goal[] = measured
    .filter(({ rounds }) => rounds.length > 0)
    .map(({ lossRate, load, secondary, rounds }) => ({
      title: `p99 of ${secondary}, ${load}, ${lossText(lossRate)}`,
      wanted: { kind: 'at most', value: goalSeconds },
      unit: 's',
      measured: spreadOf(rounds.map((times) => quantile(times, 0.99) / 1000)),
    }));
  const text = table([['NOTIFYs', 'load', 'secondary', 'changes', 'p50', 'p90', 'p99', 'longest'], ...rows], [0, 1, 2]);
  return { goals, faults, text, data: { measured } };
}

function lossText(lossRate: number): string {
  return lossRate === 0 ? 'none lost' : `${lossRate * 100} % lost`;
}
