import type { Name } from '../../dns/name.ts';
import type { Fault } from '../../updates/fault.ts';

/** Whether a wildcard could make up an answer, or why that could not be found out. */
export type WildcardVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'possible' }
  | { readonly kind: 'failed'; readonly fault: Fault };

interface Probe {
  readonly underWay: Promise<WildcardVerdict>;
  next: Promise<WildcardVerdict> | undefined;
  /** The latest of those who wait for the next. */
  nextDeadlineMs: number;
}

/**
 * Shares the question "is there a wildcard here?" among the requests that have it at the same time.
 *
 * Nothing is remembered: every caller gets the answer to a question that was sent after it called. Whoever comes while
 * one is under way waits for the next, together with all the others that do. So a busy zone costs one such query a round
 * trip, not one a request.
 */
export class WildcardProbes {
  readonly #ask: (target: Name, deadlineMs: number) => Promise<WildcardVerdict>;
  readonly #probes = new Map<string, Probe>();

  constructor(ask: (target: Name, deadlineMs: number) => Promise<WildcardVerdict>) {
    this.#ask = ask;
  }

  /** Whether there is a wildcard that could answer for the names just below `parent`. */
  probe(parent: Name, deadlineMs: number): Promise<WildcardVerdict> {
    const probe = this.#probes.get(parent.key);
    if (!probe) return this.#start(parent, deadlineMs);
    probe.nextDeadlineMs = Math.max(probe.nextDeadlineMs, deadlineMs);
    probe.next ??= probe.underWay.then(() => this.#start(parent, probe.nextDeadlineMs));
    return probe.next;
  }

  #start(parent: Name, deadlineMs: number): Promise<WildcardVerdict> {
    const probe: Probe = { underWay: this.#ask(parent.prepend('*'), deadlineMs), next: undefined, nextDeadlineMs: 0 };
    this.#probes.set(parent.key, probe);
    void probe.underWay.then(() => {
      if (!probe.next && this.#probes.get(parent.key) === probe) this.#probes.delete(parent.key);
    });
    return probe.underWay;
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
