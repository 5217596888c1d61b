import { Session, type Profiler } from 'node:inspector';

/** How much of the code under test has been reached: characters inside its functions, as V8 counts blocks. */
export interface CoverageTotals {
  readonly reachedFunctions: number;
  readonly functions: number;
  readonly reachedCharacters: number;
  readonly characters: number;
}

interface ScriptCoverage {
  /** One octet a character: 1 when a block that holds it has run. */
  readonly reached: Uint8Array;
  /** As above: 1 inside any function. */
  readonly inFunction: Uint8Array;
  /** Where functions begin, to whether they have run. */
  readonly functions: Map<number, boolean>;
}

/** What ran between two looks. */
export type CoverageSample = readonly Profiler.ScriptCoverage[];

/**
 * Block coverage of some scripts, from V8 itself through node:inspector, summed up over samples.
 *
 * It has to exist before the scripts are loaded: V8 tells of functions that have not run only where it saw the code run
 * that made them. V8 counts for the whole isolate, so there is one of these at a time, and none in a process that measures test coverage.
 */
export class BlockCoverage implements Disposable {
  readonly #session = new Session();
  readonly #scripts = new Map<string, ScriptCoverage>();
  readonly #urlPart: string;

  /** @param urlPart  what the URL of a script under test contains, such as "/src/dns/" */
  constructor(urlPart: string) {
    this.#urlPart = urlPart;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  [Symbol.dispose](): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  /** Begins anew: of what was recorded, only which functions there are is kept. */
  forgetReached(): void {
    for (const { reached, functions } of this.#scripts.values()) {
      reached.fill(0);
      for (const start of functions.keys()) functions.set(start, false);
    }
  }

  /** What has run since the last call. V8 forgets it thereby. */
  take(): CoverageSample {
    let sample: CoverageSample = [];
    // The callback runs before post() returns, since the session is with our own thread.
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error !== null) throw error;
      sample = taken.result.filter((script) => script.url.includes(this.#urlPart));
    });
    return sample;
  }

  /** Whether the sample reaches anything that no recorded one has. */
  reachesNew(sample: CoverageSample): boolean {
    return this.#visit(sample, false) > 0;
  }

  /** Adds the sample; returns how many characters it was the first to reach. */
  record(sample: CoverageSample): number {
    return this.#visit(sample, true);
  }

  totals(): CoverageTotals {
    const sum = { reachedFunctions: 0, functions: 0, reachedCharacters: 0, characters: 0 };
    for (const { reached, inFunction, functions } of this.#scripts.values()) {
      sum.functions += functions.size;
      for (const hasRun of functions.values()) if (hasRun) sum.reachedFunctions += 1;
      for (let at = 0; at < inFunction.length; at += 1) {
        if (inFunction[at] === 0) continue;
        sum.characters += 1;
        if (reached[at] === 1) sum.reachedCharacters += 1;
      }
    }
    return sum;
  }

  #visit(sample: CoverageSample, isRecorded: boolean): number {
    let reachedNow = 0;
    for (const script of sample) {
      const coverage = this.#scriptCoverage(script);
      for (const { ranges, functionName } of script.functions) {
        const whole = ranges[0];
        // the module itself: a function without name that begins at the script's first character
        if (whole === undefined || (functionName === '' && whole.startOffset === 0)) continue;
        const hasRun = whole.count > 0;
        if (isRecorded) noteFunction(coverage, whole, hasRun);
        if (hasRun) reachedNow += markReached(coverage.reached, ranges, isRecorded);
      }
    }
    return reachedNow;
  }

  #scriptCoverage(script: Profiler.ScriptCoverage): ScriptCoverage {
    let coverage = this.#scripts.get(script.scriptId);
    if (coverage === undefined) {
      const length = Math.max(0, ...script.functions.map((one) => one.ranges[0]?.endOffset ?? 0));
      coverage = { reached: new Uint8Array(length), inFunction: new Uint8Array(length), functions: new Map() };
      this.#scripts.set(script.scriptId, coverage);
    }
    return coverage;
  }
}

function noteFunction(coverage: ScriptCoverage, whole: Profiler.CoverageRange, hasRun: boolean): void {
  if (!hasRun && coverage.functions.has(whole.startOffset)) return;
  coverage.functions.set(whole.startOffset, hasRun);
  coverage.inFunction.fill(1, whole.startOffset, whole.endOffset);
}

/** Counts, and marks if asked, what was not reached before. Ranges come outermost first; an inner one overrules the outer one it lies in. */
function markReached(reached: Uint8Array, ranges: readonly Profiler.CoverageRange[], isMarked: boolean): number {
  const [whole] = ranges;
  if (whole === undefined) return 0;
  const runs = new Uint8Array(whole.endOffset - whole.startOffset);
  for (const { startOffset, endOffset, count } of ranges) {
    runs.fill(count > 0 ? 1 : 0, startOffset - whole.startOffset, endOffset - whole.startOffset);
  }
  let reachedNow = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const at = whole.startOffset + index;
    if (runs[index] === 1 && reached[at] === 0) {
      if (isMarked) reached[at] = 1;
      reachedNow += 1;
    }
  }
  return reachedNow;
}
