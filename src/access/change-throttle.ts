import type { Asker } from '../updates/asker.ts';
import type { Taken, Throttle } from '../updates/ports.ts';
import { sourceNetwork } from './source-network.ts';

export interface ThrottleLimits {
  /** Changes at once of a credential that looks after no name yet. */
  readonly burst: number;
  /** More for each name that it looks after. */
  readonly burstPerName: number;
  /** A whole burst comes back in so long. */
  readonly refillMs: number;
  /** A network may do as much as so many credentials with few names. */
  readonly credentialsPerNetwork: number;
  /** Budgets that are kept; those used least recently go. */
  readonly budgets: number;
}

export const defaultThrottleLimits: ThrottleLimits = {
  burst: 60,
  burstPerName: 10,
  refillMs: 600_000,
  credentialsPerNetwork: 10,
  budgets: 50_000,
};

const forgetEveryMs = 1000;

/** What has been spent and has not come back, as it was then. */
interface Budget {
  readonly spent: number;
  readonly atMs: number;
  /** The largest that anybody had who spends from it: small credentials do not wait for the debt of a large one of their network. */
  readonly burst: number;
}

const free: Taken = { kind: 'taken', giveBack: () => {} };

/** What was taken from one budget, which is less than was asked for where that would have become too large a debt. */
interface Charge {
  readonly key: string;
  readonly changes: number;
}

/**
 * Sees to it that nobody changes names more often than is fair: each credential has a budget of changes that grows with the names it looks
 * after, and so has each source network, so that one line with many credentials is one line.
 *
 * A network is one IPv4 address, or the /64 of an IPv6 address. What is planned is taken, and given back where it is not made: what changes nothing is free, and so is
 * every repetition while a nameserver is away.
 */
export class ChangeThrottle implements Throttle {
  readonly #limits: ThrottleLimits;
  readonly #namesOf: (asker: Asker) => number;
  readonly #nowMs: () => number;
  readonly #budgets = new Map<string, Budget>();
  #forgotAtMs = -Infinity;

  /**
   * @param namesOf  how many names a credential looks after
   * @param nowMs    on the monotonic clock
   */
  constructor(namesOf: (asker: Asker) => number, nowMs: () => number, limits: ThrottleLimits = defaultThrottleLimits) {
    this.#namesOf = namesOf;
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  /** Budgets that are kept: those that are not whole, and for a moment those that are whole again. */
  get size(): number {
    return this.#budgets.size;
  }

  /** How long to wait; 0 when a change may be made now. The administrator may always. */
  retryAfterSeconds(asker: Asker): number {
    if (asker.credential.kind !== 'token') return 0;
    return Math.max(...this.#purses(asker).map(({ key, burst }) => this.#waitSeconds(key, burst)));
  }

  /** Whoever may make one change may make as many at once as one update has. */
  take(asker: Asker, changes: number): Taken {
    if (asker.credential.kind !== 'token') return free;
    const retryAfterSeconds = this.retryAfterSeconds(asker);
    if (retryAfterSeconds > 0) return { kind: 'wait', retryAfterSeconds };
    const atMs = this.#nowMs();
    const charges = this.#purses(asker).map(({ key, burst }): Charge => {
      const now = this.#budget(key, burst, atMs);
      // A debt is bounded, so that one large update is not paid for days.
      const spent = Math.min(now.spent + changes, 2 * now.burst);
      this.#budgets.delete(key);
      this.#budgets.set(key, { ...now, spent });
      return { key, changes: spent - now.spent };
    });
    this.#forget(atMs);
    return { kind: 'taken', giveBack: () => this.#giveBack(charges.splice(0)) };
  }

  #giveBack(charges: readonly Charge[]): void {
    const atMs = this.#nowMs();
    for (const { key, changes } of charges) {
      const now = this.#budget(key, 0, atMs);
      const spent = now.spent - changes;
      if (spent > 0) this.#budgets.set(key, { ...now, spent });
      else this.#budgets.delete(key);
    }
  }

  #purses(asker: Asker): readonly { readonly key: string; readonly burst: number }[] {
    const { burst, burstPerName, credentialsPerNetwork } = this.#limits;
    const own = burst + burstPerName * this.#namesOf(asker);
    const purses = [{ key: asker.credential.kind === 'token' ? `t${asker.credential.id}` : '', burst: own }];
    // Whoever looks after many names does so from one place.
    if (asker.source)
      purses.push({ key: `n${sourceNetwork(asker.source)}`, burst: Math.max(burst * credentialsPerNetwork, 2 * own) });
    return purses;
  }

  #waitSeconds(key: string, ownBurst: number): number {
    const { spent, burst } = this.#budget(key, ownBurst, this.#nowMs());
    // In whole milliseconds, lest a fraction of nothing be waited for.
    const waitMs = Math.round(((spent + 1 - burst) * this.#limits.refillMs) / burst);
    return waitMs <= 0 ? 0 : Math.ceil(waitMs / 1000);
  }

  /** As it is now. */
  #budget(key: string, ownBurst: number, nowMs: number): Budget {
    const kept = this.#budgets.get(key);
    if (!kept || this.#isWhole(kept, nowMs)) return { spent: 0, atMs: nowMs, burst: ownBurst };
    const spent = kept.spent - ((nowMs - kept.atMs) * kept.burst) / this.#limits.refillMs;
    return { spent, atMs: nowMs, burst: Math.max(kept.burst, ownBurst) };
  }

  #isWhole({ spent, atMs, burst }: Budget, nowMs: number): boolean {
    return (nowMs - atMs) * burst >= spent * this.#limits.refillMs;
  }

  /** Those that are whole again, as far as they stand first, and the oldest beyond the bound. */
  #forget(nowMs: number): void {
    // The first entry of a map is found only past the places of all that were deleted, so it is not looked for at every change.
    if (this.#budgets.size <= this.#limits.budgets && nowMs - this.#forgotAtMs < forgetEveryMs) return;
    this.#forgotAtMs = nowMs;
    for (const [key, budget] of this.#budgets) {
      if (this.#budgets.size <= this.#limits.budgets && !this.#isWhole(budget, nowMs)) return;
      this.#budgets.delete(key);
    }
  }
}
