interface Asking<Answer> {
  readonly underWay: Promise<Answer>;
  next: Promise<Answer> | undefined;
  /** The latest of those who wait for the next. */
  nextDeadlineMs: number;
}

/**
 * Shares one question among all who have it at the same time.
 *
 * Nothing is remembered: every caller of {@link ask} gets the answer to a question that was sent after it called. Whoever
 * comes while one is under way waits for the next, together with all the others that do. So a busy zone costs one such
 * question a round trip, not one a request.
 */
export class SharedQuestion<Answer> {
  readonly #send: (deadlineMs: number) => Promise<Answer>;
  #asking: Asking<Answer> | undefined;

  /** @param send  asks; it never rejects */
  constructor(send: (deadlineMs: number) => Promise<Answer>) {
    this.#send = send;
  }

  get isUnderWay(): boolean {
    return this.#asking !== undefined;
  }

  /** The answer to a question that is under way already, or else to one that is sent now: never to a later one. */
  askBy(deadlineMs: number): Promise<Answer> {
    return this.#asking?.underWay ?? this.#start(deadlineMs);
  }

  /** The answer to a question that is sent after this call. */
  ask(deadlineMs: number): Promise<Answer> {
    const asking = this.#asking;
    if (!asking) return this.#start(deadlineMs);
    asking.nextDeadlineMs = Math.max(asking.nextDeadlineMs, deadlineMs);
    asking.next ??= asking.underWay.then(() => this.#start(asking.nextDeadlineMs));
    return asking.next;
  }

  #start(deadlineMs: number): Promise<Answer> {
    const asking: Asking<Answer> = { underWay: this.#send(deadlineMs), next: undefined, nextDeadlineMs: 0 };
    this.#asking = asking;
    void asking.underWay.then(() => {
      if (!asking.next && this.#asking === asking) this.#asking = undefined;
    });
    return asking.underWay;
  }
}
