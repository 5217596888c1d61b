import { SharedQuestion } from './shared-question.ts';

/**
 * Vouches for what was read before: as long as the zone's serial stands still, its content does, because whoever changes
 * a zone raises its serial (RFC 2136 §3.6, RFC 1034 §4.3.5).
 *
 * So a reading is kept with the last serial that was told before it began. If the primary, asked now, tells the same
 * one, nothing has changed in between, and that one question vouches for all who ask at the same time.
 */
export class SerialWitness {
  readonly #question: SharedQuestion<number | undefined>;
  #lastTold: number | undefined;

  /** @param ask  the zone's serial, by the primary's own word; undefined where it cannot be had */
  constructor(ask: (deadlineMs: number) => Promise<number | undefined>) {
    this.#question = new SharedQuestion(async (deadlineMs) => (this.#lastTold = await ask(deadlineMs)));
  }

  /** The last serial that was told, for a reading that begins now; undefined when none is known, or it has moved since. */
  get lastTold(): number | undefined {
    return this.#lastTold;
  }

  /** An update of ours may have raised the serial. */
  mayHaveMoved(): void {
    this.#lastTold = undefined;
  }

  /** Asks, so that the next reading can be vouched for. Nobody waits for it. */
  enquire(deadlineMs: number): void {
    if (this.#lastTold === undefined && !this.#question.isUnderWay) void this.#question.ask(deadlineMs);
  }

  /** Whether the primary, asked now, still tells this serial. */
  async isStillAt(serial: number, deadlineMs: number): Promise<boolean> {
    return this.#lastTold === serial && (await this.#question.ask(deadlineMs)) === serial;
  }
}
