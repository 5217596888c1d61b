/** How long to wait between attempts, and how long at the most. */
export interface BackOffPolicy {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Doubling waits with jitter, so that many clients of a restarted nameserver do not come back in step. */
export class BackOff {
  readonly #policy: BackOffPolicy;
  readonly #random: () => number;
  #failures = 0;
  #notBeforeMs = -Infinity;

  /** @param random  uniform in [0, 1) */
  constructor(policy: BackOffPolicy, random: () => number) {
    this.#policy = policy;
    this.#random = random;
  }

  /** Failures before the next attempt is due are one: a nameserver that ends takes all connections with it. */
  failed(nowMs: number): void {
    if (this.waitMs(nowMs) > 0) return;
    const { firstMs, longestMs } = this.#policy;
    const wholeMs = Math.min(firstMs * 2 ** this.#failures, longestMs);
    this.#failures = Math.min(this.#failures + 1, 30);
    this.#notBeforeMs = nowMs + wholeMs * (0.5 + this.#random() / 2);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#notBeforeMs = -Infinity;
  }

  /** Milliseconds until the next attempt is due; 0 when it may be made at once. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#notBeforeMs - nowMs);
  }
}
