import type { Name } from '../dns/name.ts';
import type { NewHistoryRow } from './ledger.ts';
import type { StoreFault } from './store-fault.ts';

/**
 * Where zones survive: the built-in nameserver serves from memory what it has loaded from here, and changes memory only
 * after a commit.
 *
 * What an implementation promises (the contract suite tries each of them on it): a batch takes effect as a whole or not at
 * all, and batches in the order in which they were handed over; `committed` means that it is on stable storage (RFC 2136
 * §3.5) and survives whatever comes; `refused` and `failed` mean that it has not taken effect and never will, not even
 * after a kill and a restart; `unconfirmed` means that only the next start will tell. One batch that is refused fails alone. A
 * serial changes with a commit and with nothing else. Only one process at a time changes a database. Nothing is promised of
 * the order of batches and of whatever else changes a zone: whoever cares waits for the one before the other.
 *
 * A store does not know what DNS data means: owner names and RDATA are octets to it.
 */
export interface ZoneStore extends ZoneReader, AsyncDisposable {
  /** A new zone, visible only when all of it is there. Its content may be large; it is taken piece by piece. */
  create(zone: NewZone): Promise<WriteResult>;
  /**
   * Puts other content in the place of all that a zone holds, in one step however large it is: until all of it is there the zone is
   * what it was. The journal begins anew, for there is no way that it could tell.
   */
  replace(replacement: ZoneReplacement): Promise<WriteResult>;
  /** Forgets a zone with all that belongs to it. */
  discard(zone: Name): Promise<WriteResult>;
  /** Zones that are out of the configuration keep their data, and nobody changes it. */
  setDormant(zone: Name, isDormant: boolean): Promise<WriteResult>;
  /** Group commit: what arrives while a commit is under way goes together into the next. */
  commit(batch: Batch): Promise<WriteResult>;
  /** Whether it takes changes now. */
  readonly condition: StoreCondition;
}

/** The part of a store that changes nothing. */
export interface ZoneReader {
  /** In no order. */
  zones(): Promise<Answer<{ readonly kind: 'zones'; readonly zones: readonly StoredZone[] }>>;
  /** Hands over all that a zone holds as of one moment; commits go on meanwhile. */
  load(zone: Name, receiver: ZoneReceiver): Promise<LoadResult>;
  /**
   * Those whose time has not come, for the memory of replays after a start; what was signed last comes first.
   *
   * @param atMost  of them; all when absent
   */
  rememberedRequests(
    receive: (request: RememberedRequest) => void,
    atMost?: number,
  ): Promise<Answer<{ readonly kind: 'done' }>>;
  /** Writes a copy as of one moment into a file that does not exist yet; commits go on meanwhile. */
  backup(path: string): Promise<Answer<{ readonly kind: 'done' }>>;
  /** Reads everything and looks for damage. Commits of the same store wait for it. */
  check(): Promise<Answer<IntegrityReport>>;
}

/** What only reads either tells or fails. */
export type Answer<Told> = Told | Failed;

export interface Failed {
  readonly kind: 'failed';
  readonly fault: StoreFault;
}

export type WriteResult =
  | { readonly kind: 'committed' }
  /** The batch itself does not fit what is there. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The world did not let us; it has not taken effect, and never will. */
  | Failed
  /** The world did not let us, and did not let us undo it either: the next start tells. Nothing of it may be served. */
  | { readonly kind: 'unconfirmed'; readonly fault: StoreFault };

export type Refusal =
  | { readonly code: 'unknown-zone'; readonly zone: Name }
  | { readonly code: 'zone-exists'; readonly zone: Name }
  | { readonly code: 'dormant-zone'; readonly zone: Name }
  /** The difference starts from another serial than the zone has. */
  | { readonly code: 'other-serial'; readonly zone: Name; readonly serial: number }
  /** A signed request that is to be remembered is remembered already. */
  | { readonly code: 'replayed' };

export type LoadResult =
  | { readonly kind: 'loaded'; readonly serial: number; readonly isDormant: boolean }
  | { readonly kind: 'unknown-zone' }
  | Failed;

