import { timingSafeEqual } from 'node:crypto';
import { Rcode, TsigError } from './codes.ts';
import { type HashName, KeyedHash } from './keyed-hash.ts';
import { headerOctets, type Message } from './message.ts';
import { Name } from './name.ts';
import {
  appendTsig,
  lengthPrefixed,
  splitTsig,
  tsigPrefixes,
  tsigVariables,
  writeU16,
  writeU48,
  type SignedFields,
  type TsigPrefixes,
  type TsigRecord,
} from './tsig-record.ts';

/** The hashes that this software signs with (RFC 8945 §6). MD5 and SHA-1 are for peers that know nothing better. */
export type TsigAlgorithm = 'hmac-md5' | 'hmac-sha1' | 'hmac-sha224' | 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';

/** RFC 8945 §6: HMAC-MD5 must not be used, HMAC-SHA1 is not recommended. Spoken all the same, with a warning. */
export const weakAlgorithms: ReadonlySet<TsigAlgorithm> = new Set(['hmac-md5', 'hmac-sha1']);

/** A key shared with one peer. Its name and algorithm are part of it: both sides have to agree on all three. */
export interface TsigKey {
  readonly name: Name;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Uint8Array;
}

declare const requestMacBrand: unique symbol;
declare const responseMacBrand: unique symbol;
/** The MAC of a request: what its answer is signed and checked with (RFC 8945 §5.3). */
export type RequestMac = Uint8Array & { readonly [requestMacBrand]: true };
/** The MAC of an answer. No request is checked with it, so the two do not mix. */
export type ResponseMac = Uint8Array & { readonly [responseMacBrand]: true };

/** RFC 8945 §10: the recommended value of Fudge. */
export const defaultFudgeSeconds = 300;

const algorithms: Readonly<Record<TsigAlgorithm, { wireName: string; hash: HashName; macOctets: number }>> = {
  'hmac-md5': { wireName: 'hmac-md5.sig-alg.reg.int.', hash: 'md5', macOctets: 16 },
  'hmac-sha1': { wireName: 'hmac-sha1.', hash: 'sha1', macOctets: 20 },
  'hmac-sha224': { wireName: 'hmac-sha224.', hash: 'sha224', macOctets: 28 },
  'hmac-sha256': { wireName: 'hmac-sha256.', hash: 'sha256', macOctets: 32 },
  'hmac-sha384': { wireName: 'hmac-sha384.', hash: 'sha384', macOctets: 48 },
  'hmac-sha512': { wireName: 'hmac-sha512.', hash: 'sha512', macOctets: 64 },
};

const algorithmsByKey: ReadonlyMap<string, TsigAlgorithm> = new Map(
  (Object.keys(algorithms) as TsigAlgorithm[]).map((name) => [Name.parse(algorithms[name].wireName).key, name]),
);

/**
 * The algorithm that a text names, without regard to case or a trailing dot; for MD5 both "hmac-md5" and its name on the
 * wire, "hmac-md5.sig-alg.reg.int.".
 */
export function parseTsigAlgorithm(text: string): TsigAlgorithm | undefined {
  const bare = text
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^hmac-md5\.sig-alg\.reg\.int$/, 'hmac-md5');
  return Object.hasOwn(algorithms, bare) ? (bare as TsigAlgorithm) : undefined;
}

/**
 * Signs a request, as a client.
 *
 * @param wire          a whole message without a TSIG record; not modified
 * @param nowSeconds    Unix time, which becomes the 48-bit Time Signed
 * @param fudgeSeconds  how far apart the clocks may be, 16 bits
 * @returns the signed message, and the MAC that the answer will be checked with
 * @throws DnsEncodeError `too-long` when message and TSIG record exceed 65535 octets
 */
export function signRequest(
  wire: Uint8Array,
  key: TsigKey,
  nowSeconds: number,
  fudgeSeconds: number = defaultFudgeSeconds,
): { wire: Uint8Array; mac: RequestMac } {
  const fields = { timeSignedSeconds: nowSeconds, fudgeSeconds, error: TsigError.NOERROR, otherData: noOctets };
  const prepared = prepareKey(key);
  const mac = computeMac(prepared, undefined, [wire], fields) as RequestMac;
  return { wire: appendTsig(wire, prepared, { ...fields, mac, originalId: idOf(wire) }), mac };
}

