import { Class, Type } from './codes.ts';
import { DnsDecodeError, DnsEncodeError } from './errors.ts';
import { decodeMessageParts, maxMessageOctets, type Message, type ResourceRecord } from './message.ts';
import type { Name } from './name.ts';
import { unfilledOctets } from './octets.ts';
import { WireReader } from './reader.ts';

/** The fields of a TSIG record (RFC 8945 §4.2). */
export interface TsigRecord {
  readonly keyName: Name;
  readonly algorithmName: Name;
  /** Unix time, 48 bits. */
  readonly timeSignedSeconds: number;
  /** 16 bits. */
  readonly fudgeSeconds: number;
  /** Empty when the message is not signed: an answer with BADKEY or BADSIG. */
  readonly mac: Uint8Array;
  /** The ID that was signed; a forwarder may have put another into the header. */
  readonly originalId: number;
  readonly error: number;
  /** Empty, or the server's clock in 6 octets with BADTIME. */
  readonly otherData: Uint8Array;
}

/** A received message, taken apart for the check of its MAC. */
export type SplitMessage =
  | {
      readonly kind: 'signed';
      /** Without the TSIG record; its ID is the header's. */
      readonly message: Message;
      readonly tsig: TsigRecord;
      /** Where the TSIG record begins: the octets before it are those that were signed, but for ID and ARCOUNT. */
      readonly tsigOffset: number;
    }
  | { readonly kind: 'unsigned'; readonly message: Message }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Decodes a message and takes the TSIG record off its end.
 *
 * RFC 8945 §5.1: one TSIG at most, and as the last record of the additional section; §4.2: class ANY, TTL 0. Anything
 * else is `malformed`, for which a server answers FORMERR.
 */
