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

  probe(target: Name, deadlineMs: number): Promise<WildcardVerdict> {
    const probe = this.#probes.get(target.key);
    if (!probe) return this.#start(target, deadlineMs);
    probe.next ??= probe.underWay.then(() => this.#start(target, deadlineMs));
    return probe.next;
  }

  #start(target: Name, deadlineMs: number): Promise<WildcardVerdict> {
    const probe: Probe = { underWay: this.#ask(target, deadlineMs), next: undefined };
    this.#probes.set(target.key, probe);
    void probe.underWay.then(() => {
      if (!probe.next && this.#probes.get(target.key) === probe) this.#probes.delete(target.key);
    });
    return probe.underWay;
  }
}

/**
 * The name whose answer tells whether a wildcard could answer for `name`: RFC 4592 §3.3.1 lets only `*.<closest
 * encloser>` do so, and asking for `*.<parent>` is answered from that very wildcard, whether the parent exists or not.
 *
 * @returns undefined where no wildcard of the zone can: at its apex, and at the wildcard just below it
 */
export function wildcardTarget(name: Name, zone: Name): Name | undefined {
  const above = name.isWildcard && !name.equals(zone) ? name.parent() : name;
  if (!above || above.equals(zone)) return undefined;
  return above.parent()?.prepend('*');
}
