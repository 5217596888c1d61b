/** Somebody who is told when it is too late. */
export interface Expiring {
  readonly deadlineMs: number;
  expire(): void;
}

/** How late an end may come. */
const sweepEveryMs = 25;

/** Ends what takes too long: one timer for all, since a timer and a race for each of thousands cost more than their work. */
export class Deadlines {
  readonly #nowMs: () => number;
  readonly #waiting = new Set<Expiring>();
  #sweeper: NodeJS.Timeout | undefined;

  /** @param nowMs  the monotonic clock that the deadlines are on */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What comes of the work, or `late()` where that is not known by the deadline. */
  endBy<Result>(deadlineMs: number, work: Promise<Result>, late: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const expiring: Expiring = { deadlineMs, expire: () => resolve(late()) };
      this.watch(expiring);
      const isOver = () => this.release(expiring);
      work.then(isOver, isOver);
      work.then(resolve, reject);
    });
  }

  /** Tells it once, when its deadline has come, unless it is released before. */
  watch(expiring: Expiring): void {
    this.#waiting.add(expiring);
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepEveryMs);
  }

  release(expiring: Expiring): void {
    this.#waiting.delete(expiring);
  }

  #sweep(): void {
    const nowMs = this.#nowMs();
    for (const waiting of this.#waiting) {
      if (waiting.deadlineMs > nowMs) continue;
      this.#waiting.delete(waiting);
      waiting.expire();
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
