import type { TestKey } from '../../test/support/test-key.ts';
import type { WatchedProcess } from '../measure/process-watch.ts';
import type { Pinning } from '../pinning.ts';
import type { ChangingLabel, FreshNumbers, stillLabel } from './numbered-names.ts';

/** A zone that can be changed, and that tells afterwards whether it was. */
export interface ZoneUnderLoad {
  readonly zone: string;
  /** Where its primary listens, on loopback. */
  readonly dnsPort: number;
  readonly key: TestKey;
  /** What of the service's metrics counts the steps in which it changes the zone, and the updates in them. */
  readonly stepMetric: string;
  /** The path of the seed's URL up to the number of the name. */
  path(label: ChangingLabel | typeof stillLabel): string;
  serial(): Promise<number>;
  /** How many of the names that change hold one of these addresses, by the word of a zone transfer. */
  namesHolding(firstNumber: number, count: number): Promise<number>;
}

/** Where the contenders compete: one after the other, on the same nameserver and the same names. */
export interface Arena<Testbed extends ZoneUnderLoad = ZoneUnderLoad> {
  readonly testbed: Testbed;
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
