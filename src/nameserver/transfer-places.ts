/** How many transfers there may be, and how long one may wait for its turn. */
export interface TransferLimits {
  readonly maxConcurrent: number;
  /** Of one client, so that none has all places. */
  readonly maxPerClient: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

/**
 * Each transfer keeps a version of its zone and a message in memory. As many as secondaries have; those of one burst wait a
 * little rather than come again after minutes, as a secondary does that was refused.
 */
export const defaultTransferLimits: TransferLimits = {
  maxConcurrent: 32,
  maxPerClient: 8,
  maxWaiting: 256,
  maxWaitMs: 5000,
};

interface Waiting {
  readonly client: string;
  readonly comeUp: () => void;
}

/** The places for transfers; who finds none free waits in line. */
export class TransferPlaces {
  readonly #limits: TransferLimits;
  readonly #waiting = new Set<Waiting>();
  readonly #byClient = new Map<string, number>();
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
   * @param client  whoever it is for, in any text
   * @param signal  ends the waiting: nobody wants the place any more
   * @returns a place, to be disposed of; undefined when none gets free in time, or too many wait already
   */
  async take(client: string, signal?: AbortSignal): Promise<Disposable | undefined> {
    if (this.#isFreeFor(client)) this.#count(client, 1);
    else if (this.#waiting.size >= this.#limits.maxWaiting || !(await this.#wait(client, signal))) return undefined;
    let isReleased = false;
    return {
      [Symbol.dispose]: () => {
        if (!isReleased) this.#release(client);
        isReleased = true;
      },
    };
  }

  async #wait(client: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted === true) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting = { client, comeUp: () => resolve(true) };
    this.#waiting.add(waiting);
    const leave = () => {
      this.#waiting.delete(waiting);
      resolve(false);
    };
    const deadline = setTimeout(leave, this.#limits.maxWaitMs);
    signal?.addEventListener('abort', leave, { once: true });
    const isTurn = await promise;
    clearTimeout(deadline);
    signal?.removeEventListener('abort', leave);
    return isTurn;
  }

  /** The place goes to the first in line who may have it, or is free. */
  #release(client: string): void {
    this.#count(client, -1);
    for (const waiting of this.#waiting) {
      if (!this.#isFreeFor(waiting.client)) continue;
      this.#waiting.delete(waiting);
      this.#count(waiting.client, 1);
      waiting.comeUp();
      return;
    }
  }

  #isFreeFor(client: string): boolean {
    const { maxConcurrent, maxPerClient } = this.#limits;
    return this.#taken < maxConcurrent && (this.#byClient.get(client) ?? 0) < maxPerClient;
  }

  #count(client: string, change: 1 | -1): void {
    const count = (this.#byClient.get(client) ?? 0) + change;
    if (count === 0) this.#byClient.delete(client);
    else this.#byClient.set(client, count);
    this.#taken += change;
  }
}
