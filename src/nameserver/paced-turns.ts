import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * How many turns of the event loop lie between two pieces. In each of them every socket is read, and one connection accepted, no
 * more: with 64, some thousands of connections come in a second while transfers make their messages, of two milliseconds
 * each. Idle turns take microseconds.
 */
const turnsBetween = 64;

/** Lets long work go on piece by piece: one piece of all that there is, and then turns of the event loop for everybody else. */
export class PacedTurns {
  readonly #waiting: (() => void)[] = [];
  #isRunning = false;

  /** When it is time for another piece; those who wait come in their order. */
  take(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (!this.#isRunning) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      for (let turns = 0; turns < turnsBetween; turns += 1) await nextTurn();
      const resolve = this.#waiting.shift();
      if (resolve === undefined) break;
      resolve();
    }
    this.#isRunning = false;
  }
}
