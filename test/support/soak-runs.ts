/** Tests that come in a long form: what they repeat is a variable of the environment. */
export interface SoakRun {
  readonly title: string;
  readonly file: string;
  /** What makes it long; each is read by the file itself. */
  readonly environment: Readonly<Record<string, string>>;
  /** When it is ended as failed. */
  readonly deadlineMs: number;
}

const minuteMs = 60_000;

/** @param seed  of what is random, so that each soak tries something else and can be repeated */
export function soakRuns(seed: number): readonly SoakRun[] {
  return [
    {
      title: 'a thousand kills of the service under load',
      file: 'test/chaos/kill-embedded.test.ts',
      environment: { DYNDNS_KILL_CYCLES: '1000' },
      deadlineMs: 60 * minuteMs,
    },
    {
      title: 'a thousand kills of the store alone',
      file: 'test/chaos/store-kill.test.ts',
      environment: { DYNDNS_KILL_CYCLES: '1000' },
      deadlineMs: 60 * minuteMs,
    },
    {
      title: 'each fault of the disk at each door, before a recovery, a kill and an end',
      file: 'test/chaos/service-faults.test.ts',
      environment: { DYNDNS_LONG_FAULTS: '1' },
      deadlineMs: 60 * minuteMs,
    },
    {
      title: 'each fault of the disk in a start, once and for good',
      file: 'test/chaos/service-start-faults.test.ts',
      environment: { DYNDNS_LONG_FAULTS: '1' },
      deadlineMs: 30 * minuteMs,
    },
    {
      title: 'ten million mutated requests',
      file: 'test/chaos/garbage.test.ts',
      environment: { DYNDNS_GARBAGE_PACKETS: '10000000', DYNDNS_GARBAGE_SEED: `${seed}` },
      deadlineMs: 60 * minuteMs,
    },
    {
      title: 'fifty thousand changes that secondaries follow',
      file: 'test/interop/secondaries.test.ts',
      environment: { DYNDNS_SECONDARY_UPDATES: '50000', DYNDNS_LOSSY_SECONDARY_UPDATES: '50000' },
      deadlineMs: 60 * minuteMs,
    },
  ];
}

/** Those whose file or title a word names; all where there is none. */
export function chooseSoakRuns(runs: readonly SoakRun[], words: readonly string[]): readonly SoakRun[] {
  return runs.filter(
    ({ file, title }) => words.length === 0 || words.some((word) => `${file} ${title}`.includes(word)),
  );
}
