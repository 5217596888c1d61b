import { Rcode, Type } from '../dns/codes.ts';
import { headerOctets } from '../dns/message.ts';
import { lowerCaseOctet } from '../dns/name.ts';
import type { AddressOctets } from './client-address.ts';
import { plainOptOctets } from './ordinary-query.ts';
import { answerCookieOctets } from './server-cookies.ts';

/** How many answers of one kind may go to one network. */
export interface ResponseRateLimits {
  /** Answers a second, of one kind to one network; as many may come at once. 0: nothing is limited. */
  readonly perSecond: number;
  /**
   * Of the answers that are too many, one of so many is sent, empty and with TC, so that an honest client comes again
   * over TCP; 0 for none, 1 for all.
   */
  readonly slip: number;
  /** What is counted as one network: this many bits of an IPv4 address. */
  readonly ipv4PrefixLength: number;
  readonly ipv6PrefixLength: number;
  /** How many kinds and networks are known at once; the longest unused makes way. A power of two. */
  readonly buckets: number;
}

export const defaultResponseRateLimits: ResponseRateLimits = {
  perSecond: 50,
  slip: 2,
  ipv4PrefixLength: 24,
  ipv6PrefixLength: 56,
  buckets: 65_536,
};

export type RateVerdict = 'send' | 'slip' | 'drop';

/** How many buckets are looked at for one network and kind. */
const ways = 4;

/**
 * Limits what goes to addresses that may be forged, so that the nameserver is no good for reflecting attacks. Like answers are
 * counted together: those about one name, those that something is missing, referrals, errors. Over TCP, or with a good
 * cookie, an address is not forged, and nothing is limited.
 *
 * A table of fixed size, in memory of 17 octets a bucket: each is the credit of one network and kind, and tells them by a hash
 * of 32 bits under a secret, so that nobody can choose networks that share one.
 */
export class ResponseRateLimiter {
  readonly #limits: ResponseRateLimits;
  #perSecond: number;
  readonly #secret: number;
  readonly #tags: Uint32Array;
  readonly #credits: Float64Array;
  readonly #usedAtMs: Uint32Array;
  readonly #slips: Uint8Array;

  /** @param secret  32 random bits */
  constructor(limits: ResponseRateLimits, secret: number) {
    const { buckets } = limits;
    if (buckets < ways || (buckets & (buckets - 1)) !== 0)
      throw new RangeError(`${buckets} is no power of two above 2`);
    this.#limits = limits;
    this.#perSecond = limits.perSecond;
    this.#secret = secret | 1;
    this.#tags = new Uint32Array(limits.buckets);
    this.#credits = new Float64Array(limits.buckets);
    this.#usedAtMs = new Uint32Array(limits.buckets);
    this.#slips = new Uint8Array(limits.buckets);
  }

