/** How many transfers there may be, and how long one may wait for its turn. */
export interface TransferLimits {
  readonly maxConcurrent: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

/**
 * Each transfer keeps a version of its zone and a message in memory. As many as secondaries have; those of one burst wait a
 * little rather than come again after minutes, as a secondary does that was refused.
 */
export const defaultTransferLimits: TransferLimits = { maxConcurrent: 32, maxWaiting: 256, maxWaitMs: 5000 };

/** The places for transfers; who finds none free waits in line. */
export class TransferPlaces {
  readonly #limits: TransferLimits;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(limits: TransferLimits = defaultTransferLimits) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Whether somebody waits for one. */
  get areWanted(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * @param signal  ends the waiting: nobody wants the place any more
   * @returns a place, to be disposed of; undefined when none gets free in time, or too many wait already
   */
  async take(signal?: AbortSignal): Promise<Disposable | undefined> {
    const { maxConcurrent, maxWaiting, maxWaitMs } = this.#limits;
    if (this.#taken < maxConcurrent) this.#taken += 1;
    else if (this.#waiting.size >= maxWaiting || !(await this.#wait(maxWaitMs, signal))) return undefined;
    let isReleased = false;
    return {
      [Symbol.dispose]: () => {
        if (!isReleased) this.#release();
        isReleased = true;
      },
    };
  }

  async #wait(maxWaitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted === true) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const comeUp = () => resolve(true);
    this.#waiting.add(comeUp);
    const leave = () => {
      this.#waiting.delete(comeUp);
      resolve(false);
    };
    const deadline = setTimeout(leave, maxWaitMs);
    signal?.addEventListener('abort', leave, { once: true });
    const isTurn = await promise;
    clearTimeout(deadline);
    signal?.removeEventListener('abort', leave);
    return isTurn;
  }

  /** The place goes to the next in line, or is free. */
  #release(): void {
    for (const comeUp of this.#waiting) {
      this.#waiting.delete(comeUp);
      comeUp();
      return;
    }
    this.#taken -= 1;
  }
}
