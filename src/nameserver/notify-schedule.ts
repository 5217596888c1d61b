/** When NOTIFYs are sent to one secondary. */
export interface NotifyPolicy {
  /** How far apart they are when one change follows another. */
  readonly intervalMs: number;
  /** How long the first answer is waited for. */
  readonly firstRetryMs: number;
  /** How many retries come so soon, at least one; after the last of them twice as long is waited, and so on. */
  readonly quickRetries: number;
  /** How long one is waited for at the most. */
  readonly longestRetryMs: number;
  /** After so long without any answer a secondary is taken for silent. */
  readonly patienceMs: number;
  /** How far apart they are when one change follows another and the secondary is silent. */
  readonly silentIntervalMs: number;
}

/**
 * Deliberately differs: RFC 1996 §3.6 suggests 60 seconds and five retries. A lost datagram would leave an address wrong for a
 * minute, so the first three retries come 150 ms apart, and they do not end before there is an answer: then a secondary that comes
 * back learns of what it has missed, and one datagram a minute is no burden. Where three datagrams of ten get lost, five within
 * a second leave one change in 400 untold.
 *
 * After each NOTIFY a secondary asks for the SOA record and fetches the difference, which takes it some tens of
 * milliseconds: ten a second leave it time, and add less to a change's way than anybody notices. A change during the retries takes their
 * place and begins them anew, except that a secondary which has been silent for long hears of changes once a second at the most.
 */
export const defaultNotifyPolicy: NotifyPolicy = {
  intervalMs: 100,
  firstRetryMs: 150,
  quickRetries: 3,
  longestRetryMs: 60_000,
  patienceMs: 10_000,
  silentIntervalMs: 1000,
};

/** What is to be sent to one secondary about one zone, and when. It has no clock and no timer of its own. */
export class NotifySchedule {
  readonly #policy: NotifyPolicy;
  #isWanted = false;
  #hasNews = false;
  /** Of the present serial. */
  #unanswered = 0;
  #lastSentMs = -Infinity;
  /** When the first one was sent after the last answer. */
  #silentSinceMs: number | undefined;

  constructor(policy: NotifyPolicy = defaultNotifyPolicy) {
    this.#policy = policy;
  }

  /** The zone has a new serial, which stands for all before it. */
  changed(): void {
    this.#isWanted = true;
    this.#hasNews = true;
  }

  sent(nowMs: number): void {
    this.#lastSentMs = nowMs;
    this.#silentSinceMs ??= nowMs;
    // As many doublings as anybody needs.
    this.#unanswered = this.#hasNews ? 1 : Math.min(this.#unanswered + 1, 30);
    this.#hasNews = false;
  }

  /** @param isLatest  whether it answers the NOTIFY of the present serial; otherwise it shows that the secondary is there */
  answered(isLatest: boolean): void {
    this.#silentSinceMs = undefined;
    if (isLatest) this.#isWanted = false;
  }

  /** When the next one is due; it may be past. Undefined when none is. */
  get dueMs(): number | undefined {
    return this.#isWanted ? this.#lastSentMs + this.#gapMs() : undefined;
  }

  #gapMs(): number {
    const { intervalMs, firstRetryMs, quickRetries, longestRetryMs, patienceMs, silentIntervalMs } = this.#policy;
    if (!this.#hasNews) {
      const doublings = Math.max(0, this.#unanswered - quickRetries);
      return Math.min(firstRetryMs * 2 ** doublings, longestRetryMs);
    }
    const silentMs = this.#lastSentMs - (this.#silentSinceMs ?? this.#lastSentMs);
    return silentMs > patienceMs ? silentIntervalMs : intervalMs;
  }
}
