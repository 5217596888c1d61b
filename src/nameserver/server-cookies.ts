import type { AddressOctets } from './client-address.ts';
import { makeSipHashKey, sipHash, type SipHashKey } from './sip-hash.ts';

/** The code of the COOKIE option (RFC 7873 §4). */
export const cookieOption = 10;
/** RFC 7873 §4: a client cookie has 8 octets. */
export const clientCookieOctets = 8;
/** RFC 9018 §4: a server cookie of version 1 has 16 octets. */
export const serverCookieOctets = 16;
/** What an answer's COOKIE option holds. */
export const answerCookieOctets = clientCookieOctets + serverCookieOctets;

/** RFC 9018 §4.3: how old a cookie may be, how far ahead of our clock, and from when on a fresh one is given. */
const oldestSeconds = 3600;
const aheadSeconds = 300;
const renewedSeconds = 1800;

/** The secrets that server cookies are made with, 16 octets each (RFC 9018 §5). */
export interface CookieSecrets {
  /** New cookies are made with it. */
  readonly current: Uint8Array;
  /** Cookies made with it are still taken. */
  readonly previous?: Uint8Array | undefined;
}

/** A client cookie by itself, or with a server cookie of 8 to 32 octets; anything else is FORMERR (RFC 7873 §5.2.2). */
export function isCookieLength(octets: number): boolean {
  return octets === clientCookieOctets || (octets >= 16 && octets <= 40);
}

/**
 * Makes and checks server cookies, as RFC 9018 §4 has them, so that several nameservers with one secret understand each
 * other's: version 1, reserved 3, timestamp 4, hash 8 octets. Who has one can receive at the address it asks from.
 */
export class ServerCookies {
  readonly #current: SipHashKey;
  readonly #previous: SipHashKey | undefined;
  // Client cookie, version, reserved, timestamp, address: what the hash is of (RFC 9018 §4.4).
  readonly #hashed = new Uint8Array(clientCookieOctets + 8 + 16);
  readonly #hash = new Uint8Array(8);

  constructor({ current, previous }: CookieSecrets) {
    this.#current = makeSipHashKey(current);
    this.#previous = previous === undefined ? undefined : makeSipHashKey(previous);
  }

  /**
   * Writes what the COOKIE option of the answer holds: the client cookie, and a server cookie, the same one if it is good,
   * not half an hour old and of the current secret, else a fresh one.
   *
   * @param octets  where the request's option is: its data at `at`, of a length that {@link isCookieLength}
   * @param into  gets 24 octets
   * @returns whether the request's server cookie was good
   */
  answer(
    octets: Uint8Array,
    at: number,
    length: number,
    address: AddressOctets,
    nowSeconds: number,
    into: Uint8Array,
    intoAt: number,
  ): boolean {
    for (let index = 0; index < clientCookieOctets; index += 1) {
      this.#hashed[index] = octets[at + index]!;
      into[intoAt + index] = octets[at + index]!;
    }
    for (let index = 0; index < address.length; index += 1) this.#hashed[16 + index] = address.octets[index]!;
    const from = at + clientCookieOctets;
    const ageSeconds = length === answerCookieOctets ? ageOf(octets, from, nowSeconds) : undefined;
    const madeWith = ageSeconds === undefined ? undefined : this.#secretOf(octets, from, address.length);
    if (madeWith === this.#current && ageSeconds !== undefined && ageSeconds <= renewedSeconds) {
      for (let index = 0; index < serverCookieOctets; index += 1)
        into[intoAt + clientCookieOctets + index] = octets[from + index]!;
      return true;
    }
    this.#make(address.length, nowSeconds, into, intoAt + clientCookieOctets);
    return madeWith !== undefined;
  }

  #make(addressOctets: number, nowSeconds: number, into: Uint8Array, at: number): void {
    for (let index = 0; index < 4; index += 1) {
      this.#hashed[8 + index] = index === 0 ? 1 : 0;
      this.#hashed[12 + index] = nowSeconds >>> (24 - 8 * index);
    }
    for (let index = 0; index < 8; index += 1) into[at + index] = this.#hashed[8 + index]!;
    sipHash(this.#current, this.#hashed, 16 + addressOctets, into, at + 8);
  }

  #secretOf(octets: Uint8Array, from: number, addressOctets: number): SipHashKey | undefined {
    // The reserved octets are hashed as they came (RFC 9018 §4.2).
    for (let index = 0; index < 8; index += 1) this.#hashed[8 + index] = octets[from + index]!;
    const length = 16 + addressOctets;
    sipHash(this.#current, this.#hashed, length, this.#hash, 0);
    if (this.#isHash(octets, from + 8)) return this.#current;
    if (this.#previous === undefined) return undefined;
    sipHash(this.#previous, this.#hashed, length, this.#hash, 0);
    return this.#isHash(octets, from + 8) ? this.#previous : undefined;
  }

  /** In constant time, so that nobody guesses octet by octet. */
  #isHash(octets: Uint8Array, at: number): boolean {
    let difference = 0;
    for (let index = 0; index < 8; index += 1) difference |= octets[at + index]! ^ this.#hash[index]!;
    return difference === 0;
  }
}

/** In serial number arithmetic (RFC 9018 §4.3); undefined where the version or the age is not right. */
function ageOf(octets: Uint8Array, from: number, nowSeconds: number): number | undefined {
  if (octets[from] !== 1) return undefined;
  const timestamp =
    (octets[from + 4]! << 24) | (octets[from + 5]! << 16) | (octets[from + 6]! << 8) | octets[from + 7]!;
  const ageSeconds = (nowSeconds - timestamp) | 0;
  return ageSeconds <= oldestSeconds && ageSeconds >= -aheadSeconds ? ageSeconds : undefined;
}
