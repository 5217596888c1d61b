import { Name } from '../../src/dns/name.ts';
import { packRdatas } from '../../src/store/rdata-list.ts';
import type {
  JournalEntry,
  RecordSetChange,
  StoredRecordSet,
  WriteResult,
  ZoneDifference,
  ZoneReader,
  ZoneStore,
} from '../../src/store/zone-store.ts';

/** What a store holds of one zone, in a shape that compares and prints well. */
export interface StoredContent {
  readonly serial: number;
  readonly isDormant: boolean;
  /** `owner/type` → `TTL origin octets`. */
  readonly recordSets: Readonly<Record<string, string>>;
  /** `before→after -removed +added`, oldest first. */
  readonly journal: readonly string[];
}

/** Loads a zone; undefined when the store does not have it. Copies: what it returns shares nothing with the store. */
export async function storedContent(store: ZoneReader, zone: Name): Promise<StoredContent | undefined> {
  const recordSets: Record<string, string> = {};
  const journal: string[] = [];
  const loaded = await store.load(zone, {
    recordSet: (recordSet) => {
      recordSets[keyText(recordSet)] = contentText(recordSet);
    },
    journalEntry: (entry) => void journal.push(entryText(entry)),
  });
  if (loaded.kind === 'unknown-zone') return undefined;
  if (loaded.kind === 'failed') throw new Error(`The zone could not be loaded: ${JSON.stringify(loaded.fault)}`);
  return { serial: loaded.serial, isDormant: loaded.isDormant, recordSets, journal };
}

export function keyText({ owner, type }: { readonly owner: Uint8Array; readonly type: number }): string {
  return `${Name.fromWire(owner).toString()}/${type}`;
}

export function contentText({ ttlSeconds, origin, rdatas }: Omit<StoredRecordSet, 'owner' | 'type'>): string {
  return `${ttlSeconds} ${origin} ${hex(rdatas)}`;
}

export function entryText({ serialBefore, serialAfter, removed, added }: JournalEntry): string {
  return `${serialBefore}→${serialAfter} -${hex(removed)} +${hex(added)}`;
}

export function address(owner: Name, last: number, ttlSeconds = 60): StoredRecordSet {
  const rdatas = packRdatas([Uint8Array.of(192, 0, 2, last)]);
  return { owner: owner.toLowerCase().wire, type: 1, ttlSeconds, origin: 'dynamic', rdatas };
}

export function setTo({ owner, type, ...content }: StoredRecordSet): RecordSetChange {
  return { owner, type, content };
}

/** One step that leads from a serial to the next. */
export function step(zone: Name, serialBefore: number, recordSets: readonly RecordSetChange[]): ZoneDifference {
  const serialAfter = (serialBefore + 1) >>> 0;
  const journal = { kind: 'append', removed: Uint8Array.of(1), added: Uint8Array.of(2, serialAfter & 0xff) } as const;
  return { zone, serialBefore, serialAfter, recordSets, journal };
}

export function commitSteps(store: ZoneStore, ...differences: readonly ZoneDifference[]): Promise<WriteResult> {
  return store.commit({ differences, remembered: [] });
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
