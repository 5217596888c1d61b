import type { Name } from '../../dns/name.ts';
import type { Fault } from '../../updates/fault.ts';
import { SharedQuestion } from './shared-question.ts';

/** Whether a wildcard could make up an answer, or why that could not be found out. */
export type WildcardVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'possible' }
  /** A delegation or a DNAME at or above the parent: what lies below it is not there for anybody who asks. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** Parents of which it is remembered that there was no wildcard below them. */
const rememberedParents = 1_000;

/** Asks whether there are wildcards, sharing each question among the requests that have it at the same time. */
export class WildcardProbes {
  readonly #ask: (target: Name, deadlineMs: number) => Promise<WildcardVerdict>;
  /** By the key of the name below which it is asked; only those that are under way. */
  readonly #questions = new Map<string, SharedQuestion<WildcardVerdict>>();
  /** When there was none, by the same keys; on the monotonic clock. */
  readonly #noneAtMs = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor(ask: (target: Name, deadlineMs: number) => Promise<WildcardVerdict>, nowMs: () => number) {
    this.#ask = ask;
    this.#nowMs = nowMs;
  }

  /** How long ago it was found that there is none; Infinity where that was never found, or not lately. */
  ageOfNoneMs(parent: Name): number {
    return this.#nowMs() - (this.#noneAtMs.get(parent.key) ?? -Infinity);
  }

  /** Whether there was a wildcard that could answer for the names just below `parent`, by a question sent no later than now. */
  probeBy(parent: Name, deadlineMs: number): Promise<WildcardVerdict> {
    return this.#probe(parent, (question) => question.askBy(deadlineMs));
  }

  /** Whether there is one now: by a question that is sent after this call. */
  probe(parent: Name, deadlineMs: number): Promise<WildcardVerdict> {
    return this.#probe(parent, (question) => question.ask(deadlineMs));
  }

  async #probe(
    parent: Name,
    ask: (question: SharedQuestion<WildcardVerdict>) => Promise<WildcardVerdict>,
  ): Promise<WildcardVerdict> {
    let question = this.#questions.get(parent.key);
    if (!question) {
      const target = parent.prepend('*');
      question = new SharedQuestion((latestMs) => this.#ask(target, latestMs));
      this.#questions.set(parent.key, question);
    }
    const verdict = await ask(question);
    this.#note(parent, verdict);
    if (!question.isUnderWay && this.#questions.get(parent.key) === question) this.#questions.delete(parent.key);
    return verdict;
  }

  #note(parent: Name, verdict: WildcardVerdict): void {
    this.#noneAtMs.delete(parent.key);
    if (verdict.kind !== 'none') return;
    this.#noneAtMs.set(parent.key, this.#nowMs());
    const [oldest] = this.#noneAtMs.keys();
    if (this.#noneAtMs.size > rememberedParents && oldest !== undefined) this.#noneAtMs.delete(oldest);
  }
}

/**
 * The name above which no wildcard needs to be looked for: whether one could answer for `name` is told by asking for
 * `*.<this>`. RFC 4592 §3.3.1 lets only `*.<closest encloser>` answer, and `*.<parent>` is answered from that very
 * wildcard, whether the parent exists or not.
 *
 * @returns undefined where no wildcard of the zone can answer: at its apex, and at the wildcard just below it
 */
export function wildcardParent(name: Name, zone: Name): Name | undefined {
  const above = name.isWildcard && !name.equals(zone) ? name.parent() : name;
  return above && !above.equals(zone) ? above.parent() : undefined;
}
