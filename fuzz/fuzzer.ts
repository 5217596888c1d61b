import type { BlockCoverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import type { SeededRandom } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** An input that the code under test must not meet the way it did. */
export interface Finding {
  readonly octets: Uint8Array;
  readonly error: Error;
}

export interface FuzzResult {
  readonly executions: number;
  readonly findings: readonly Finding[];
  /** Seeds first, then what reached something new. */
  readonly corpus: readonly Uint8Array[];
  readonly outcomes: ReadonlySet<string>;
}

export interface FuzzOptions {
  readonly seeds: readonly Uint8Array[];
  readonly random: SeededRandom;
  readonly coverage: Pick<BlockCoverage, 'take' | 'reachesNew' | 'record'>;
  /** Asked between batches, with the number of executions so far. */
  readonly isEnough: (executions: number) => boolean;
  /** CPU time of this thread in milliseconds. */
  readonly cpuMs: () => number;
  /** Told of every input before it runs, for a watchdog. */
  readonly onInput?: (octets: Uint8Array) => void;
}

/** Coverage is read after this many inputs: reading it takes longer than dozens of inputs do. */
const batchSize = 64;
/** The most inputs kept; beyond, a new one takes the place of a random one that is no seed. */
const maxCorpus = 4000;
const maxFindings = 10;
/** An input that takes more CPU time than this is a finding. */
const maxInputCpuMs = 1000;

/**
 * Coverage-guided fuzzing: mutates inputs that reached something new, runs batches of them, and where a batch reached
 * something new, runs its inputs again one by one to find and keep those that did.
 *
 * The same seeds, random seed and executions give the same run.
 */
export function fuzz(target: FuzzTarget, options: FuzzOptions): FuzzResult {
  const { random, coverage, seeds } = options;
  const corpus = seeds.length > 0 ? [...seeds] : [new Uint8Array(0)];
  const findings = new Map<string, Finding>();
  const outcomes = new Set<string>();
  let executions = 0;

  const run = (octets: Uint8Array): boolean => {
    options.onInput?.(octets);
    executions += 1;
    const { outcome, error } = runOnce(target, octets, options.cpuMs);
    // one of a kind: a bug that is reached once is reached often
    if (error !== undefined) findings.set(kindOf(error), findings.get(kindOf(error)) ?? { octets, error });
    if (outcomes.has(outcome)) return false;
    outcomes.add(outcome);
    return true;
  };

  for (const seed of corpus) run(seed);
  coverage.record(coverage.take());
  while (findings.size < maxFindings && !options.isEnough(executions)) {
    const material = { random, corpus, dictionary: target.dictionary, maxOctets: target.maxOctets };
    const batch = Array.from({ length: batchSize }, () => mutate(pickInput(corpus, random), material));
    const kept = new Set(batch.filter(run));
    const sample = coverage.take();
    if (coverage.reachesNew(sample)) {
      for (const octets of batch) {
        run(octets);
        if (coverage.record(coverage.take()) > 0) kept.add(octets);
      }
      coverage.record(sample);
    }
    for (const octets of kept) keep(corpus, octets, seeds.length, random);
  }
  return { executions, findings: [...findings.values()], corpus, outcomes };
}

/** What running an input led to; a throw is given back, not thrown on. */
export function runOnce(
  target: FuzzTarget,
  octets: Uint8Array,
  cpuMs: () => number,
): { readonly outcome: string; readonly error: Error | undefined } {
  const before = cpuMs();
  try {
    const outcome = target.run(octets);
    const spentMs = cpuMs() - before;
    if (spentMs <= maxInputCpuMs) return { outcome, error: undefined };
    return { outcome: 'slow', error: new Error(`The input took ${Math.round(spentMs)} ms of CPU time`) };
  } catch (error) {
    return { outcome: 'finding', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Where it was thrown, and the first line of what it says. */
function kindOf(error: Error): string {
  return (error.stack ?? error.message).split('\n', 2).join('\n');
}

/** Every other time one of the newest: what was just reached leads on most often. */
function pickInput(corpus: readonly Uint8Array[], random: SeededRandom): Uint8Array {
  const newest = Math.min(corpus.length, 8);
  const index = random.below(2) === 0 ? random.below(corpus.length) : corpus.length - 1 - random.below(newest);
  return corpus[index]!;
}

function keep(corpus: Uint8Array[], octets: Uint8Array, seedCount: number, random: SeededRandom): void {
  if (corpus.length < maxCorpus) corpus.push(octets);
  else corpus[seedCount + random.below(maxCorpus - seedCount)] = octets;
}
