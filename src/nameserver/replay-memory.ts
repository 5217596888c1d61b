import { defaultFudgeSeconds } from '../dns/tsig.ts';

/** A signed UPDATE that was carried out, as the store keeps it. */
export interface RememberedUpdate {
  /** The name of the key on the wire, in lower case. */
  readonly keyName: Uint8Array;
  readonly mac: Uint8Array;
  /** Unix time (RFC 8945 §4.2). */
  readonly timeSigned: number;
  readonly answer: Uint8Array;
}

/** What tells one signed request from all others: two of one key and MAC are the same. */
export type RequestIdentity = Omit<RememberedUpdate, 'answer'>;

/** An answer that has been given, or one that is being made. */
export type RememberedAnswer = Uint8Array | Promise<Uint8Array | undefined>;

/** What the memory knows of a request. */
export type Recollection =
  | { readonly kind: 'new' }
  | { readonly kind: 'known'; readonly answer: RememberedAnswer }
  /** So old that it may have been forgotten. */
  | { readonly kind: 'forgotten' };

/** Twice the usual fudge: a clock that is behind by one of them may have signed, and one that is ahead by one may look. */
const keptSeconds = 2 * defaultFudgeSeconds;

/**
 * Remembers signed UPDATEs, so that a replay, by the network or by somebody who has listened, gets the answer that was given and
 * changes nothing. RFC 8945 §10 leaves replays within the fudge to the protocol above, and RFC 2136 has no defence.
 *
 * It holds a bounded number. What is forgotten is whole seconds, the oldest first, and no request signed in one of those or before
 * is carried out any more: so nothing is applied twice, however many there are.
 */
export class ReplayMemory {
  readonly #seconds = new Map<number, Map<string, RememberedAnswer>>();
  readonly #maxUpdates: number;
  #count = 0;
  /** Requests signed then or before may have been forgotten. */
  #forgottenUntil = -1;

  constructor(maxUpdates: number, remembered: Iterable<RememberedUpdate> = []) {
    this.#maxUpdates = maxUpdates;
    for (const update of remembered) this.remember(update, update.answer);
  }

  get size(): number {
    return this.#count;
  }

  recall(identity: RequestIdentity, nowSeconds: number): Recollection {
    this.#forgetBefore(nowSeconds - keptSeconds);
    const answer = this.#seconds.get(identity.timeSigned)?.get(keyOf(identity));
    if (answer !== undefined) return { kind: 'known', answer };
    return identity.timeSigned <= this.#forgottenUntil ? { kind: 'forgotten' } : { kind: 'new' };
  }

  /** In place of what was remembered of it before. */
  remember(identity: RequestIdentity, answer: RememberedAnswer): void {
    let second = this.#seconds.get(identity.timeSigned);
    if (second === undefined) {
      second = new Map();
      this.#seconds.set(identity.timeSigned, second);
    }
    const before = second.size;
    // A copy: a message of a hundred octets may be cut from a slab of 64 KiB, and would keep all of it for ten minutes.
    second.set(keyOf(identity), answer instanceof Uint8Array ? new Uint8Array(answer) : answer);
    this.#count += second.size - before;
    while (this.#count > this.#maxUpdates) this.#forgetOldestSecond();
  }

  /** Nothing came of the request, so that it may be tried again. */
  forget(identity: RequestIdentity): void {
    const second = this.#seconds.get(identity.timeSigned);
    if (second?.delete(keyOf(identity)) === true) this.#count -= 1;
  }

  #forgetBefore(seconds: number): void {
    if (seconds <= this.#forgottenUntil) return;
    this.#forgottenUntil = seconds;
    for (const timeSigned of this.#seconds.keys()) if (timeSigned <= seconds) this.#forgetSecond(timeSigned);
  }

  #forgetOldestSecond(): void {
    let oldest = Infinity;
    for (const timeSigned of this.#seconds.keys()) oldest = Math.min(oldest, timeSigned);
    this.#forgottenUntil = Math.max(this.#forgottenUntil, oldest);
    this.#forgetSecond(oldest);
  }

  #forgetSecond(timeSigned: number): void {
    this.#count -= this.#seconds.get(timeSigned)?.size ?? 0;
    this.#seconds.delete(timeSigned);
  }
}

function keyOf({ keyName, mac }: RequestIdentity): string {
  return `${latin1(mac)}${latin1(keyName)}`;
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
}