export function splitTsig(wire: Uint8Array): SplitMessage {
  try {
    const { message, lastAdditionalOffset } = decodeMessageParts(wire);
    const last = message.additionals.at(-1);
    const count = countTsigs(message);
    if (count === 0) return { kind: 'unsigned', message };
    if (count > 1) return { kind: 'malformed', reason: 'The message has more than one TSIG record' };
    if (last?.type !== Type.TSIG || lastAdditionalOffset === undefined) {
      return { kind: 'malformed', reason: 'The TSIG record is not the last record of the message' };
    }
    if (last.class !== Class.ANY || last.ttl !== 0) {
      return { kind: 'malformed', reason: 'The TSIG record is not of class ANY and TTL 0' };
    }
    return {
      kind: 'signed',
      message: { ...message, additionals: message.additionals.slice(0, -1) },
      tsig: readTsigRecord(last),
      tsigOffset: lastAdditionalOffset,
    };
  } catch (error) {
    if (error instanceof DnsDecodeError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

function countTsigs(message: Message): number {
  let count = 0;
  for (const section of [message.answers, message.authorities, message.additionals]) {
    for (const record of section) if (record.type === Type.TSIG) count += 1;
  }
  return count;
}

/**
 * RDATA of TSIG (RFC 8945 §4.2): algorithm name, time 48 bits, fudge 16, MAC size 16, MAC, original ID 16, error 16,
 * other size 16, other.
 *
 * @throws DnsDecodeError also when the algorithm's name is compressed, which RFC 3597 §4 forbids
 */
function readTsigRecord(record: ResourceRecord): TsigRecord {
  const reader = new WireReader(record.rdata.kind === 'opaque' ? record.rdata.octets : new Uint8Array(0));
  const tsig = {
    keyName: record.name,
    // alone at the start of its octets, a compressed name finds nothing to point at
    algorithmName: reader.readName(),
    timeSignedSeconds: reader.readU48(),
    fudgeSeconds: reader.readU16(),
    mac: reader.readOctets(reader.readU16()),
    originalId: reader.readU16(),
    error: reader.readU16(),
    otherData: reader.readOctets(reader.readU16()),
  };
  reader.expectEnd();
  return tsig;
}

/** What every TSIG record and digest of one key begins with. */
export interface TsigPrefixes {
  /** Owner, type TSIG, class ANY, TTL 0: the TSIG record up to its RDLENGTH. */
  readonly record: Uint8Array;
  /** The algorithm's name, canonical. */
  readonly algorithm: Uint8Array;
  /** Owner, class ANY, TTL 0, algorithm: the TSIG variables up to Time Signed (RFC 8945 §4.3.3). */
  readonly variables: Uint8Array;
}

/** The TSIG variables that change from message to message. */
export type SignedFields = Pick<TsigRecord, 'timeSignedSeconds' | 'fudgeSeconds' | 'error' | 'otherData'>;

/** RFC 8945 §4.3.3: names go into the digest in canonical form, in lower case and uncompressed; they are sent so too. */
export function tsigPrefixes(keyName: Name, algorithmName: Name): TsigPrefixes {
  const owner = keyName.toLowerCase().wire;
  const algorithm = algorithmName.toLowerCase().wire;
  return {
    record: Uint8Array.of(...owner, 0, 250, 0, 255, 0, 0, 0, 0),
    algorithm,
    variables: Uint8Array.of(...owner, 0, 255, 0, 0, 0, 0, ...algorithm),
  };
}

/** RFC 8945 §4.3.1: the request's MAC goes into the digest of the answer behind its 16-bit length. */
export function lengthPrefixed(mac: Uint8Array): Uint8Array {
  const octets = unfilledOctets(2 + mac.length);
  writeU16(octets, 0, mac.length);
  octets.set(mac, 2);
  return octets;
}

/** RFC 8945 §4.3.3: what of the TSIG record goes into the digest. */
export function tsigVariables(prefix: TsigPrefixes, fields: SignedFields): Uint8Array {
  const { variables } = prefix;
  const octets = unfilledOctets(variables.length + 12 + fields.otherData.length);
  octets.set(variables);
  writeU48(octets, variables.length, fields.timeSignedSeconds);
  writeU16(octets, variables.length + 6, fields.fudgeSeconds);
  writeU16(octets, variables.length + 8, fields.error);
  writeU16(octets, variables.length + 10, fields.otherData.length);
  octets.set(fields.otherData, variables.length + 12);
  return octets;
}

/** RFC 8945 §5.3.1: what of the TSIG record goes into the digest of every message of an answer but the first. */
export function tsigTimers(fields: SignedFields): Uint8Array {
  const octets = unfilledOctets(8);
  writeU48(octets, 0, fields.timeSignedSeconds);
  writeU16(octets, 6, fields.fudgeSeconds);
  return octets;
}

/** The message with the TSIG record behind it and ARCOUNT one higher (RFC 8945 §5.1). */
export function appendTsig(
  wire: Uint8Array,
  prefix: TsigPrefixes,
  tsig: Omit<TsigRecord, 'keyName' | 'algorithmName'>,
): Uint8Array {
  const { record, algorithm } = prefix;
  const dataOctets = algorithm.length + 16 + tsig.mac.length + tsig.otherData.length;
  const total = wire.length + record.length + 2 + dataOctets;
  if (total > maxMessageOctets) throw new DnsEncodeError('too-long', `A signed message would have ${total} octets`);
  const octets = unfilledOctets(total);
  octets.set(wire);
  writeU16(octets, 10, ((wire[10]! << 8) | wire[11]!) + 1);
  octets.set(record, wire.length);
  let at = wire.length + record.length;
  writeU16(octets, at, dataOctets);
  octets.set(algorithm, at + 2);
  at += 2 + algorithm.length;
  writeU48(octets, at, tsig.timeSignedSeconds);
  writeU16(octets, at + 6, tsig.fudgeSeconds);
  writeU16(octets, at + 8, tsig.mac.length);
  octets.set(tsig.mac, at + 10);
  at += 10 + tsig.mac.length;
  writeU16(octets, at, tsig.originalId);
  writeU16(octets, at + 2, tsig.error);
  writeU16(octets, at + 4, tsig.otherData.length);
  octets.set(tsig.otherData, at + 6);
  return octets;
}

/** 48 bits, most significant octet first. */
export function writeU48(octets: Uint8Array, offset: number, value: number): void {
  writeU16(octets, offset, Math.floor(value / 0x1_0000_0000));
  writeU16(octets, offset + 2, Math.floor(value / 0x1_0000));
  writeU16(octets, offset + 4, value % 0x1_0000);
}

/** 16 bits, most significant octet first. */
export function writeU16(octets: Uint8Array, offset: number, value: number): void {
  octets[offset] = value >>> 8;
  octets[offset + 1] = value;
}
