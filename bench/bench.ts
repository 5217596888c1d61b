import type { Goal } from './measure/goal.ts';
import type { Pinning } from './pinning.ts';

/** Something that can be measured: `npm run bench -- NAME`. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** Programs that have to be installed. */
  readonly peers: readonly string[];
  run(settings: BenchSettings, say: Say): Promise<BenchReport>;
}

export interface BenchSettings {
  /** How often everything is measured. */
  readonly rounds: number;
  /** How long each contender runs in a round. */
  readonly seconds: number;
  readonly pinning: Pinning;
}

/** Tells the person who waits how far it is. */
export type Say = (line: string) => void;

export interface BenchReport {
  readonly goals: readonly Goal[];
  /** Why the figures count for nothing; empty where all is well. */
  readonly faults: readonly string[];
  /** What people read above the goals. */
  readonly text: string;
  /** Everything that was measured, for the file. */
  readonly data: Readonly<Record<string, unknown>>;
}
