import type { Goal } from '../measure/goal.ts';
import type { MemoryUse } from '../measure/memory-watch.ts';
import { ratioOf, spreadOf } from '../measure/statistics.ts';
import type { StartTimes } from './start-time.ts';

export interface Measured {
  /** Rates a second, round by round, of the contender with this key. */
  readonly rates: (contender: string) => readonly number[];
  readonly memory: MemoryUse;
  readonly starts: StartTimes;
}

/** What the service is held to. */
export function updateGoals({ rates, memory, starts }: Measured): readonly Goal[] {
  const ratio = (title: string, one: string, other: string, value: number): Goal => ({
    title,
    wanted: { kind: 'at least', value },
    unit: '×',
    measured: ratioOf(rates(one), rates(other)),
  });
  const start = (title: string, milliseconds: readonly number[]): Goal => ({
    title,
    wanted: { kind: 'at most', value: 10 },
    unit: '×',
    measured: ratioOf(milliseconds, starts.emptyNodeMs),
  });
  return [
    ratio('64 connections against dnsperf -q 64', 'changing-64', 'dnsperf-64', 5),
    ratio('256 connections against dnsperf -q 64', 'changing-256', 'dnsperf-64', 8),
    ratio('1 connection against the bare client', 'changing-1', 'bare-1', 0.6),
    ratio('nothing changes, against a constant route', 'unchanged-64', 'constant-64', 0.3),
    {
      title: 'resident memory at its peak',
      wanted: { kind: 'at most', value: 150 },
      unit: 'MB',
      measured: spreadOf([memory.peak / 1e6]),
    },
    start('start to the first answer, against node -e 0', starts.firstAnswerMs),
    start('start to the first UPDATED, against node -e 0', starts.firstUpdateMs),
  ];
}
