import type { StoreFault } from '../../store/store-fault.ts';
import type { Refusal, RememberedRequest } from '../../store/zone-store.ts';
import type { HistoryEntry } from '../../updates/history-entry.ts';
import type { Draft } from '../../zone/draft.ts';
import type { ZoneView } from '../../zone/zone-view.ts';
import type { Deadlines, Expiring } from '../deadlines.ts';
import type { Ownership } from './ownership.ts';

/** The zone as it will be when all that is before in line has been committed. */
export interface EvaluationContext {
  readonly view: ZoneView;
  readonly ownership: Ownership;
  /** The serial that is served: whatever is committed together raises it once. */
  readonly servedSerial: number;
}

/** What somebody asks of a zone: to look at it, and perhaps to change it. */
export interface Submission<Verdict> {
  /** Pure: it may be called again when the zone turns out to be another one than it was taken for. */
  readonly evaluate: (context: EvaluationContext) => Evaluated<Verdict>;
  /** On the monotonic clock. */
  readonly deadlineMs: number;
}

export interface Evaluated<Verdict> {
  /** What the submitter is told when the change has been committed, or at once when there is none. */
  readonly verdict: Verdict;
  /** What it makes of the zone, on top of the view. */
  readonly draft?: Draft | undefined;
  /** Kept in the same commit as the change; without a change, in a commit all the same. */
  readonly remember?: RememberedRequest | undefined;
  /** Kept in the same commit as the change; without a change it is not kept. */
  readonly history?: readonly HistoryEntry[] | undefined;
}

export type Settled<Verdict> =
  | { readonly kind: 'settled'; readonly verdict: Verdict }
  | { readonly kind: 'failed'; readonly failure: WriteFailure };

/** Why there is no verdict. Save for `unconfirmed`, nothing has been changed. */
export type WriteFailure =
  /** Its turn had not come by its deadline. */
  | { readonly kind: 'late' }
  /** More is waiting than the bounds allow. */
  | { readonly kind: 'busy' }
  /** The zone is not hosted any more. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'not-stored'; readonly fault: StoreFault }
  /** The store does not know the zone as we do, or has carried out this very request before. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nobody knows; without a fault, the deadline came while the commit was under way. */
  | { readonly kind: 'unconfirmed'; readonly fault: StoreFault | undefined };

/** A submission in line; whoever commits it need not know its verdict's type. */
export interface Waiting {
  readonly kind: 'update';
  readonly deadlineMs: number;
  /** Whether its submitter has been told something already. */
  readonly isOver: boolean;
  /** Set while the commit that it is part of is under way. */
  isUnderWay: boolean;
  /** Whether it has had a turn that came to nothing, because the zone was another one. */
  isRepeated: boolean;
  /** Undefined when it broke; the submitter has been told then. */
  evaluate(context: EvaluationContext): Evaluated<unknown> | undefined;
  settle(): void;
  fail(failure: WriteFailure): void;
  break(mistake: unknown): void;
}

/** Keeps the verdict of a submission until it may be told. */
export class WaitingSubmission<Verdict> implements Waiting, Expiring {
  readonly kind = 'update';
  readonly settled: Promise<Settled<Verdict>>;
  isUnderWay = false;
  isRepeated = false;
  #isOver = false;
  readonly #submission: Submission<Verdict>;
  readonly #resolve: (settled: Settled<Verdict>) => void;
  readonly #reject: (mistake: unknown) => void;
  readonly #deadlines: Deadlines;
  #evaluated: Evaluated<Verdict> | undefined;

  constructor(submission: Submission<Verdict>, deadlines: Deadlines) {
    this.#submission = submission;
    this.#deadlines = deadlines;
    deadlines.watch(this);
    const { promise, resolve, reject } = Promise.withResolvers<Settled<Verdict>>();
    this.settled = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get deadlineMs(): number {
    return this.#submission.deadlineMs;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  evaluate(context: EvaluationContext): Evaluated<Verdict> | undefined {
    try {
      this.#evaluated = this.#submission.evaluate(context);
      return this.#evaluated;
    } catch (mistake) {
      // A plan is the caller's, and so is its mistake; the others in line have nothing to do with it.
      this.break(mistake);
      return undefined;
    }
  }

  settle(): void {
    if (!this.#evaluated) throw new Error('What was not evaluated has no verdict');
    this.#end();
    this.#resolve({ kind: 'settled', verdict: this.#evaluated.verdict });
  }

  fail(failure: WriteFailure): void {
    this.#end();
    this.#resolve({ kind: 'failed', failure });
  }

  break(mistake: unknown): void {
    this.#end();
    this.#reject(mistake);
  }

  /** The deadline has come: it is given up where its turn has not come, and left to itself where it has. */
  expire(): void {
    this.fail(this.isUnderWay ? { kind: 'unconfirmed', fault: undefined } : { kind: 'late' });
  }

  #end(): void {
    this.#isOver = true;
    this.#deadlines.release(this);
  }
}
