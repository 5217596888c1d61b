import { Rcode, Type } from '../dns/codes.ts';
import { headerOctets } from '../dns/message.ts';
import { unfilledOctets } from '../dns/octets.ts';
import { lookup } from '../zone/lookup.ts';
import { countRecords, noRecords, type PackedRecords, endOfRecord } from '../zone/packed-records.ts';
import type { AddressOctets } from './client-address.ts';
import { negativeTtlSeconds } from './negative-soa.ts';
import { OrdinaryQuery, plainOptOctets } from './ordinary-query.ts';
import type { ServedZones } from './served-zones.ts';
import { answerCookieOctets, cookieOption, type ServerCookies } from './server-cookies.ts';

/** A pointer to the name of the question (RFC 1035 §4.1.4). */
const questionPointer = 0xc000 | headerOctets;
const pointerOctets = 2;
const cookieOptionOctets = 4 + answerCookieOctets;

/** QR, and AA where the answer is the zone's own (RFC 1035 §4.1.1). */
const answerFlag = 0x80;
const authoritativeFlag = 0x04;
const truncatedFlag = 0x02;

export interface QuickAnswer {
  readonly octets: Uint8Array;
  /** Whether the client has shown, by a cookie, that it is at its address. */
  readonly isProven: boolean;
}

/**
 * Answers ordinary queries with what is at the name itself, or with nothing there, from octets to octets: no name, no
 * message and no record becomes an object, and nothing is allocated that grows with the answer but the answer.
 *
 * For the same query {@link answerQuery} says the same; a property compares the two.
 */
export class QuickAnswers {
  readonly #query = new OrdinaryQuery();
  readonly #zones: ServedZones;
  readonly #cookies: ServerCookies | undefined;
  readonly #serverUdpOctets: number;
  readonly #cookie = new Uint8Array(answerCookieOctets);

  constructor(zones: ServedZones, cookies: ServerCookies | undefined, serverUdpOctets: number) {
    this.#zones = zones;
    this.#cookies = cookies;
    this.#serverUdpOctets = serverUdpOctets;
  }

  /**
   * @param maxOctets  what the transport can carry; over UDP, what the client takes counts besides
   * @returns undefined where it takes more: an alias, a referral, additional data, or a query that is not ordinary
   */
  answer(
    request: Uint8Array,
    isUdp: boolean,
    maxOctets: number,
    client: AddressOctets,
    nowSeconds: number,
  ): QuickAnswer | undefined {
    const query = this.#query;
    if (!query.read(request)) return undefined;
    const { key, type } = query;
    const served = this.#zones.find(key);
    let rcode: number = Rcode.NOERROR;
    let records = noRecords;
    let soa = noRecords;
    if (served === undefined) rcode = Rcode.REFUSED;
    else {
      const found = lookup(served.zone, key, type);
      if (found.kind === 'answer' && !hasAdditionalData(type)) ({ records } = found);
      else if (found.kind === 'no-data' || found.kind === 'no-name') {
        ({ soa } = served.zone);
        if (found.kind === 'no-name') rcode = Rcode.NXDOMAIN;
      } else return undefined;
    }
    const isProven = this.#readCookie(request, client, nowSeconds);
    const bound = isUdp ? this.#udpBound() : maxOctets;
    const originAt = served === undefined ? 0 : headerOctets + key.length - served.origin.wire.length;
    return { octets: this.#write(request, rcode, served !== undefined, records, soa, originAt, bound), isProven };
  }

  #readCookie(request: Uint8Array, client: AddressOctets, nowSeconds: number): boolean {
    const { cookieAt, cookieLength } = this.#query;
    if (cookieLength === 0 || this.#cookies === undefined) return false;
    return this.#cookies.answer(request, cookieAt, cookieLength, client, nowSeconds, this.#cookie, 0);
  }

  /** Without EDNS 512 octets (RFC 1035 §4.2.1), with it what both sides take, and less than 512 counts as 512 (RFC 6891 §6.2.3). */
  #udpBound(): number {
    const { hasEdns, udpPayloadSize } = this.#query;
    return hasEdns ? Math.min(this.#serverUdpOctets, Math.max(512, udpPayloadSize)) : 512;
  }

  #write(
    request: Uint8Array,
    rcode: number,
    isAuthoritative: boolean,
    records: PackedRecords,
    soa: PackedRecords,
    originAt: number,
    bound: number,
  ): Uint8Array {
    const { questionEnd, hasEdns } = this.#query;
    const hasCookie = this.#query.cookieLength > 0 && this.#cookies !== undefined;
    const optOctets = hasEdns ? plainOptOctets + (hasCookie ? cookieOptionOctets : 0) : 0;
    const count = countRecords(records);
    const bodyOctets = records.length + pointerOctets * count + (soa === noRecords ? 0 : pointerOctets + soa.length);
    const fits = questionEnd + bodyOctets + optOctets <= bound;
    const octets = unfilledOctets(questionEnd + (fits ? bodyOctets : 0) + optOctets);
    for (let at = 0; at < questionEnd; at += 1) octets[at] = request[at]!;
    octets[2] =
      answerFlag | (isAuthoritative ? authoritativeFlag : 0) | (fits ? 0 : truncatedFlag) | (request[2]! & 0x01);
    // RA, Z and AD are 0; CD is copied (RFC 4035 §3.1.6)
    octets[3] = (request[3]! & 0x10) | rcode;
    octets[6] = fits ? count >>> 8 : 0;
    octets[7] = fits ? count : 0;
    octets[9] = fits && soa !== noRecords ? 1 : 0;
    let at = questionEnd;
    if (fits) {
      at = writeRecords(octets, at, records);
      if (soa !== noRecords) at = writeSoa(octets, at, soa, originAt);
    }
    if (hasEdns) this.#writeOpt(octets, at, hasCookie);
    return octets;
  }