/** What a client knows of an answer once its TSIG is checked. Only `verified` may be believed. */
export type ResponseVerdict =
  | { readonly kind: 'verified'; readonly message: Message }
  | {
      /** The server says that it did not accept our TSIG. */
      readonly kind: 'peer-error';
      /** BADSIG 16, BADKEY 17, BADTIME 18, BADTRUNC 22. */
      readonly error: number;
      /** Whether the answer is signed. BADSIG and BADKEY never are, so anybody could have sent them. */
      readonly authenticated: boolean;
      /** With an authenticated BADTIME: the server's clock, Unix time. */
      readonly serverTimeSeconds?: number;
      readonly message: Message;
    }
  | { readonly kind: 'unsigned'; readonly message: Message }
  | { readonly kind: 'forged'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Verifies the TSIG that ends an answer, as a client, and returns the message without it.
 *
 * The checks run key → MAC → time → truncation (RFC 8945 §5.4, §5.2). The ID in the header is not covered, because a
 * forwarder may change it (the original one is restored for the MAC): match it to the request before.
 *
 * Deliberately differs: a truncated MAC is refused, since we always send a whole one and a server has no cause to answer
 * with less.
 *
 * @param wire        the whole answer, as received; not modified
 * @param requestMac  what `signRequest` returned for the request
 * @param nowSeconds  Unix time; compared with the 48-bit Time Signed
 */
export function verifyResponse(
  wire: Uint8Array,
  key: TsigKey,
  requestMac: RequestMac,
  nowSeconds: number,
): ResponseVerdict {
  const digest: DigestMessage = (unsigned, tsig) => computeMac(prepareKey(key), requestMac, unsigned, tsig);
  return verifyAnswer(wire, key, nowSeconds, digest);
}

/** The whole MAC that a message should have: of its octets before it was signed, in pieces, and its TSIG record. */
export type DigestMessage = (unsigned: readonly Uint8Array[], tsig: TsigRecord) => Uint8Array;

/** As `verifyResponse`; for answers of several messages too, whose digests are made otherwise (RFC 8945 §5.3.1). */
export function verifyAnswer(
  wire: Uint8Array,
  key: TsigKey,
  nowSeconds: number,
  digest: DigestMessage,
): ResponseVerdict {
  const split = splitTsig(wire);
  if (split.kind !== 'signed') return split;
  const { message, tsig } = split;
  // RFC 8945 §5.3.2: an error that concerns key or MAC is sent unsigned
  if (tsig.mac.length === 0 && tsig.error !== TsigError.NOERROR) {
    return { kind: 'peer-error', error: tsig.error, authenticated: false, message };
  }
  if (!tsig.keyName.equals(key.name) || algorithmOf(tsig) !== key.algorithm) {
    return { kind: 'forged', reason: `The answer is signed with another key, ${tsig.keyName.toString()}` };
  }
  const prepared = prepareKey(key);
  const check = checkMac(wire, split.tsigOffset, tsig, prepared, digest);
  if (check === 'bad-length') return { kind: 'malformed', reason: `A MAC of ${tsig.mac.length} octets is not allowed` };
  if (check === 'wrong') return { kind: 'forged', reason: 'The MAC of the answer is wrong' };
  if (tsig.mac.length < prepared.macOctets) return { kind: 'forged', reason: 'The MAC of the answer is truncated' };
  if (tsig.error !== TsigError.NOERROR) return authenticatedError(tsig, message);
  if (!isInTime(tsig, nowSeconds)) {
    return {
      kind: 'forged',
      reason: `The answer was signed at ${tsig.timeSignedSeconds}, and it is ${nowSeconds} now`,
    };
  }
  return { kind: 'verified', message };
}

function authenticatedError(tsig: TsigRecord, message: Message): ResponseVerdict {
  const error = { kind: 'peer-error', error: tsig.error, authenticated: true, message } as const;
  const isClock = tsig.error === TsigError.BADTIME && tsig.otherData.length === 6;
  return isClock ? { ...error, serverTimeSeconds: readU48(tsig.otherData) } : error;
}

/** How a server looks up a key; name and algorithm are those of the request, the name in the case it came in. */
export type FindTsigKey = (name: Name, algorithm: TsigAlgorithm) => TsigKey | undefined;

/** What a server demands beyond RFC 8945. */
export interface TsigPolicy {
  /** The shortest truncated MAC it takes, in octets; absent: no truncated one at all. RFC 8945 §5.2.2.1 sets a floor below which nothing counts. */
  readonly minimumMacOctets?: number;
}

/** What a server knows of a request once its TSIG is checked. */
export type RequestVerdict =
  | { readonly kind: 'verified'; readonly message: Message; readonly key: TsigKey; readonly mac: RequestMac }
  | { readonly kind: 'unsigned'; readonly message: Message }
  | RejectedRequest
  /** Not a DNS message, or one with a TSIG in the wrong shape or place: FORMERR, without a TSIG. */
  | { readonly kind: 'malformed'; readonly rcode: number; readonly reason: string };

/** A request whose TSIG was not accepted, with all that `signError` needs for the answer. */
export interface RejectedRequest {
  readonly kind: 'rejected';
  /** For the header of the answer: NOTAUTH. */
  readonly rcode: number;
  readonly tsigError: number;
  readonly reason: string;
  /** Whom it would have been from; not to be believed unless `signWith` is set. */
  readonly message: Message;
  readonly tsig: TsigRecord;
  /** Set when the MAC was right, so that the answer is signed: BADTIME, BADTRUNC. */
  readonly signWith: { readonly key: TsigKey; readonly mac: RequestMac } | undefined;
  /** The server's clock in 6 octets with BADTIME, else empty. */
  readonly otherData: Uint8Array;
}

/**
 * Verifies the TSIG that ends a request, as a server, and returns the message without it.
 *
 * The checks run key → MAC → time → truncation (RFC 8945 §5.2): the MAC comes before the time, because an answer to an
 * unproven clock is an oracle (CVE-2017-3142).
 *
 * @param wire        the whole message, as received; not modified
 * @param nowSeconds  Unix time; compared with the 48-bit Time Signed
 */
export function verifyRequest(
  wire: Uint8Array,
  findKey: FindTsigKey,
  nowSeconds: number,
  policy: TsigPolicy = {},
): RequestVerdict {
  const split = splitTsig(wire);
  if (split.kind === 'unsigned') return split;
  if (split.kind === 'malformed') return { kind: 'malformed', rcode: Rcode.FORMERR, reason: split.reason };
  const { message, tsig } = split;
  const rejection = { kind: 'rejected', rcode: Rcode.NOTAUTH, message, tsig, otherData: noOctets } as const;
  const key = findMatchingKey(tsig, findKey);
  if (key === undefined) {
    const reason = `The key ${tsig.keyName.toString()} with ${tsig.algorithmName.toString()} is not known here`;
    return { ...rejection, tsigError: TsigError.BADKEY, reason, signWith: undefined };
  }
  const prepared = prepareKey(key);
  const digest: DigestMessage = (unsigned) => computeMac(prepared, undefined, unsigned, tsig);
  const check = checkMac(wire, split.tsigOffset, tsig, prepared, digest);
  if (check === 'bad-length') {
    return { kind: 'malformed', rcode: Rcode.FORMERR, reason: `A MAC of ${tsig.mac.length} octets is not allowed` };
  }
  if (check === 'wrong') {
    return { ...rejection, tsigError: TsigError.BADSIG, reason: 'The MAC is wrong', signWith: undefined };
  }
  const mac = tsig.mac as RequestMac;
  if (!isInTime(tsig, nowSeconds)) {
    const reason = `The request was signed at ${tsig.timeSignedSeconds}, and it is ${nowSeconds} here`;
    const otherData = new Uint8Array(6);
    writeU48(otherData, 0, nowSeconds);
    return { ...rejection, tsigError: TsigError.BADTIME, reason, signWith: { key, mac }, otherData };
  }
  if (mac.length < Math.min(policy.minimumMacOctets ?? prepared.macOctets, prepared.macOctets)) {
    const reason = `A MAC truncated to ${mac.length} octets is not accepted here`;
    return { ...rejection, tsigError: TsigError.BADTRUNC, reason, signWith: { key, mac } };
  }
  return { kind: 'verified', message, key, mac };
}

function findMatchingKey(tsig: TsigRecord, findKey: FindTsigKey): TsigKey | undefined {
  const algorithm = algorithmOf(tsig);
  if (algorithm === undefined) return undefined;
  const key = findKey(tsig.keyName, algorithm);
  return key !== undefined && key.algorithm === algorithm && key.name.equals(tsig.keyName) ? key : undefined;
}

/**
 * Signs an answer, as a server (RFC 8945 §5.3): the MAC of the request goes into the digest, so that the answer fits no
 * other request.
 *
 * @param wire        the whole answer without a TSIG record; not modified
 * @param requestMac  from the `verified` verdict
 * @throws DnsEncodeError `too-long` when answer and TSIG record exceed 65535 octets
 */
export function signResponse(
  wire: Uint8Array,
  key: TsigKey,
  requestMac: RequestMac,
  nowSeconds: number,
  fudgeSeconds: number = defaultFudgeSeconds,
): { wire: Uint8Array; mac: ResponseMac } {
  const fields = { timeSignedSeconds: nowSeconds, fudgeSeconds, error: TsigError.NOERROR, otherData: noOctets };
  const prepared = prepareKey(key);
  const mac = computeMac(prepared, requestMac, [wire], fields) as ResponseMac;
  return { wire: appendTsig(wire, prepared, { ...fields, mac, originalId: idOf(wire) }), mac };
}

/**
 * Ends an answer to a rejected request with the TSIG record that says why (RFC 8945 §5.3.2): unsigned for BADKEY and
 * BADSIG, signed for BADTIME and BADTRUNC. With BADTIME the Time Signed is the request's, so that the client can
 * verify it by its own clock, the Fudge too, and the server's clock stands in Other Data (§5.2.3).
 *
 * @param wire  the whole answer, its rcode that of the rejection, without a TSIG record; not modified
 */
export function signError(wire: Uint8Array, rejection: RejectedRequest, nowSeconds: number): Uint8Array {
  const { tsig, signWith, tsigError, otherData } = rejection;
  const isLate = tsigError === TsigError.BADTIME;
  const fields = {
    timeSignedSeconds: isLate ? tsig.timeSignedSeconds : nowSeconds,
    fudgeSeconds: isLate ? tsig.fudgeSeconds : defaultFudgeSeconds,
    error: tsigError,
    otherData,
  };
  if (signWith === undefined) {
    const unsigned = tsigPrefixes(tsig.keyName, tsig.algorithmName);
    return appendTsig(wire, unsigned, { ...fields, mac: noOctets, originalId: tsig.originalId });
  }
  const prepared = prepareKey(signWith.key);
  const mac = computeMac(prepared, signWith.mac, [wire], fields);
  return appendTsig(wire, prepared, { ...fields, mac, originalId: idOf(wire) });
}

/** What follows from a key alone. */
interface PreparedKey extends TsigPrefixes {
  readonly macOctets: number;
  readonly keyedHash: KeyedHash;
}

const noOctets = new Uint8Array(0);

// A key signs many messages; what follows from it alone is worked out once for the object, and forgotten together with it.
const preparedKeys = new WeakMap<TsigKey, PreparedKey>();

export function prepareKey(key: TsigKey): PreparedKey {
  let prepared = preparedKeys.get(key);
  if (prepared === undefined) {
    const { wireName, hash, macOctets } = algorithms[key.algorithm];
    const keyedHash = new KeyedHash(hash, key.secret);
    prepared = { ...tsigPrefixes(key.name, Name.parse(wireName)), macOctets, keyedHash };
    preparedKeys.set(key, prepared);
  }
  return prepared;
}

/** RFC 8945 §4.3: the request's MAC with its length (for answers), the message without TSIG, the TSIG variables. */
function computeMac(
  prepared: PreparedKey,
  requestMac: RequestMac | undefined,
  unsigned: readonly Uint8Array[],
  fields: SignedFields,
): Uint8Array {
  const variables = tsigVariables(prepared, fields);
  const parts = requestMac ? [lengthPrefixed(requestMac), ...unsigned, variables] : [...unsigned, variables];
  return prepared.keyedHash.macOf(parts);
}

/** RFC 8945 §5.2.2 and §5.2.2.1. A MAC shorter than max(10, half the hash) or longer than the hash is FORMERR whatever it holds. */
function checkMac(
  wire: Uint8Array,
  tsigOffset: number,
  tsig: TsigRecord,
  prepared: PreparedKey,
  digest: DigestMessage,
): 'right' | 'wrong' | 'bad-length' {
  const { mac } = tsig;
  const shortest = Math.max(10, Math.ceil(prepared.macOctets / 2));
  if (mac.length > prepared.macOctets || mac.length < shortest) return 'bad-length';
  // As it was before signing: the ID it was signed with, one record fewer. A copy, which slice() of a Buffer is not.
  const header = Uint8Array.from(wire.subarray(0, headerOctets));
  writeU16(header, 0, tsig.originalId);
  writeU16(header, 10, ((wire[10]! << 8) | wire[11]!) - 1);
  const body = wire.subarray(headerOctets, tsigOffset);
  const expected = digest([header, body], tsig);
  return timingSafeEqual(expected.subarray(0, mac.length), mac) ? 'right' : 'wrong';
}

function isInTime(tsig: TsigRecord, nowSeconds: number): boolean {
  return Math.abs(nowSeconds - tsig.timeSignedSeconds) <= tsig.fudgeSeconds;
}

function algorithmOf(tsig: TsigRecord): TsigAlgorithm | undefined {
  return algorithmsByKey.get(tsig.algorithmName.key);
}

function idOf(wire: Uint8Array): number {
  return (wire[0]! << 8) | wire[1]!;
}

function readU48(octets: Uint8Array): number {
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}
