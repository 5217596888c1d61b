import type { Name } from '../dns/name.ts';
import type { Asker } from './asker.ts';
import type { SkippedName } from './expansion.ts';
import type { Fault } from './fault.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { Hostname } from './hostname.ts';
import type { NameOutcome } from './outcome.ts';
import type { RecordSet } from './record-set.ts';
import type { UpdateRequest } from './request.ts';

/** One RRset: which name, which type. */
export interface RecordSetKey {
  readonly name: Name;
  readonly type: number;
}

/** One RRset before and after; both undefined never happens. */
export interface Change extends RecordSetKey {
  readonly before: RecordSet | undefined;
  readonly after: RecordSet | undefined;
}

/**
 * What a primary literally holds at the names that were asked for: records that a query would make up from a wildcard
 * are not among them (RFC 2136 §1.1.3: an update names its target literally).
 */
export interface CurrentRecords {
  recordSet(name: Name, type: number): RecordSet | undefined;
  /** The target of a CNAME or DNAME that stands at or above the name, as text. */
  aliasTarget(name: Name): string | undefined;
  /** Where that CNAME or DNAME is configured, so that no update removes it; undefined where one may. */
  aliasPlace?(name: Name): string | undefined;
}

/** A plan is whatever the planner wants to remember, and the changes that carry it out. */
export interface Planned {
  readonly changes: readonly Change[];
}

/** Read, plan, apply, confirm: the one thing that a primary does. */
export interface Transaction<Plan extends Planned> {
  /** The RRsets that the plan needs to see. Every change must be to one of them. */
  readonly reads: readonly RecordSetKey[];
  /** Pure. Called once the records are known, while nobody else changes these names through this primary. */
  readonly plan: (current: CurrentRecords) => Plan;
  /**
   * What is to be remembered of the plan, asked for when it has changes and is accepted. A primary that keeps history commits it together
   * with them.
   */
  history?(plan: Plan): readonly HistoryEntry[];
  /** On the monotonic clock. Whatever is not settled then ends with a fault. */
  readonly deadlineMs: number;
}

export type TransactionResult<Plan> =
  | { readonly kind: 'done'; readonly plan: Plan }
  | { readonly kind: 'failed'; readonly fault: Fault };

/**
 * The place where one zone's truth lives.
 *
 * What an implementation promises (the contract suite tries each of them on it): transactions over a common name run one
 * after the other in the order in which they were asked for; the changes of one transaction take effect together or not
 * at all; no changes, no write; `done` means that the zone holds what was planned, on the primary's stable storage as far
 * as the primary tells; a fault means that it does not, save for the fault `unconfirmed`; every transaction ends by its
 * deadline.
 */
export interface Primary extends AsyncDisposable {
  /** Whether it keeps the history of what it changes; else whoever asks for changes does. */
  readonly keepsHistory: boolean;
  transact<Plan extends Planned>(transaction: Transaction<Plan>): Promise<TransactionResult<Plan>>;
  /** Whether the zone could be changed now, as far as looking can tell; undefined when all is well. */
  probe(deadlineMs: number): Promise<Fault | undefined>;
}

/** Who wants to know of every request that was dealt with: log, metrics, history. */
export interface UpdateObserver {
  settled(request: UpdateRequest, outcomes: readonly NameOutcome[], beside: BesideOutcomes): void;
}

/** What came of an update besides what was asked for. */
export interface BesideOutcomes {
  readonly derived: readonly DerivedOutcome[];
  readonly skipped: readonly SkippedName[];
  /** What is to be known of a name, in whole sentences. */
  readonly notes: readonly { readonly hostname: Hostname; readonly text: string }[];
}

export interface DerivedOutcome {
  readonly reason: 'follower' | 'twin';
  readonly outcome: NameOutcome;
}

/** Takes what is to be remembered of updates and is not committed with them; nobody waits for it. */
export interface HistoryWriter {
  append(entries: readonly HistoryEntry[]): void;
}

/** Keeps anybody from changing names more often than is fair. */
export interface Throttle {
  /**
   * Takes so many changes from what the asker may make, at once: of all that is under way together nothing is spent twice.
   *
   * @param changes  RRsets, at least one
   */
  take(asker: Asker, changes: number): Taken;
}

export type Taken =
  /** `giveBack`: they were not made after all. The second time it does nothing. */
  { readonly kind: 'taken'; giveBack(): void } | { readonly kind: 'wait'; readonly retryAfterSeconds: number };

/** Sees two machines fight over a name. */
export interface QuarrelWatch {
  observe(change: {
    readonly name: string;
    readonly value: string;
    readonly source: string | undefined;
    readonly atMs: number;
  }): { readonly values: readonly [string, string]; readonly sources: readonly string[] } | undefined;
}
