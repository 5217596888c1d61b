import type { Name } from '../dns/name.ts';

/** A name that a token is about to make into a host of its own. */
interface Reservation {
  /** Requests under way for it. */
  requests: number;
  /** On the monotonic clock: whoever never says how it ended does not hold the name for ever. */
  untilMs: number;
}

/**
 * Counts the names that tokens are about to have, so that two requests for the last one that is allowed do not both get theirs.
 *
 * Bounded by what tokens may have: a token reserves no more names than it may still make.
 */
export class NameAllowance {
  readonly #reserved = new Map<string, Map<string, Reservation>>();
  readonly #monotonicMs: () => number;
  readonly #holdsMs: number;

  constructor(monotonicMs: () => number, holdsMs: number) {
    this.#monotonicMs = monotonicMs;
    this.#holdsMs = holdsMs;
  }

  /** @param most  names that the token may still make  @returns whether it gets this one, which it then has to release */
  reserve(token: string, name: Name, most: number): boolean {
    const nowMs = this.#monotonicMs();
    const names = this.#reserved.get(token) ?? new Map<string, Reservation>();
    const reservation = names.get(name.key);
    if (!reservation && names.size >= most) forgetLate(names, nowMs);
    // A name that is reserved is one of those that are counted.
    if (!reservation && names.size >= most) return false;
    names.set(name.key, { requests: (reservation?.requests ?? 0) + 1, untilMs: nowMs + this.#holdsMs });
    this.#reserved.set(token, names);
    return true;
  }

  /** One request for it has ended. */
  release(token: string, name: Name): void {
    const reservation = this.#reserved.get(token)?.get(name.key);
    if (!reservation) return;
    reservation.requests -= 1;
    if (reservation.requests <= 0) this.forget(token, name);
  }

  /** It is a host now, or nobody is to have it any more. */
  forget(token: string, name: Name): void {
    const names = this.#reserved.get(token);
    if (names?.delete(name.key) && names.size === 0) this.#reserved.delete(token);
  }
}

function forgetLate(names: Map<string, Reservation>, nowMs: number): void {
  for (const [key, { untilMs }] of names) if (untilMs < nowMs) names.delete(key);
}