export type IntegrityReport =
  | { readonly kind: 'sound' }
  | { readonly kind: 'damaged'; readonly complaints: readonly string[] };

/** `suspended`: commits fail at once, reads go on, and it tries by itself until it can be `ready` again. */
export type StoreCondition =
  | { readonly kind: 'ready' }
  | { readonly kind: 'suspended'; readonly fault: StoreFault }
  | { readonly kind: 'closed' };

export interface StoredZone {
  /** In lower case. */
  readonly zone: Name;
  /** 32 bits; 0–2³²−1. */
  readonly serial: number;
  readonly isDormant: boolean;
}

/** Names an RRset within a zone. */
export interface StoredKey {
  /** The owner's name on the wire, in lower case, uncompressed. */
  readonly owner: Uint8Array;
  /** 16 bits. */
  readonly type: number;
}

/** Who answers for an RRset: the configuration, or whoever updates. One name may have RRsets of both kinds. */
export type RecordOrigin = 'static' | 'dynamic';

export interface RecordContent {
  /** 32 bits. */
  readonly ttlSeconds: number;
  readonly origin: RecordOrigin;
  /** All RDATA of the RRset, as `packRdatas` (rdata-list.ts) packs them. */
  readonly rdatas: Uint8Array;
}

/** When it comes from a store, its octets are views of a larger piece: whoever keeps them for long copies them. */
export interface StoredRecordSet extends StoredKey, RecordContent {}

/** One RRset as it is to be; undefined when it goes. */
export interface RecordSetChange extends StoredKey {
  readonly content: RecordContent | undefined;
}

/** What led from one serial to the next, as IXFR tells it (RFC 1995 §4). The octets of both are the zone's affair. */
export interface JournalEntry {
  readonly serialBefore: number;
  readonly serialAfter: number;
  readonly removed: Uint8Array;
  readonly added: Uint8Array;
}

/** One step of one zone. */
export interface ZoneDifference {
  readonly zone: Name;
  /** The zone has to have it, or the batch is refused. */
  readonly serialBefore: number;
  readonly serialAfter: number;
  readonly recordSets: readonly RecordSetChange[];
  readonly journal: JournalStep;
}

export type JournalStep =
  /** The oldest entries go when there are more than the bounds allow. */
  | { readonly kind: 'append'; readonly removed: Uint8Array; readonly added: Uint8Array }
  /** There is no way from the old content to the new that could be told, as after a restore with a raised serial. */
  | { readonly kind: 'restart' };

/** What is to take effect together. */
export interface Batch {
  /** Several of one zone follow one another. */
  readonly differences: readonly ZoneDifference[];
  readonly remembered: readonly RememberedRequest[];
  /** What is to be kept of what led to it; absent: nothing. */
  readonly history?: readonly NewHistoryRow[];
}

/** A signed UPDATE that was carried out, and what was answered: a replay gets the same answer and changes nothing. */
export interface RememberedRequest {
  /** The name of the key on the wire, in lower case. */
  readonly keyName: Uint8Array;
  readonly mac: Uint8Array;
  /** 48 bits, seconds (RFC 8945 §4.2). */
  readonly timeSigned: number;
  /** Unix time after which it may be forgotten. */
  readonly expiresAtSeconds: number;
  readonly answer: Uint8Array;
}

export interface NewZone {
  readonly zone: Name;
  readonly serial: number;
  readonly recordSets: Iterable<StoredRecordSet>;
}

/** A zone as it is to be, and what it has to be until then. */
export interface ZoneReplacement extends NewZone {
  /** The zone has to have it when the content takes its place, or the replacement is refused. */
  readonly serialBefore: number;
}

/** Called in order: all RRsets by owner and type, then the journal from its oldest entry to its newest. */
export interface ZoneReceiver {
  recordSet(recordSet: StoredRecordSet): void;
  journalEntry(entry: JournalEntry): void;
}

/** Whoever logs and measures. */
export interface StoreObserver {
  /** So many batches went into one transaction. */
  groupCommitted(batches: number): void;
  conditionChanged(condition: StoreCondition): void;
}
