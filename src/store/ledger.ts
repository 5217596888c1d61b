import type { Answer, WriteResult, ZoneStore } from './zone-store.ts';

/**
 * What survives besides zones: credentials, hosts, and what became of updates.
 *
 * A ledger does not know what its documents mean. It shares the store's database, its single writer and its commits: what is
 * handed over while a commit is under way goes together into the next.
 */
export interface Ledger {
  /** Hands over all documents of a kind, in no order. */
  documents(
    kind: DocumentKind,
    receive: (document: LedgerDocument) => void,
  ): Promise<Answer<{ readonly kind: 'done' }>>;
  /** All of it or nothing, on stable storage when it is `committed`. */
  write(changes: LedgerChanges): Promise<WriteResult>;
  /** What is known of one name, the newest first. */
  history(
    name: Uint8Array,
    range: HistoryRange,
  ): Promise<Answer<{ readonly kind: 'history'; readonly rows: readonly HistoryRow[] }>>;
  /** What is known of all names together, the newest first. */
  recentHistory(
    range: HistoryRange,
  ): Promise<Answer<{ readonly kind: 'history'; readonly rows: readonly HistoryRow[] }>>;
}

export interface HistoryRange {
  /** Only what is older than that row. */
  readonly beforeSequence?: number | undefined;
  readonly atMost: number;
}

/** `sighting`: when a host, or a token, was last heard of; what is least harm to lose. */
export type DocumentKind = 'token' | 'host' | 'sighting';

export interface LedgerDocument {
  /** A token's ID, or the name of a host on the wire in lower case; of one kind only once. */
  readonly key: Uint8Array;
  readonly body: Uint8Array;
}

export interface LedgerChanges {
  readonly documents: readonly {
    readonly kind: DocumentKind;
    readonly key: Uint8Array;
    /** Undefined: it goes. */
    readonly body: Uint8Array | undefined;
  }[];
  readonly history: readonly NewHistoryRow[];
}

export interface NewHistoryRow {
  /** On the wire, in lower case. */
  readonly name: Uint8Array;
  /** Unix time in milliseconds. */
  readonly atMs: number;
  /** It tells of nothing that has changed. Of these fewer are kept of a name, and no other row goes because of them. */
  readonly isAttempt: boolean;
  readonly body: Uint8Array;
}

export interface HistoryRow extends NewHistoryRow {
  /** Rises with every row, over all names. */
  readonly sequence: number;
}

/** What a store of ours is: zones, and all that belongs to them. */
export type Store = ZoneStore & Ledger;

/** The oldest rows go when there are more. */
export interface HistoryBounds {
  readonly rowsPerName: number;
  /** Besides those. */
  readonly attemptsPerName: number;
  readonly days: number;
  /** Of all names together. */
  readonly rows: number;
}
