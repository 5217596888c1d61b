import type { WatchedProcess } from '../measure/process-watch.ts';
import type { Pinning } from '../pinning.ts';
import type { FreshNumbers } from './numbered-names.ts';
import type { UpdateTestbed } from './testbed.ts';

/** Where the contenders compete: one after the other, on the same nameserver and the same names. */
export interface Arena {
  readonly testbed: UpdateTestbed;
  readonly numbers: FreshNumbers;
  readonly pinning: Pinning;
  readonly seconds: number;
}

/** Something that makes as many updates, or answers, as it can. */
export interface Contender {
  readonly key: string;
  readonly title: string;
  /** Who answers over HTTP, if anybody does. */
  readonly serverPid: number | undefined;
  /** Runs once. What comes before and after the load, to see that it was real, is not measured. */
  run(measure: Measure): Promise<Run>;
}

/** Runs a load under observation. */
export type Measure = <T>(load: (started: (process: WatchedProcess) => void) => Promise<T>) => Promise<T>;

export interface Run {
  readonly ratePerSecond: number;
  readonly medianMs: number | undefined;
  readonly p99Ms: number | undefined;
  /** What else is worth knowing: messages sent, updates lost … */
  readonly details: Readonly<Record<string, number | string>>;
  /** Why the run counts for nothing; empty where all is well. */
  readonly faults: readonly string[];
}
