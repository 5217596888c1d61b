import type { Fault } from './fault.ts';
import type { Hostname } from './hostname.ts';

/** What became of one RRset. */
export interface RecordOutcome {
  readonly type: number;
  /** The values before and after, in the order of {@link valueTexts}; empty where there were none. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Whether the values differ; a change of the TTL alone is sent, but is no change of the values. */
  readonly changed: boolean;
}

/** What became of one name: all of it or nothing. */
export type NameOutcome =
  | { readonly kind: 'done'; readonly hostname: Hostname; readonly records: readonly RecordOutcome[] }
  | { readonly kind: 'failed'; readonly hostname: Hostname; readonly fault: Fault };

/** Whether any value of the name was changed. */
export function isChanged(outcome: NameOutcome): boolean {
  return outcome.kind === 'done' && outcome.records.some((record) => record.changed);
}
