import type { LedgerChanges } from '../store/ledger.ts';
import type { StoreFault } from '../store/store-fault.ts';
import type { WriteResult } from '../store/zone-store.ts';
import { writeFault } from './write-fault.ts';

/** One piece of what waits: it is handed over as a whole, and either kept or to be handed over again. */
export interface Piece {
  readonly changes: LedgerChanges;
  /** It is on stable storage. */
  written(): void;
  /** It is not: it waits again. */
  kept(): void;
}

export interface LateWriterOptions {
  readonly write: (changes: LedgerChanges) => Promise<WriteResult>;
  /** The next piece, of bounded size; undefined when nothing waits. */
  readonly next: () => Piece | undefined;
  readonly delayMs: number;
  readonly againMs: number;
  /** Told of a fault once, and with undefined when it is over. */
  readonly faultChanged: (fault: StoreFault | undefined) => void;
}

/**
 * Writes, after a while and in pieces, what nobody waits for. Where the database takes nothing, it tries again and again.
 *
 * The timer keeps no process alive: whoever ends disposes of it.
 */
export class LateWriter implements AsyncDisposable {
  readonly #options: LateWriterOptions;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<boolean> | undefined;
  #fault: StoreFault | undefined;
  #isAtEnd = false;

  constructor(options: LateWriterOptions) {
    this.#options = options;
  }

  /** Something waits. */
  wake(): void {
    this.#schedule(this.#fault ? this.#options.againMs : this.#options.delayMs);
  }

  /** Writes all that waits, now. @returns whether nothing is left of what waited */
  async flush(): Promise<boolean> {
    // What came while others were flushing may not be among theirs.
    await this.#flushing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing ??= this.#flush().finally(() => (this.#flushing = undefined));
    return await this.#flushing;
  }

  async #flush(): Promise<boolean> {
    for (let piece = this.#options.next(); piece; piece = this.#options.next()) {
      const fault = writeFault(await this.#options.write(piece.changes));
      this.#tell(fault);
      if (fault) {
        piece.kept();
        this.#schedule(this.#options.againMs);
        return false;
      }
      piece.written();
    }
    return true;
  }

  #tell(fault: StoreFault | undefined): void {
    if (fault?.code !== this.#fault?.code) this.#options.faultChanged(fault);
    this.#fault = fault;
  }

  /** Writes what it can, and nothing from then on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
    this.#isAtEnd = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    if (this.#isAtEnd) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, delayMs).unref();
  }
}
