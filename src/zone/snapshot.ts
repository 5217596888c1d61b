import { Type } from '../dns/codes.ts';
import type { OwnedRecords } from './difference.ts';
import type { NameKey } from './name-key.ts';
import type { NameTable } from './name-table.ts';
import { noRecords, type PackedRecords, withRecordSet } from './packed-records.ts';
import { serialOf, soaOf } from './soa.ts';

/**
 * One version of a zone, for a transfer that takes many turns of the event loop.
 *
 * It keeps what stood at the names that have been changed since, so it costs nothing at first, then as much as is changed, and
 * nothing once it is disposed of.
 */
export class Snapshot implements Disposable {
  readonly soa: PackedRecords;
  readonly serial: number;
  readonly #originKey: NameKey;
  readonly #table: NameTable;
  readonly #release: (snapshot: Snapshot) => void;
  readonly #before = new Map<NameKey, PackedRecords>();

  constructor(originKey: NameKey, table: NameTable, release: (snapshot: Snapshot) => void) {
    this.soa = soaOf(table.get(originKey));
    this.serial = serialOf(this.soa);
    this.#originKey = originKey;
    this.#table = table;
    this.#release = release;
  }

  /** All records but the SOA record, which begins and ends a transfer (RFC 5936 §2.2); the names in no order. */
  *records(): Generator<OwnedRecords> {
    for (const [owner, present] of this.#table) {
      const then = this.#before.get(owner) ?? present;
      const records = owner === this.#originKey ? withRecordSet(then, Type.SOA, noRecords) : then;
      if (records !== noRecords) yield { owner, records };
    }
  }

  /** For the zone: to be told before a name changes. */
  keep(key: NameKey, records: PackedRecords): void {
    if (!this.#before.has(key)) this.#before.set(key, records);
  }

  /** For the zone: whether a name that has no records now had some then, and so must keep its place in the table. */
  needs(key: NameKey): boolean {
    return (this.#before.get(key) ?? noRecords) !== noRecords;
  }

  /** For the zone: the names that have changed since. */
  get changedNames(): Iterable<NameKey> {
    return this.#before.keys();
  }

  [Symbol.dispose](): void {
    this.#release(this);
  }
}
