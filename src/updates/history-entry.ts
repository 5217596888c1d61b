import type { Name } from '../dns/name.ts';

/** What became of one RRset by one update, as it is kept. */
export interface HistoryEntry {
  /** Lower case. */
  readonly name: Name;
  /** 16 bits; 0 for what concerns the name as a whole. */
  readonly type: number;
  /** Unix time in milliseconds. */
  readonly atMs: number;
  /**
   * `changed`: the values before and after differ, and the primary has the new ones. `failed`: it was asked for and not done. `skipped`: a
   * follower or twin that the asker may not change, or that has nothing to be changed. `noted`: something to know, such as two machines that
   * fight over the name.
   */
  readonly outcome: 'changed' | 'failed' | 'skipped' | 'noted';
  /** The values in the order of `valueTexts`; both empty where none were changed. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** As `credentialLabel` has it. */
  readonly credential: string;
  readonly dialect: string;
  /** An address in canonical text; undefined where there was none. */
  readonly source: string | undefined;
  /** Why, or what is to be known, in words for people; never a secret. */
  readonly detail: string | undefined;
}
