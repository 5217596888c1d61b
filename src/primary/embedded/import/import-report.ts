import type { Fault } from '../../../updates/fault.ts';

/** What is to become of what the zone holds by updates already. */
export type ImportMode =
  /** There has to be nothing. */
  | 'fresh'
  /** It goes. */
  | 'replace'
  /** RRsets that are imported take the place of those of the same name and type; the others stay. */
  | 'merge';

export interface ImportedChange {
  readonly name: string;
  /** `A`, `TXT` … */
  readonly type: string;
  readonly change: 'added' | 'changed' | 'removed';
}

/** What an import makes of a zone, or would make of it. */
export interface ImportReport {
  /** With the trailing dot. */
  readonly zone: string;
  readonly serialBefore: number;
  /** The same where nothing changes. */
  readonly serialAfter: number;
  readonly importedSerial: number;
  /** So many RRsets. */
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** The first of them, 100 at most. */
  readonly changes: readonly ImportedChange[];
  /** Sentences without a full stop, 20 at most and how many more there are. */
  readonly warnings: readonly string[];
}

export type ImportOutcome =
  | { readonly kind: 'imported'; readonly report: ImportReport }
  /** Nothing was changed, and nothing will be until somebody changes what is asked for. */
  | { readonly kind: 'refused'; readonly reason: string; readonly remedy: string }
  | { readonly kind: 'failed'; readonly fault: Fault };
