/**
 * The two clocks that the service reads, passed in so that tests and simulations can turn them.
 *
 * They are kept apart because they answer different questions: a signature carries civil time, which an operator may
 * set back; a deadline is measured on a clock that only ever goes forward.
 */
export interface Clock {
  /** Civil time in whole seconds since 1970-01-01 00:00 UTC. */
  unixSeconds(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  unixSeconds: () => Math.floor(Date.now() / 1000),
  monotonicMs: () => performance.now(),
};
