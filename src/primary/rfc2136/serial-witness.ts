import { SharedQuestion } from './shared-question.ts';

export interface SerialWitnessOptions {
  /** The zone's serial, by the primary's own word; undefined where it cannot be had. */
  readonly ask: (deadlineMs: number) => Promise<number | undefined>;
  /** Rises whenever a connection to the nameserver was lost: it may have been started anew, with another zone. */
  readonly lostConnections: () => number;
  readonly unixSeconds: () => number;
}

/** A serial that is the time of day stands still for a second at least; ours and its clock may differ by one more. */
const tickSeconds = 2;

/**
 * Vouches for what was read before: as long as the zone's serial stands still, its content does, because whoever changes
 * a zone raises its serial (RFC 2136 §3.6).
 *
 * So a reading is kept with the last serial that was told before it began. If the primary, asked now, tells the same
 * one, nothing has changed in between, and that one question vouches for all who ask at the same time.
 *
 * Not every serial is to be relied upon: it has to have been seen to rise with an update of ours; it must not be the
 * present second, in which a nameserver that takes the time for its serial may change the zone once more; and it counts
 * only for as long as no connection was lost.
 */
export class SerialWitness {
  readonly #options: SerialWitnessOptions;
  readonly #question: SharedQuestion<void>;
  #told: { readonly serial: number; readonly lostConnections: number } | undefined;
  /** How many updates of ours were applied; an answer to a question from before the last one says nothing. */
  #updates = 0;
  /** A serial, and how many updates there had been then. */
  #baseline: { readonly serial: number; readonly updates: number } | undefined;
  /** Whether an update of ours raised it, once that is known. */
  #rises: boolean | undefined;

  constructor(options: SerialWitnessOptions) {
    this.#options = options;
    this.#question = new SharedQuestion((deadlineMs) => this.#ask(deadlineMs));
  }

  /** The zone as it was last told to be, for a reading that begins now; undefined where that could not vouch for it. */
  get version(): string | undefined {
    if (!this.#rises || this.#told?.lostConnections !== this.#options.lostConnections()) return undefined;
    return `${this.#told.serial} ${this.#told.lostConnections}`;
  }

  /** Before the first update: what the serial is to rise from. */
  async learn(deadlineMs: number): Promise<void> {
    if (this.#rises === undefined && !this.#baseline) await this.#question.ask(deadlineMs);
  }

  /** An update of ours was applied, which has to raise the serial. */
  hasToMove(): void {
    this.#updates += 1;
    this.#told = undefined;
  }

  /** Asks, so that the next reading can be vouched for. Nobody waits for it. */
  enquire(deadlineMs: number): void {
    if (this.version === undefined && !this.#question.isUnderWay) void this.#question.ask(deadlineMs);
  }

  /** Whether the primary, asked now, still tells of this version. */
  async isStillAt(version: string, deadlineMs: number): Promise<boolean> {
    if (this.version !== version) return false;
    await this.#question.ask(deadlineMs);
    return this.version === version;
  }

  async #ask(deadlineMs: number): Promise<void> {
    const lostConnections = this.#options.lostConnections();
    const updates = this.#updates;
    const serial = await this.#options.ask(deadlineMs);
    this.#told = undefined;
    if (serial === undefined || updates !== this.#updates) return;
    if (this.#baseline && this.#baseline.updates < updates) this.#rises = serial !== this.#baseline.serial;
    this.#baseline = { serial, updates };
    const isThisSecond = Math.abs(this.#options.unixSeconds() - serial) <= tickSeconds;
    if (!isThisSecond) this.#told = { serial, lostConnections };
  }
}
