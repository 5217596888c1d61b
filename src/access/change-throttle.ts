import type { Asker } from '../updates/asker.ts';
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

/** What is left to spend, as it was then. */
interface Budget {
  left: number;
  atMs: number;
}

/**
 * Sees to it that nobody changes names more often than is fair: each credential has a budget of changes that grows with the names it looks
 * after, and so has each source network, so that one line with many credentials is one line.
 *
 * Only changes that were made are spent. What changes nothing is free, and so is every repetition while a nameserver is away.
 */
export class ChangeThrottle {
  readonly #limits: ThrottleLimits;
  readonly #namesOf: (asker: Asker) => number;
  readonly #nowMs: () => number;
  readonly #budgets = new Map<string, Budget>();

  /**
   * @param namesOf  how many names a credential looks after
   * @param nowMs    on the monotonic clock
   */
  constructor(namesOf: (asker: Asker) => number, nowMs: () => number, limits: ThrottleLimits = defaultThrottleLimits) {
    this.#namesOf = namesOf;
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  /** How long to wait; 0 when a change may be made now. The administrator may always. */
  retryAfterSeconds(asker: Asker): number {
    if (asker.credential.kind !== 'token') return 0;
    return Math.max(...this.#purses(asker).map(({ key, burst }) => this.#waitSeconds(key, burst)));
  }

  /** @param changes  RRsets whose values are other ones now */
  spend(asker: Asker, changes: number): void {
    if (asker.credential.kind !== 'token') return;
    for (const { key, burst } of this.#purses(asker)) {
      const left = this.#left(key, burst) - changes;
      this.#budgets.delete(key);
      // A debt is bounded, so that one large update is not paid for days.
      this.#budgets.set(key, { left: Math.max(left, -burst), atMs: this.#nowMs() });
    }
    this.#forgetOldest();
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

  #waitSeconds(key: string, burst: number): number {
    const left = this.#left(key, burst);
    if (left >= 1) return 0;
    return Math.max(1, Math.ceil(((1 - left) * this.#limits.refillMs) / burst / 1000));
  }

  #left(key: string, burst: number): number {
    const budget = this.#budgets.get(key);
    if (!budget) return burst;
    const elapsedMs = this.#nowMs() - budget.atMs;
    return Math.min(burst, budget.left + (elapsedMs * burst) / this.#limits.refillMs);
  }

  #forgetOldest(): void {
    for (const key of this.#budgets.keys()) {
      if (this.#budgets.size <= this.#limits.budgets) return;
      this.#budgets.delete(key);
    }
  }
}
