import type { DocumentKind, HistoryBounds, HistoryRow } from '../ledger.ts';
import type { StoreFault } from '../store-fault.ts';
import type { Answer, Failed, IntegrityReport } from '../zone-store.ts';
import type { BatchOutcome, JournalBounds, ThreadRefusal } from './batch-writer.ts';
import type { Transacted, WriterPace } from './guarded-writer.ts';
import type { HistoryQuestion } from './ledger-reading.ts';
import type { Piece } from './snapshot.ts';

/** What the service's thread asks of the writer's, and what it is told. Names of zones are octets here. */
export interface ThreadCalls {
  commit: {
    readonly order: { readonly batches: readonly Uint8Array[]; readonly nowSeconds: number };
    readonly told: Transacted<readonly BatchOutcome[]>;
  };
  zones: { readonly order: undefined; readonly told: Answer<{ readonly kind: 'zones'; readonly zones: ThreadZone[] }> };
  read: {
    readonly order:
      | { readonly of: 'zone'; readonly zone: Uint8Array }
      | { readonly of: 'remembered'; readonly nowSeconds: number; readonly atMost: number | undefined }
      | { readonly of: 'documents'; readonly kind: DocumentKind };
    readonly told: Answer<
      | { readonly kind: 'begun'; readonly reading: number; readonly serial: number; readonly isDormant: boolean }
      | { readonly kind: 'unknown-zone' }
    >;
  };
  /** The next piece; after the last, the reading is over. */
  piece: {
    readonly order: number;
    readonly told: Answer<{ readonly kind: 'piece'; readonly piece: Piece } | { readonly kind: 'end' }>;
  };
  history: {
    readonly order: HistoryQuestion;
    readonly told: Answer<{ readonly kind: 'history'; readonly rows: readonly HistoryRow[] }>;
  };
  endReading: { readonly order: number; readonly told: Answer<{ readonly kind: 'done' }> };
  beginZone: {
    readonly order: {
      readonly zone: Uint8Array;
      readonly serial: number;
      /** Of the zone that is to be replaced. */
      readonly serialBefore: number | undefined;
    };
    readonly told: Transacted<number | ThreadRefusal>;
  };
  fillZone: {
    readonly order: { readonly id: number; readonly recordSets: Uint8Array };
    readonly told: Transacted<void>;
  };
  completeZone: {
    readonly order: { readonly id: number; readonly zone: Uint8Array; readonly serialBefore: number | undefined };
    readonly told: Transacted<ThreadRefusal | undefined>;
  };
  abortZone: { readonly order: number; readonly told: Transacted<void> };
  discard: { readonly order: Uint8Array; readonly told: Transacted<ThreadRefusal | undefined> };
  setDormant: {
    readonly order: { readonly zone: Uint8Array; readonly isDormant: boolean };
    readonly told: Transacted<ThreadRefusal | undefined>;
  };
  backup: { readonly order: string; readonly told: Answer<{ readonly kind: 'done' }> };
  check: { readonly order: undefined; readonly told: Answer<IntegrityReport> };
  close: { readonly order: undefined; readonly told: Answer<{ readonly kind: 'done' }> };
}

export type CallName = keyof ThreadCalls;
export type Order<Name extends CallName> = ThreadCalls[Name]['order'];
export type Told<Name extends CallName> = ThreadCalls[Name]['told'];

export interface ThreadZone {
  readonly name: Uint8Array;
  readonly serial: number;
  readonly isDormant: boolean;
}

/** One of them, on its way. */
export type ThreadRequest = {
  readonly [Name in CallName]: { readonly id: number; readonly name: Name; readonly order: Order<Name> };
}[CallName];

export type ThreadReply =
  | { readonly kind: 'opened' }
  | Failed
  | { readonly kind: 'told'; readonly id: number; readonly told: Told<CallName> }
  /** A programmer's error on the other side, or in what was handed over. */
  | { readonly kind: 'mistake'; readonly id: number; readonly message: string }
  /** Undefined: changes are taken again. */
  | { readonly kind: 'condition'; readonly fault: StoreFault | undefined };

/** What the writer's thread is started with. */
export interface ThreadSettings {
  readonly path: string;
  /** Unix time; what has expired by then is forgotten. */
  readonly startedAtSeconds: number;
  readonly journal: JournalBounds;
  readonly history: HistoryBounds;
  readonly pace: WriterPace;
  /** So many pages in the log, and it is copied into the database. */
  readonly checkpointPages: number;
  /** More than this in the log means that copying does not succeed; no changes are taken until it has. */
  readonly maxLogOctets: number;
}