  #writeOpt(octets: Uint8Array, at: number, hasCookie: boolean): void {
    octets[at] = 0;
    octets[at + 1] = 0;
    octets[at + 2] = Type.OPT;
    octets[at + 3] = this.#serverUdpOctets >>> 8;
    octets[at + 4] = this.#serverUdpOctets;
    octets[at + 5] = 0;
    octets[at + 6] = 0;
    octets[at + 7] = this.#query.dnssecOk ? 0x80 : 0;
    octets[at + 8] = 0;
    octets[at + 9] = 0;
    octets[at + 10] = hasCookie ? cookieOptionOctets : 0;
    if (!hasCookie) return;
    octets[at + 11] = 0;
    octets[at + 12] = cookieOption;
    octets[at + 13] = 0;
    octets[at + 14] = answerCookieOctets;
    for (let index = 0; index < answerCookieOctets; index += 1) octets[at + 15 + index] = this.#cookie[index]!;
  }
}

/** The types whose targets' addresses go with them (RFC 1035 §3.3.9, §3.3.11, RFC 2782). */
export function hasAdditionalData(type: number): boolean {
  return type === Type.NS || type === Type.MX || type === Type.SRV;
}

function writeRecords(octets: Uint8Array, from: number, records: PackedRecords): number {
  let at = from;
  for (let start = 0; start < records.length;) {
    const end = endOfRecord(records, start);
    octets[at] = questionPointer >>> 8;
    octets[at + 1] = questionPointer & 0xff;
    at += pointerOctets;
    for (; start < end; start += 1, at += 1) octets[at] = records.charCodeAt(start);
  }
  return at;
}

/** The apex is at the end of the question's name, so that the owner of the SOA record is a pointer there. */
function writeSoa(octets: Uint8Array, from: number, soa: PackedRecords, originAt: number): number {
  octets[from] = 0xc0 | (originAt >>> 8);
  octets[from + 1] = originAt;
  const at = from + pointerOctets;
  for (let index = 0; index < soa.length; index += 1) octets[at + index] = soa.charCodeAt(index);
  const ttl = negativeTtlSeconds(soa);
  for (let index = 0; index < 4; index += 1) octets[at + 4 + index] = ttl >>> (24 - 8 * index);
  return at + soa.length;
}
