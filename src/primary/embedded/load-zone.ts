import type { Name } from '../../dns/name.ts';
import type { StoreFault } from '../../store/store-fault.ts';
import type { JournalEntry, StoredRecordSet, ZoneReader, ZoneReceiver } from '../../store/zone-store.ts';
import type { Difference, OwnedRecords } from '../../zone/difference.ts';
import type { NameKey } from '../../zone/name-key.ts';
import { compactRecords, type PackedRecords } from '../../zone/packed-records.ts';
import { Zone } from '../../zone/zone.ts';
import { Ownership } from './ownership.ts';
import { fromJournalEntry } from './stored-difference.ts';
import { fromStoredRecordSet, latin1Of } from './stored-records.ts';

export type LoadedZone =
  | { readonly kind: 'loaded'; readonly zone: Zone; readonly ownership: Ownership; readonly isDormant: boolean }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly fault: StoreFault };

/** What is static by what the store remembers; the configuration that made it so may be gone. */
const unknownPlace = 'an earlier configuration';

/** Reads a zone out of the store into memory, with as much of its journal as memory may take. */
export async function loadZone(store: ZoneReader, origin: Name, maxJournalRecords: number): Promise<LoadedZone> {
  const content = new ContentCollector();
  const loaded = await store.load(origin, content);
  switch (loaded.kind) {
    case 'unknown-zone':
      return { kind: 'unknown' };
    case 'failed':
      return loaded;
    case 'loaded': {
      const zone = new Zone(origin, content.names(), maxJournalRecords, content.history);
      return { kind: 'loaded', zone, ownership: new Ownership(origin, content.places), isDormant: loaded.isDormant };
    }
  }
}

/** Puts the RRsets of a name together, which come one after the other. */
class ContentCollector implements ZoneReceiver {
  readonly places = new Map<NameKey, Map<number, string>>();
  readonly history: Difference[] = [];
  readonly #names: OwnedRecords[] = [];
  #owner: NameKey | undefined;
  #records = '';

  recordSet(set: StoredRecordSet): void {
    const owner = latin1Of(set.owner);
    if (owner !== this.#owner) {
      this.#finishName();
      this.#owner = owner;
    }
    this.#records += fromStoredRecordSet(set);
    if (set.origin === 'dynamic') return;
    const types = this.places.get(owner) ?? new Map<number, string>();
    this.places.set(owner, types.set(set.type, unknownPlace));
  }

  journalEntry(entry: JournalEntry): void {
    const difference = fromJournalEntry(entry);
    // Whatever is before an entry that cannot be read leads nowhere.
    if (difference === undefined) this.history.length = 0;
    else this.history.push(difference);
  }

  names(): readonly OwnedRecords[] {
    this.#finishName();
    return this.#names;
  }

  #finishName(): void {
    if (this.#owner === undefined) return;
    this.#names.push({ owner: this.#owner, records: compactRecords(this.#records as PackedRecords) });
    this.#owner = undefined;
    this.#records = '';
  }
}
