import { countDifference, type Difference } from './difference.ts';
import { isSerialGreater } from './serial.ts';

/** What a secondary that has one serial needs to get to the present one. */
export type JournalAnswer =
  | { readonly kind: 'up-to-date' } // it has this version, or says that it has a later one
  | { readonly kind: 'differences'; readonly differences: readonly Difference[] } // oldest first, at least one
  | { readonly kind: 'out-of-reach' }; // the journal does not go back so far: transfer the whole zone

/**
 * The latest differences of a zone, for incremental transfers (RFC 1995), and none that are not in an unbroken row up to
 * the present version.
 *
 * Bounded by the number of records, since that is what it takes of memory and what a transfer takes of the network. Answering
 * costs as much as what is answered, however long the journal is.
 */
export class Journal {
  readonly #maxRecords: number;
  // Numbered through since the beginning; those before #first are forgotten.
  #differences: Difference[] = [];
  #first = 0;
  #next = 0;
  /** By the serial before; the latest one, should a serial come twice after 2³² steps. */
  readonly #numbers = new Map<number, number>();
  #records = 0;

  /** @param maxRecords  SOA records count too */
  constructor(maxRecords: number) {
    this.#maxRecords = maxRecords;
  }

  /** How many records it holds. */
  get recordCount(): number {
    return this.#records;
  }

  append(difference: Difference): void {
    this.#differences.push(difference);
    this.#numbers.set(difference.serialBefore, this.#next);
    this.#next += 1;
    this.#records += countDifference(difference);
    while (this.#records > this.#maxRecords && this.#first < this.#next) this.#forgetOldest();
  }

  /** @param current  the serial of the zone now */
  since(serial: number, current: number): JournalAnswer {
    // RFC 1995 §2: whoever has the same or a newer version gets the SOA record alone.
    if (serial === current || isSerialGreater(serial, current)) return { kind: 'up-to-date' };
    const number = this.#numbers.get(serial);
    if (number === undefined) return { kind: 'out-of-reach' };
    return { kind: 'differences', differences: this.#differences.slice(number - this.#offset()) };
  }

  #forgetOldest(): void {
    const oldest = this.#differences[this.#first - this.#offset()]!;
    if (this.#numbers.get(oldest.serialBefore) === this.#first) this.#numbers.delete(oldest.serialBefore);
    this.#records -= countDifference(oldest);
    this.#first += 1;
    // Half of it is forgotten: moving the rest is paid for by the appends since the last time.
    const forgotten = this.#first - this.#offset();
    if (forgotten * 2 >= this.#differences.length) this.#differences = this.#differences.slice(forgotten);
  }

  /** The number of the difference that stands first in the array. */
  #offset(): number {
    return this.#next - this.#differences.length;
  }
}
