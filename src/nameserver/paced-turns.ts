import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

/**
 * How many turns of the event loop lie between two pieces. In each of them every socket is read, and one connection accepted, no
 * more: with 64, some thousands of connections come in a second while transfers make their messages, of two milliseconds
 * each. Idle turns take microseconds.
 */
const turnsBetween = 64;

/** With more who wait for a piece, all of them together have a quarter of the time, and no more. */
const crowd = 4;
const restPerPiece = 3;
const longestRestMs = 100;

/** Lets long work go on piece by piece: one piece of all that there is, and then turns of the event loop for everybody else. */
export class PacedTurns {
  readonly #waiting: (() => void)[] = [];
  readonly #monotonicMs: () => number;
  #isRunning = false;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /** When it is time for another piece, which is to be done at once; those who wait come in their order. */
  take(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (!this.#isRunning) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let restMs = 0; ;) {
      if (restMs > 0 && this.#waiting.length > crowd) await delay(Math.min(restMs, longestRestMs));
      for (let turns = 0; turns < turnsBetween; turns += 1) await nextTurn();
      const resolve = this.#waiting.shift();
      if (resolve === undefined) break;
      const beginMs = this.#monotonicMs();
      resolve();
      await nextTurn();
      restMs = restPerPiece * (this.#monotonicMs() - beginMs);
    }
    this.#isRunning = false;
  }
}
