import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { ZoneChange } from './difference.ts';
import { type NameKey, parentKey } from './name-key.ts';
import { compactOwned, noOwned, withOwned } from './packed-owned.ts';
import {
  compactRecords,
  endOfRecord,
  joinRecords,
  noRecords,
  type PackedRecords,
  splitRecords,
  withRecordSet,
} from './packed-records.ts';
import { serialOf, soaOf } from './soa.ts';
import type { ZoneView } from './zone-view.ts';

/**
 * A zone with changes on top that nobody else sees.
 *
 * One is made for a batch of updates that will be committed together, and on top of it one for each update, which is
 * thrown away when the update is refused: so full undo (RFC 2136 §3.4.2.1) is doing nothing.
 */
export class Draft implements ZoneView {
  readonly origin: Name;
  readonly #base: ZoneView;
  readonly #names = new Map<NameKey, PackedRecords>();
  #serial: number;
  #nameCount: number;

  constructor(base: ZoneView) {
    this.origin = base.origin;
    this.#base = base;
    this.#serial = base.serial;
    this.#nameCount = base.nameCount;
  }

  get serial(): number {
    return this.#serial;
  }

  /** The serial of the zone below. */
  get serialBefore(): number {
    return this.#base.serial;
  }

  get nameCount(): number {
    return this.#nameCount;
  }

  records(key: NameKey): PackedRecords {
    return this.#names.get(key) ?? this.#base.records(key);
  }

  /** Counted anew each time, since hardly anybody asks. */
  childCount(key: NameKey): number {
    return new ChildCounts(this.#base, this.#names).of(key);
  }

  /** @param records  all that shall stand at the name */
  set(key: NameKey, records: PackedRecords): void {
    this.#nameCount += Number(records !== noRecords) - Number(this.records(key) !== noRecords);
    this.#names.set(key, records);
    if (key === this.origin.key) this.#serial = serialOf(soaOf(records));
  }

  /** Takes over what another draft on top of this one has. */
  apply(draft: Draft): void {
    for (const [key, records] of draft.#names) this.set(key, records);
  }

  /** Whether anything is different from the zone below, however much was done and undone. */
  get isChanged(): boolean {
    for (const [key, records] of this.#names) if (this.#base.records(key) !== records) return true;
    return false;
  }

  /** About how much it takes to store it: the names as they were and as they will be, and rather too much. */
  get octets(): number {
    let octets = 0;
    for (const [key, records] of this.#names)
      octets += 3 * key.length + this.#base.records(key).length + 2 * records.length;
    return octets;
  }

  /** The names that are different from the zone below. */
  *changedKeys(): Generator<NameKey, void, undefined> {
    for (const [key, records] of this.#names) if (this.#base.records(key) !== records) yield key;
  }

  /** What is different from the zone below. */
  change(): ZoneChange {
    const names = new Map<NameKey, PackedRecords>();
    let [removed, added] = [noOwned, noOwned];
    for (const [key, records] of this.#names) {
      const before = this.#base.records(key);
      if (before === records) continue;
      names.set(key, compactRecords(records));
      const [old, young] = [this.#withoutSoa(key, before), this.#withoutSoa(key, records)];
      removed = withOwned(removed, key, missingIn(young, old));
      added = withOwned(added, key, missingIn(old, young));
    }
    const soaBefore = compactRecords(soaOf(this.#base.records(this.origin.key)));
    const soaAfter = compactRecords(soaOf(this.records(this.origin.key)));
    const serials = { serialBefore: this.serialBefore, serialAfter: this.#serial };
    return {
      difference: { ...serials, soaBefore, soaAfter, removed: compactOwned(removed), added: compactOwned(added) },
      names,
    };
  }

  #withoutSoa(key: NameKey, records: PackedRecords): PackedRecords {
    return key === this.origin.key ? withRecordSet(records, Type.SOA, noRecords) : records;
  }
}

/** How many names there are right below others, in a zone with changes on top, which are gone through one after the other. */
class ChildCounts {
  readonly #base: ZoneView;
  /** Those that have been gone through. */
  readonly #names = new Map<NameKey, PackedRecords>();
  readonly #counts = new Map<NameKey, number>();

  constructor(base: ZoneView, names: ReadonlyMap<NameKey, PackedRecords>) {
    this.#base = base;
    for (const [key, records] of names) {
      const step = Number(records !== noRecords) - Number(base.records(key) !== noRecords);
      this.#names.set(key, records);
      if (step !== 0 && this.of(key) === 0) this.#count(key, step);
    }
  }

  of(key: NameKey): number {
    return this.#counts.get(key) ?? this.#base.childCount(key);
  }

  /** The name above has a child more, or less; where it is there only because of its children, so has the one above that. */
  #count(key: NameKey, step: number): void {
    for (let child = key; child !== this.#base.origin.key;) {
      const parent = parentKey(child);
      const before = this.of(parent);
      this.#counts.set(parent, before + step);
      const hasRecords = (this.#names.get(parent) ?? this.#base.records(parent)) !== noRecords;
      if (hasRecords || before > Number(step < 0)) return;
      child = parent;
    }
  }
}

/** The records among `some` that are not among the others, TTL included. */
function missingIn(others: PackedRecords, some: PackedRecords): PackedRecords {
  // Nearly always one record takes the place of one, or of none.
  if (others === noRecords) return some;
  if (endOfRecord(some, 0) >= some.length && endOfRecord(others, 0) >= others.length)
    return some === others ? noRecords : some;
  const known = new Set(splitRecords(others));
  return joinRecords(splitRecords(some).filter((record) => !known.has(record)));
}
