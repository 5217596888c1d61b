interface Waiting {
  readonly deadlineMs: number;
  readonly expire: () => void;
}

/** How late an end may come. */
const sweepEveryMs = 25;

/** Ends what takes too long: one timer for all, since a timer and a race for each of thousands cost more than their work. */
export class Deadlines {
  readonly #nowMs: () => number;
  readonly #waiting = new Set<Waiting>();
  #sweeper: NodeJS.Timeout | undefined;

  /** @param nowMs  the monotonic clock that the deadlines are on */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What comes of the work, or `late()` where that is not known by the deadline. */
  endBy<Result>(deadlineMs: number, work: Promise<Result>, late: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { deadlineMs, expire: () => resolve(late()) };
      this.#waiting.add(waiting);
      this.#sweeper ??= setInterval(() => this.#sweep(), sweepEveryMs);
      const isOver = () => this.#waiting.delete(waiting);
      work.then(isOver, isOver);
      work.then(resolve, reject);
    });
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
