import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { Difference, OwnedRecords, ZoneChange } from './difference.ts';
import { Journal, type JournalAnswer } from './journal.ts';
import { compactKey, isKeyAtOrBelow, type NameKey, parentKey } from './name-key.ts';
import { NameTable } from './name-table.ts';
import { hasType, noRecords, type PackedRecords, recordSetOf } from './packed-records.ts';
import { type Pieces, withPauses } from './pieces.ts';
import { isDnameTarget } from './redirection.ts';
import { Snapshot } from './snapshot.ts';
import { serialOf, soaOf } from './soa.ts';
import type { ZoneView } from './zone-view.ts';

/**
 * A zone of class IN in memory: what the nameserver answers from.
 *
 * It changes in place, each change in one synchronous step. A query is answered synchronously too, so it sees one version from its
 * first octet to its last (RFC 2136 §3.7) without anybody having to keep versions: an update costs what it changes, and as much
 * with a million names as with a thousand. A transfer, which waits for the network between its messages, takes a
 * {@link Snapshot}, which keeps what is overwritten while it lasts. A persistent tree would give every reader a version, at
 * the price of nodes for a million names and a walk in place of a look into a map, for the sake of the one reader that needs it.
 *
 * Deliberately differs: the owner names' case is not kept (RFC 4343 §4.2 would have it so), because a name is found by its
 * lower-case octets and a second form would cost about a third of the memory. Knot does the same.
 */
export class Zone implements ZoneView {
  readonly origin: Name;
  readonly #originKey: NameKey;
  readonly #table = new NameTable();
  /** How many names right below a name exist, where any do: so empty non-terminals are known (RFC 4592 §2.2.2). */
  readonly #childCounts = new Map<NameKey, number>();
  readonly #delegations = new Set<NameKey>();
  readonly #redirections = new Set<NameKey>();
  readonly #snapshots = new Set<Snapshot>();
  readonly #journal: Journal;
  #nameCount = 0;
  #soa = noRecords;

