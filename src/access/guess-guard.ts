import { hash } from 'node:crypto';

import type { Address } from '../updates/address.ts';
import { sourceNetwork } from './source-network.ts';

export interface GuessLimits {
  /** Different wrong secrets from one network within the window, from which on answers are slow. */
  readonly slowFrom: number;
  /** … and from which on nothing is believed that has not been right from there before. */
  readonly refuseFrom: number;
  readonly windowMs: number;
  readonly refuseMs: number;
  readonly slowestMs: number;
  /** Networks that are remembered; those heard of least recently go. */
  readonly networks: number;
  /** Credentials that are remembered to have been right from a network; while somebody guesses there, newcomers displace none of them. */
  readonly trustedPerNetwork: number;
  /** … and from all networks together; beyond, the networks go that were heard of least recently. */
  readonly trusted: number;
  readonly trustMs: number;
}

const hourMs = 3_600_000;

export const defaultGuessLimits: GuessLimits = {
  slowFrom: 5,
  refuseFrom: 20,
  windowMs: hourMs,
  refuseMs: 600_000,
  slowestMs: 2_000,
  networks: 10_000,
  trustedPerNetwork: 256,
  trusted: 100_000,
  trustMs: 7 * 24 * hourMs,
};

export type GuessVerdict =
  | { readonly kind: 'fair'; readonly delayMs: number }
  | { readonly kind: 'guessing'; readonly retryAfterSeconds: number };

interface Network {
  /** Digests of different wrong secrets, and when each was first seen. */
  readonly wrong: Map<string, number>;
  /** The credentials that have been right from here, and when each was last. */
  readonly right: Map<string, number>;
  refusedUntilMs: number;
}

/**
 * Slows down whoever tries secrets, and refuses him in the end, without locking out anybody who has the right one.
 *
 * It counts different wrong secrets, network by network: a forgotten device that sends the same old password for years is one. Once a network
 * has been found guessing, even a right secret is not believed from there unless it was right from there before; else guessing would go on at
 * full speed, and be answered. Such a secret is treated as a wrong one in everything, lest the answer tell which it was; as it counts once
 * however often it comes, it does not put off its own end. Whoever holds it is let in from everywhere else, and from there when the guessing
 * has stopped.
 *
 * A network is one IPv4 address, or the /64 of an IPv6 address.
 *
 * Only digests with a key of this process are kept, never a secret.
 */
export class GuessGuard {
  readonly #limits: GuessLimits;
  readonly #key: string;
  /** In the order in which they were last heard of. */
  readonly #networks = new Map<string, Network>();
  /** Of all networks. */
  #trusted = 0;

  /** @param key  random, and as long as the process lives */
  constructor(key: Uint8Array, limits: GuessLimits = defaultGuessLimits) {
    this.#key = Buffer.from(key).toString('hex');
    this.#limits = limits;
  }

  /** Networks that are remembered. */
  get size(): number {
    return this.#networks.size;
  }

  /** Credentials that are remembered to have been right, counted for each network. */
  get trustedSize(): number {
    return this.#trusted;
  }

  /** @param credential  whose secret it is, in one word */
  right(credential: string, secret: string, source: Address | undefined, nowMs: number): GuessVerdict {
    return this.#judgeRight(this.#networkOf(source), credential, secret, nowMs);
  }

  /** Of a secret that is nobody's. */
  wrong(secret: string, source: Address | undefined, nowMs: number): GuessVerdict {
    return this.#judgeWrong(this.#networkOf(source), secret, nowMs);
  }

  #networkOf(source: Address | undefined): Network {
    const place = source === undefined ? '' : sourceNetwork(source);
    const network = this.#networks.get(place) ?? { wrong: new Map(), right: new Map(), refusedUntilMs: 0 };
    this.#networks.delete(place);
    this.#networks.set(place, network);
    this.#dropNetworks();
    return network;
  }

  #judgeRight(network: Network, credential: string, secret: string, nowMs: number): GuessVerdict {
    const { trustMs } = this.#limits;
    const lastMs = network.right.get(credential);
    const isTrusted = lastMs !== undefined && nowMs - lastMs < trustMs;
    if (!isTrusted && network.refusedUntilMs > nowMs) return this.#judgeWrong(network, secret, nowMs);
    if (network.wrong.size > 0) network.wrong.delete(this.#digest(secret));
    this.#trust(network, credential, nowMs);
    return fair;
  }

  #trust({ wrong, right }: Network, credential: string, nowMs: number): void {
    const { trustMs, trustedPerNetwork, windowMs } = this.#limits;
    const [oldest] = right;
    if (!right.has(credential) && right.size >= trustedPerNetwork && oldest) {
      const [longest, lastMs] = oldest;
      const isGuessedFrom = wrong.values().some((atMs) => nowMs - atMs < windowMs);
      if (isGuessedFrom && nowMs - lastMs < trustMs) return;
      right.delete(longest);
      this.#trusted -= 1;
    }
    if (!right.delete(credential)) this.#trusted += 1;
    right.set(credential, nowMs);
    this.#dropNetworks();
  }

  /** The one that is asked for was heard of last, and so stays. */
  #dropNetworks(): void {
    const { networks, trusted } = this.#limits;
    const isWithin = () => this.#networks.size <= networks && this.#trusted <= trusted;
    // The first entry of a map is found only past the places of all that were deleted, so it is not looked for without need.
    if (isWithin()) return;
    for (const [place, { right }] of this.#networks) {
      if (isWithin()) return;
      this.#networks.delete(place);
      this.#trusted -= right.size;
    }
  }

  #judgeWrong(network: Network, secret: string, nowMs: number): GuessVerdict {
    const { windowMs, slowFrom, refuseFrom, refuseMs, slowestMs } = this.#limits;
    for (const [digest, atMs] of network.wrong) if (nowMs - atMs >= windowMs) network.wrong.delete(digest);
    const digest = this.#digest(secret);
    const isNew = !network.wrong.has(digest);
    if (isNew) network.wrong.set(digest, nowMs);
    dropOldest(network.wrong, refuseFrom);
    if (network.wrong.size >= refuseFrom && isNew) network.refusedUntilMs = nowMs + refuseMs;
    if (network.refusedUntilMs > nowMs) return guessing(network, nowMs);
    const beyond = network.wrong.size - slowFrom;
    if (!isNew || beyond < 0) return fair;
    return { kind: 'fair', delayMs: Math.round((slowestMs * (beyond + 1)) / (refuseFrom - slowFrom)) };
  }

  #digest(secret: string): string {
    return hash('sha256', this.#key + secret, 'base64').slice(0, 22);
  }
}

const fair: GuessVerdict = { kind: 'fair', delayMs: 0 };

function guessing({ refusedUntilMs }: Network, nowMs: number): GuessVerdict {
  return { kind: 'guessing', retryAfterSeconds: Math.max(1, Math.ceil((refusedUntilMs - nowMs) / 1000)) };
}

function dropOldest(map: Map<string, unknown>, atMost: number): void {
  for (const key of map.keys()) {
    if (map.size <= atMost) return;
    map.delete(key);
  }
}
