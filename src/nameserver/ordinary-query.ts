import { Class, Type } from '../dns/codes.ts';
import { headerOctets } from '../dns/message.ts';
import { lowerCaseOctet, maxLabelOctets, maxNameOctets } from '../dns/name.ts';
import type { NameKey } from '../zone/name-key.ts';
import { cookieOption, isCookieLength } from './server-cookies.ts';

/** Root, TYPE, CLASS, TTL and RDLENGTH: an OPT record without options (RFC 6891 §6.1.2). */
export const plainOptOctets = 11;
/** The smallest that a question can be: the root, QTYPE and QCLASS. */
const leastQuestionOctets = 5;

/**
 * The query that nearly every query is: opcode QUERY, one question of class IN for a type of data, perhaps an OPT record with
 * nothing in it or with a cookie alone, no TSIG. It is read straight from the octets, into one object for all of them.
 *
 * Whatever is else, or has a fault, is left to the codec, so each fault is judged in one place.
 */
export class OrdinaryQuery {
  key: NameKey = '';
  type = 0;
  /** Where the question ends, and what follows it begins. */
  questionEnd = 0;
  hasEdns = false;
  /** Of the client, as sent. */
  udpPayloadSize = 0;
  dnssecOk = false;
  /** Where the data of the COOKIE option is; of length 0 where there is none. */
  cookieAt = 0;
  cookieLength = 0;
  readonly #folded = Buffer.alloc(maxNameOctets);

  /** @returns whether the octets are such a query; if not, what has been read so far means nothing */
  read(octets: Uint8Array): boolean {
    if (octets.length < headerOctets + leastQuestionOctets) return false;
    // QR, OPCODE, AA and TC are 0; one question, no answer, no authority (RFC 1035 §4.1.1)
    if ((octets[2]! & 0xfe) !== 0) return false;
    if (octets[4] !== 0 || octets[5] !== 1) return false;
    if ((octets[6]! | octets[7]! | octets[8]! | octets[9]! | octets[10]!) !== 0 || octets[11]! > 1) return false;
    if (!this.#readQuestion(octets)) return false;
    this.hasEdns = octets[11] === 1;
    this.cookieLength = 0;
    return this.hasEdns ? this.#readOpt(octets, this.questionEnd) : octets.length === this.questionEnd;
  }

  #readQuestion(octets: Uint8Array): boolean {
    let at = headerOctets;
    for (;;) {
      const length = octets[at]!;
      const end = at + 1 + length;
      // A pointer can point at nothing before the first name, so it is a fault here as well.
      if (length > maxLabelOctets || end + 4 > octets.length || end - headerOctets > maxNameOctets) return false;
      for (; at < end; at += 1) this.#folded[at - headerOctets] = lowerCaseOctet(octets[at]!);
      if (length === 0) break;
    }
    this.key = this.#folded.toString('latin1', 0, at - headerOctets);
    this.type = (octets[at]! << 8) | octets[at + 1]!;
    this.questionEnd = at + 4;
    return octets[at + 2] === 0 && octets[at + 3] === Class.IN && isDataType(this.type);
  }

  #readOpt(octets: Uint8Array, at: number): boolean {
    if (octets.length < at + plainOptOctets) return false;
    // The root, OPT, and version 0; the extended RCODE of a query means nothing
    if (octets[at] !== 0 || octets[at + 1] !== 0 || octets[at + 2] !== Type.OPT || octets[at + 6] !== 0) return false;
    this.udpPayloadSize = (octets[at + 3]! << 8) | octets[at + 4]!;
    this.dnssecOk = (octets[at + 7]! & 0x80) !== 0;
    const optionsLength = (octets[at + 9]! << 8) | octets[at + 10]!;
    if (octets.length !== at + plainOptOctets + optionsLength) return false;
    if (optionsLength === 0) return true;
    if (optionsLength < 4 || octets[at + 11] !== 0 || octets[at + 12] !== cookieOption) return false;
    this.cookieAt = at + plainOptOctets + 4;
    this.cookieLength = (octets[at + 13]! << 8) | octets[at + 14]!;
    return this.cookieLength === optionsLength - 4 && isCookieLength(this.cookieLength);
  }
}

/** OPT and the range 128–255 are no data (RFC 6895 §3.1). */
export function isDataType(type: number): boolean {
  return (type < 128 || type > 255) && type !== Type.OPT;
}
