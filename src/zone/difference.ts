import type { NameKey } from './name-key.ts';
import { countOwned, type PackedOwned } from './packed-owned.ts';
import type { PackedRecords } from './packed-records.ts';

/** Records with their owner. */
export interface OwnedRecords {
  readonly owner: NameKey;
  readonly records: PackedRecords;
}

/**
 * What lies between two versions of a zone: a difference sequence of RFC 1995 §4. SOA records stand apart; a record whose
 * TTL has changed is removed and added.
 */
export interface Difference {
  readonly serialBefore: number;
  readonly serialAfter: number;
  readonly soaBefore: PackedRecords;
  readonly soaAfter: PackedRecords;
  readonly removed: PackedOwned;
  readonly added: PackedOwned;
}

/** One step of a zone from a version to the next, ready to be applied. */
export interface ZoneChange {
  readonly difference: Difference;
  /** All that stands at each of the changed names afterwards, the apex with its new SOA among them. */
  readonly names: ReadonlyMap<NameKey, PackedRecords>;
}

/** How many records a transfer of the difference has, both SOA records among them. */
export function countDifference({ removed, added }: Difference): number {
  return countOwned(removed) + countOwned(added) + 2;
}