  /**
   * @param content  each name once, its records in canonical order; `packZone` makes them of records from outside
   * @param maxJournalRecords  what is kept for incremental transfers
   * @param history  the differences that have led here, oldest first, as far as they are known
   * @throws when the apex has no SOA record, a name is not in the zone, or the history has a gap: nobody has checked them
   */
  constructor(
    origin: Name,
    content: Iterable<OwnedRecords>,
    maxJournalRecords: number,
    history: Iterable<Difference> = [],
  ) {
    this.origin = origin;
    this.#originKey = origin.key;
    this.#journal = new Journal(maxJournalRecords);
    for (const owned of content) this.#add(owned);
    this.#soa = soaOf(this.records(this.#originKey));
    if (this.#soa === noRecords) throw new Error(`The zone ${origin.toString()} has no SOA record`);
    this.#remember(history);
  }

  /** As the constructor, piece by piece, and without a history. Nobody has it before it is whole. */
  static *build(origin: Name, content: readonly OwnedRecords[], maxJournalRecords: number): Pieces<Zone> {
    const isApex = ({ owner }: OwnedRecords) => owner === origin.key;
    const zone = new Zone(origin, content.filter(isApex), maxJournalRecords);
    yield* withPauses(content, (owned) => {
      if (!isApex(owned)) zone.#add(owned);
    });
    return zone;
  }

  get serial(): number {
    return serialOf(this.#soa);
  }

  /** The one SOA record; negative answers carry it (RFC 2308 §3). */
  get soa(): PackedRecords {
    return this.#soa;
  }

  get nameCount(): number {
    return this.#nameCount;
  }

  records(key: NameKey): PackedRecords {
    return this.#table.get(key);
  }

  contains(key: NameKey): boolean {
    return isKeyAtOrBelow(key, this.#originKey);
  }

  childCount(key: NameKey): number {
    return this.#childCounts.get(key) ?? 0;
  }

  /** Whether names below it exist; with no records of its own, it is an empty non-terminal then. */
  hasDescendants(key: NameKey): boolean {
    return this.#childCounts.has(key);
  }

  /** The names below the apex with NS records, where other zones begin. */
  get delegations(): ReadonlySet<NameKey> {
    return this.#delegations;
  }

  /** The names with a DNAME record that says where to. */
  get redirections(): ReadonlySet<NameKey> {
    return this.#redirections;
  }

  /**
   * Takes the step that was found for an update, once it is on stable storage (RFC 2136 §3.5).
   *
   * @throws when the zone is not at the version that the step begins with
   */
  apply({ difference, names }: ZoneChange): void {
    if (difference.serialBefore !== this.serial)
      throw new Error(`A change of serial ${difference.serialBefore} meets a zone of serial ${this.serial}`);
    for (const [key, records] of names) this.#set(key, records);
    this.#soa = soaOf(this.records(this.#originKey));
    this.#journal.append(difference);
  }

  /** What a secondary with this serial lacks. */
  differencesSince(serial: number): JournalAnswer {
    return this.#journal.since(serial, this.serial);
  }

  /** The present version, to be disposed of when the transfer is over. */
  snapshot(): Snapshot {
    const snapshot = new Snapshot(this.#originKey, this.#table, (released) => this.#release(released));
    this.#snapshots.add(snapshot);
    return snapshot;
  }

  #remember(history: Iterable<Difference>): void {
    let last: Difference | undefined;
    for (const difference of history) {
      if (last !== undefined && last.serialAfter !== difference.serialBefore) throw new Error('The history has a gap');
      this.#journal.append(difference);
      last = difference;
    }
    if (last !== undefined && last.serialAfter !== this.serial) throw new Error('The history does not lead here');
  }

  #add({ owner, records }: OwnedRecords): void {
    if (!isKeyAtOrBelow(owner, this.#originKey)) throw new Error(`A name is not in the zone ${this.origin.toString()}`);
    this.#set(owner, records);
  }

  #set(key: NameKey, records: PackedRecords): void {
    const before = this.#table.get(key);
    for (const snapshot of this.#snapshots) snapshot.keep(key, before);
    if (records === noRecords && !this.#isNeeded(key)) this.#table.delete(key);
    else this.#table.set(key, records);
    mark(this.#delegations, key, key !== this.#originKey && hasType(records, Type.NS));
    mark(this.#redirections, key, isDnameTarget(recordSetOf(records, Type.DNAME)));
    if (before === noRecords && records !== noRecords) {
      this.#nameCount += 1;
      this.#appeared(key);
    } else if (before !== noRecords && records === noRecords) {
      this.#nameCount -= 1;
      this.#disappeared(key);
    }
  }

  /** The name has records now. If it was not there before, not even empty, the one above it has a child more, and so on. */
  #appeared(key: NameKey): void {
    if (this.#childCounts.has(key)) return;
    let child = key;
    while (child !== this.#originKey) {
      const parent = parentKey(child);
      const count = this.#childCounts.get(parent);
      if (count === undefined) this.#childCounts.set(compactKey(parent), 1);
      else this.#childCounts.set(parent, count + 1);
      if (count !== undefined || this.#table.get(parent) !== noRecords) return;
      child = parent;
    }
  }

  /** The name has no records any more. If it has no names below it either, the one above it has a child less, and so on. */
  #disappeared(key: NameKey): void {
    if (this.#childCounts.has(key)) return;
    let child = key;
    while (child !== this.#originKey) {
      const parent = parentKey(child);
      const count = (this.#childCounts.get(parent) ?? 0) - 1;
      if (count > 0) {
        this.#childCounts.set(parent, count);
        return;
      }
      this.#childCounts.delete(parent);
      if (this.#table.get(parent) !== noRecords) return;
      child = parent;
    }
  }

  #release(snapshot: Snapshot): void {
    this.#snapshots.delete(snapshot);
    for (const key of snapshot.changedNames) {
      if (this.#table.get(key) === noRecords && !this.#isNeeded(key)) this.#table.delete(key);
    }
  }

  #isNeeded(key: NameKey): boolean {
    for (const snapshot of this.#snapshots) if (snapshot.needs(key)) return true;
    return false;
  }
}

function mark(names: Set<NameKey>, key: NameKey, isIn: boolean): void {
  if (isIn) names.add(key);
  else names.delete(key);
}
