import type { OwnedRecords } from '../../zone/difference.ts';
import type { Pieces } from '../../zone/pieces.ts';
import type { Zone } from '../../zone/zone.ts';
import type { Ownership } from './ownership.ts';
import type { Settled, WriteFailure } from './submission.ts';

/** All that a zone is to hold. */
export interface ZoneContent {
  readonly serial: number;
  /** Each name once, the apex with a SOA record of this serial among them. */
  readonly names: readonly OwnedRecords[];
}

/** What somebody asks of a zone as a whole: to look at all of it, and perhaps to put other content in its place. */
export interface Rewriting<Verdict> {
  /** Pure. Called in its turn, so that nothing comes between what it sees and what it makes; the zone does not change in its pauses. */
  readonly plan: (zone: Zone, ownership: Ownership) => Pieces<Rewritten<Verdict>>;
}

export interface Rewritten<Verdict> {
  /** What the asker is told when the content has been committed, or at once when there is none. */
  readonly verdict: Verdict;
  /** Undefined: the zone stays as it is. */
  readonly content: ZoneContent | undefined;
}

/** A rewriting in line; whoever carries it out need not know its verdict's type. */
export interface WaitingRewriting {
  readonly kind: 'rewriting';
  /** @returns the new content, if there is to be any */
  plan(zone: Zone, ownership: Ownership): Pieces<ZoneContent | undefined>;
  settle(): void;
  fail(failure: WriteFailure): void;
  break(mistake: unknown): void;
}

/** Puts a rewriting in line. @param resolve  takes the end of it */
export function waitingRewriting<Verdict>(
  { plan }: Rewriting<Verdict>,
  resolve: (settled: Settled<Verdict>) => void,
  reject: (mistake: unknown) => void,
): WaitingRewriting {
  let verdict: { readonly told: Verdict } | undefined;
  return {
    kind: 'rewriting',
    *plan(zone, ownership) {
      const rewritten = yield* plan(zone, ownership);
      verdict = { told: rewritten.verdict };
      return rewritten.content;
    },
    settle: () => {
      if (!verdict) throw new Error('What was not planned has no verdict');
      resolve({ kind: 'settled', verdict: verdict.told });
    },
    fail: (failure) => resolve({ kind: 'failed', failure }),
    break: reject,
  };
}
