import { Class, Type } from '../dns/codes.ts';
import { readRdata, writeRdata, type Rdata } from '../dns/rdata.ts';
import { WireReader } from '../dns/reader.ts';
import { WireWriter } from '../dns/writer.ts';

declare const packedBrand: unique symbol;

/**
 * Records of one owner name in the form in which a zone keeps them and an answer needs them.
 *
 * Each is what follows the owner name on the wire (RFC 1035 §4.1.3): TYPE 2, CLASS 2 (IN), TTL 4, RDLENGTH 2, RDATA;
 * names in RDATA in full, with the case they were given. One UTF-16 unit is one octet. The order is canonical: by
 * TYPE, then by RDLENGTH and RDATA, no RDATA twice, one TTL an RRset (RFC 2181 §5.2). So two strings are equal exactly when
 * the contents are, and the RRset of a type is one piece of the string.
 *
 * A string, because V8 keeps one in 16 octets and its content: a million names with A and AAAA take less than 200 MB,
 * where typed arrays, or objects for records, would take more than 1 GB. It cannot change, so a snapshot may keep it.
 */
export type PackedRecords = string & { readonly [packedBrand]: true };

export const noRecords = '' as PackedRecords;

/** TYPE, CLASS, TTL and RDLENGTH. */
export const fixedOctets = 10;
const maxRdataOctets = 0xffff;

/** A record, apart from its owner name. */
export interface RecordData {
  readonly type: number;
  readonly ttlSeconds: number;
  readonly rdata: Rdata;
}

/**
 * @param ttlSeconds  0–2³²−1; above 2³¹−1 it counts as 0 (RFC 2181 §8)
 * @throws DnsEncodeError for a value without wire form
 */
export function packRecord({ type, ttlSeconds, rdata }: RecordData): PackedRecords {
  const addressOctets = addressOctetsOf(type);
  const isAddress = 'address' in rdata && Type[rdata.kind] === type && rdata.address.length === addressOctets;
  // What nearly all updates are about; it needs no writer.
  if (isAddress && ttlSeconds === ttlSeconds >>> 0) return packAddress(type, effectiveTtl(ttlSeconds), rdata.address);
  const writer = new WireWriter(fixedOctets + maxRdataOctets);
  writer.writeU16(type);
  writer.writeU16(Class.IN);
  writer.writeU32(effectiveTtl(ttlSeconds));
  const lengthAt = writer.beginLength();
  writeRdata(writer, type, rdata, false);
  writer.endLength(lengthAt);
  return latin1(writer.finish());
}

export function unpackRecords(records: PackedRecords): RecordData[] {
  const reader = new WireReader(Buffer.from(records, 'latin1'));
  const unpacked: RecordData[] = [];
  while (reader.remaining > 0) {
    const type = reader.readU16();
    const dnsClass = reader.readU16();
    const ttlSeconds = reader.readU32();
    unpacked.push({ type, ttlSeconds, rdata: readRdata(reader, type, dnsClass, reader.readU16()) });
  }
  return unpacked;
}

function addressOctetsOf(type: number): number | undefined {
  return type === Type.A ? 4 : type === Type.AAAA ? 16 : undefined;
}

/** In one piece: a sum of strings would have to be put together at its first use, and be slower ever after. */
function packAddress(type: number, ttl: number, address: Uint8Array): PackedRecords {
  return String.fromCharCode(
    type >>> 8,
    type & 0xff,
    0,
    Class.IN,
    ttl >>> 24,
    (ttl >>> 16) & 0xff,
    (ttl >>> 8) & 0xff,
    ttl & 0xff,
    address.length >>> 8,
    address.length & 0xff,
    ...address,
  ) as PackedRecords;
}

/** RFC 2181 §8. */
function effectiveTtl(ttlSeconds: number): number {
  return ttlSeconds > 0x7fff_ffff ? 0 : ttlSeconds;
}

/** The type of the record that begins there. */
export function typeAt(records: PackedRecords, at: number): number {
  return (records.charCodeAt(at) << 8) | records.charCodeAt(at + 1);
}

export function ttlSecondsAt(records: PackedRecords, at: number): number {
  return (typeAt(records, at + 4) << 16) | typeAt(records, at + 6);
}

/** Where the record that begins there ends, and the next begins. */
export function endOfRecord(records: PackedRecords, at: number): number {
  return at + fixedOctets + typeAt(records, at + fixedOctets - 2);
}

/** RDATA of the record that begins there. */
export function rdataAt(records: PackedRecords, at: number): string {
  return records.slice(at + fixedOctets, endOfRecord(records, at));
}

export function countRecords(records: PackedRecords): number {
  let count = 0;
  for (let at = 0; at < records.length; at = endOfRecord(records, at)) count += 1;
  return count;
}

export function countRecordSets(records: PackedRecords): number {
  let count = 0;
  let last: number | undefined;
  for (let at = 0; at < records.length; at = endOfRecord(records, at)) {
    const type = typeAt(records, at);
    count += Number(type !== last);
    last = type;
  }
  return count;
}

/** Each record by itself. */
export function splitRecords(records: PackedRecords): PackedRecords[] {
  const split: PackedRecords[] = [];
  for (let at = 0; at < records.length;) {
    const end = endOfRecord(records, at);
    split.push(records.slice(at, end) as PackedRecords);
    at = end;
  }
  return split;
}

/** Each RRset by itself. */
export function splitRecordSets(records: PackedRecords): PackedRecords[] {
  const split: PackedRecords[] = [];
  for (let at = 0; at < records.length;) {
    const end = endOfType(records, at);
    split.push(records.slice(at, end) as PackedRecords);
    at = end;
  }
  return split;
}

/** The RRset of a type; no records when there is none. */
export function recordSetOf(records: PackedRecords, type: number): PackedRecords {
  const start = startOfType(records, type);
  if (start === records.length || typeAt(records, start) !== type) return noRecords;
  const end = endOfType(records, start);
  return start === 0 && end === records.length ? records : (records.slice(start, end) as PackedRecords);
}

export function hasType(records: PackedRecords, type: number): boolean {
  const start = startOfType(records, type);
  return start < records.length && typeAt(records, start) === type;
}

/** The records with the RRset of a type replaced by another one, or, by no records, removed. */
export function withRecordSet(records: PackedRecords, type: number, set: PackedRecords): PackedRecords {
  const start = startOfType(records, type);
  const isThere = start < records.length && typeAt(records, start) === type;
  const end = isThere ? endOfType(records, start) : start;
  return (records.slice(0, start) + set + records.slice(end)) as PackedRecords;
}

/** Puts pieces together that are in canonical order already. */
export function joinRecords(pieces: readonly PackedRecords[]): PackedRecords {
  return pieces.join('') as PackedRecords;
}

/**
 * The same records in a string of their own. Slices and sums of strings keep what they were made of alive, so whatever
 * stays for long is made compact.
 */
export function compactRecords(records: PackedRecords): PackedRecords {
  return latin1(Buffer.from(records, 'latin1'));
}

/** Where the first record of this type or of a higher one begins. */
function startOfType(records: PackedRecords, type: number): number {
  let at = 0;
  while (at < records.length && typeAt(records, at) < type) at = endOfRecord(records, at);
  return at;
}

function endOfType(records: PackedRecords, start: number): number {
  const type = typeAt(records, start);
  let at = start;
  do at = endOfRecord(records, at);
  while (at < records.length && typeAt(records, at) === type);
  return at;
}

function latin1(octets: Uint8Array): PackedRecords {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1') as PackedRecords;
}