  /** Another limit from now on, as in {@link ResponseRateLimits}. */
  set perSecond(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * @param answer  the answer as it is to be sent; what kind it is, it says itself
   * @param nowMs  of a clock that never goes back
   */
  judge(answer: Uint8Array, client: AddressOctets, nowMs: number): RateVerdict {
    const perSecond = this.#perSecond;
    if (perSecond === 0) return 'send';
    const { slip } = this.#limits;
    const tag = this.#tagOf(answer, client);
    const bucket = this.#bucketOf(tag, nowMs >>> 0);
    const isNew = this.#tags[bucket] !== tag;
    const idleMs = ((nowMs >>> 0) - this.#usedAtMs[bucket]!) >>> 0;
    const credit = isNew ? perSecond : Math.min(perSecond, this.#credits[bucket]! + (idleMs * perSecond) / 1000);
    this.#tags[bucket] = tag;
    this.#usedAtMs[bucket] = nowMs >>> 0;
    if (credit >= 1) {
      this.#credits[bucket] = credit - 1;
      return 'send';
    }
    this.#credits[bucket] = credit;
    if (slip === 0) return 'drop';
    const slips = this.#slips[bucket]! + 1;
    this.#slips[bucket] = slips % slip;
    return slips >= slip ? 'slip' : 'drop';
  }

  /** The bucket that has the tag; if none has, the one among its few places that was not used for longest. */
  #bucketOf(tag: number, nowMs: number): number {
    const first = tag & (this.#limits.buckets - 1) & ~(ways - 1);
    let oldest = first;
    let oldestMs = -1;
    for (let bucket = first; bucket < first + ways; bucket += 1) {
      if (this.#tags[bucket] === tag) return bucket;
      const idleMs = (nowMs - this.#usedAtMs[bucket]!) >>> 0;
      if (idleMs > oldestMs) {
        oldest = bucket;
        oldestMs = idleMs;
      }
    }
    return oldest;
  }

  #tagOf(answer: Uint8Array, client: AddressOctets): number {
    const kind = kindOf(answer);
    let hash = stirred(this.#secret, kind);
    const { ipv4PrefixLength, ipv6PrefixLength } = this.#limits;
    let bits = client.length === 4 ? ipv4PrefixLength : ipv6PrefixLength;
    for (let index = 0; bits > 0; index += 1, bits -= 8)
      hash = stirred(hash, client.octets[index]! & (bits >= 8 ? 0xff : 0xff << (8 - bits)));
    if (kind === Kind.POSITIVE) hash = nameHash(hash, answer);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a_2d39);
    hash ^= hash >>> 15;
    // 0 is what an unused bucket has
    return hash >>> 0 || 1;
  }
}

const Kind = { POSITIVE: 0, NO_DATA: 1, NO_NAME: 2, REFERRAL: 3, ERROR: 4 } as const;

function kindOf(answer: Uint8Array): number {
  const rcode = answer[3]! & 0xf;
  if (rcode === Rcode.NXDOMAIN) return Kind.NO_NAME;
  if (rcode !== Rcode.NOERROR) return Kind.ERROR;
  // ANCOUNT, or TC where answers were left out
  if ((answer[6]! | answer[7]! | (answer[2]! & 0x02)) !== 0) return Kind.POSITIVE;
  return (answer[2]! & 0x04) === 0 ? Kind.REFERRAL : Kind.NO_DATA;
}

/** The name of the question, which stands uncompressed behind the header. */
function nameHash(from: number, answer: Uint8Array): number {
  let hash = from;
  for (let at = headerOctets; at < answer.length && answer[at] !== 0; at += 1)
    hash = stirred(hash, lowerCaseOctet(answer[at]!));
  return hash;
}

function stirred(hash: number, octet: number): number {
  const mixed = Math.imul(hash ^ octet, 0x0100_0193);
  return mixed ^ (mixed >>> 13);
}

/** The answer that slips through in place of one that is too many: the question, TC, and the OPT record if there is one. */
export function slippedAnswer(answer: Uint8Array): Uint8Array {
  let end = headerOctets;
  if (answer[5] === 1) {
    while (answer[end] !== 0) end += 1 + answer[end]!;
    end += 5;
  }
  const opt = optOf(answer);
  const octets = new Uint8Array(end + opt.length);
  octets.set(answer.subarray(0, end));
  octets[2]! |= 0x02;
  octets.fill(0, 6, headerOctets);
  octets[11] = opt.length > 0 ? 1 : 0;
  octets.set(opt, end);
  return octets;
}

/** In an unsigned answer it is the last record (see answer-form.ts), plain or with a cookie. */
function optOf(answer: Uint8Array): Uint8Array {
  for (const length of [plainOptOctets, plainOptOctets + 4 + answerCookieOctets]) {
    const at = answer.length - length;
    const isOpt = at >= headerOctets && answer[at] === 0 && answer[at + 1] === 0 && answer[at + 2] === Type.OPT;
    if (isOpt && answer[at + 9] === 0 && answer[at + 10] === length - plainOptOctets) return answer.subarray(at);
  }
  return answer.subarray(answer.length);
}
