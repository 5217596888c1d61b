import { Class, Type } from './codes.ts';
import { DnsDecodeError, DnsEncodeError } from './errors.ts';
import type { Name } from './name.ts';
import { readOpaque } from './opaque-rdata.ts';
import type { WireReader } from './reader.ts';
import type { WireWriter } from './writer.ts';

export { rdataToText } from './rdata-text.ts';

/**
 * The data of a record, by type; `opaque` for every type that has no shape here (RFC 3597), and for the empty RDATA
 * with which UPDATE says "all of them" (RFC 2136 §2.4, §2.5).
 */
export type Rdata =
  | { readonly kind: 'A'; readonly address: Uint8Array } // 4 octets, RFC 1035 §3.4.1
  | { readonly kind: 'AAAA'; readonly address: Uint8Array } // 16 octets, RFC 3596 §2.2
  | { readonly kind: 'TXT'; readonly strings: readonly Uint8Array[] } // one or more of 0–255 octets, RFC 1035 §3.3.14
  | { readonly kind: 'CNAME' | 'NS' | 'PTR'; readonly target: Name } // RFC 1035 §3.3.1, §3.3.11, §3.3.12
  | SoaRdata
  | { readonly kind: 'MX'; readonly preference: number; readonly exchange: Name } // RFC 1035 §3.3.9
  | SrvRdata
  | { readonly kind: 'CAA'; readonly flags: number; readonly tag: string; readonly value: Uint8Array } // RFC 8659 §4.1
  | { readonly kind: 'opaque'; readonly octets: Uint8Array };

/** RFC 1035 §3.3.13. The five numbers take 32 bits each; `serial` compares by RFC 1982. */
export interface SoaRdata {
  readonly kind: 'SOA';
  readonly mname: Name;
  readonly rname: Name;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

/** RFC 2782. The three numbers take 16 bits each. */
export interface SrvRdata {
  readonly kind: 'SRV';
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: Name;
}

/** The empty RDATA of UPDATE's delete and prerequisite forms. */
export const emptyRdata: Rdata = { kind: 'opaque', octets: new Uint8Array(0) };

/**
 * Reads the RDATA of a record whose RDLENGTH has just been read.
 *
 * Names may be compressed where RFC 1035 made the type, and in SRV and a few more (RFC 3597 §4); what is returned holds
 * them in full, opaque RDATA too. RDATA of length 0 in class ANY or NONE
 * is UPDATE's and stays opaque. A, AAAA, SRV and CAA have their shape in class IN (and NONE, with which UPDATE deletes from
 * a zone of class IN) only.
 *
 * @param length  RDLENGTH, in octets
 * @throws DnsDecodeError when the octets are not what the type wants
 */
export function readRdata(reader: WireReader, type: number, dnsClass: number, length: number): Rdata {
  if (length === 0 && (dnsClass === Class.ANY || dnsClass === Class.NONE)) return emptyRdata;
  if (!hasShape(type, dnsClass)) return { kind: 'opaque', octets: readOpaque(reader, type, dnsClass, length) };
  return reader.readWithin(length, (field) => readShaped(field, type));
}

/** Whether RDATA of this type and class is read into something other than `opaque`. */
export function hasShape(type: number, dnsClass: number): boolean {
  switch (type) {
    case Type.NS:
    case Type.CNAME:
    case Type.SOA:
    case Type.PTR:
    case Type.MX:
    case Type.TXT:
      return dnsClass !== Class.ANY;
    case Type.A:
    case Type.AAAA:
    case Type.SRV:
    case Type.CAA:
      return dnsClass === Class.IN || dnsClass === Class.NONE;
    default:
      return false;
  }
}

function readShaped(reader: WireReader, type: number): Rdata {
  switch (type) {
    case Type.A:
      return { kind: 'A', address: reader.readOctets(4) };
    case Type.AAAA:
      return { kind: 'AAAA', address: reader.readOctets(16) };
    case Type.TXT:
      return readTxt(reader);
    case Type.CNAME:
      return { kind: 'CNAME', target: reader.readName() };
    case Type.NS:
      return { kind: 'NS', target: reader.readName() };
    case Type.PTR:
      return { kind: 'PTR', target: reader.readName() };
    case Type.SOA:
      return readSoa(reader);
    case Type.MX:
      return { kind: 'MX', preference: reader.readU16(), exchange: reader.readName() };
    case Type.SRV:
      return readSrv(reader);
    case Type.CAA:
      return readCaa(reader);
    default:
      throw new Error(`Type ${type} has no shape`);
  }
}

function readTxt(reader: WireReader): Rdata {
  const strings: Uint8Array[] = [];
  do strings.push(reader.readCharacterString());
  while (reader.remaining > 0);
  return { kind: 'TXT', strings };
}

function readSoa(reader: WireReader): Rdata {
  return {
    kind: 'SOA',
    mname: reader.readName(),
    rname: reader.readName(),
    serial: reader.readU32(),
    refresh: reader.readU32(),
    retry: reader.readU32(),
    expire: reader.readU32(),
    minimum: reader.readU32(),
  };
}

function readSrv(reader: WireReader): Rdata {
  const priority = reader.readU16();
  const weight = reader.readU16();
  const port = reader.readU16();
  return { kind: 'SRV', priority, weight, port, target: reader.readName() };
}

function readCaa(reader: WireReader): Rdata {
  const flags = reader.readU8();
  const offset = reader.offset;
  const tagOctets = reader.readCharacterString();
  const tag = String.fromCharCode(...tagOctets);
  if (!caaTag.test(tag)) {
    throw new DnsDecodeError('bad-rdata', offset, 'The tag of a CAA record is not 1–255 ASCII letters and digits');
  }
  return { kind: 'CAA', flags, tag, value: reader.readOctets(reader.remaining) };
}

/** RFC 8659 §4.1: "ASCII letters and digits", at least one. */
const caaTag = /^[A-Za-z0-9]{1,255}$/;

/**
 * Writes RDATA, without its RDLENGTH.
 *
 * @param compress  whether names may be compressed; done for the types of RFC 1035 only (RFC 3597 §4), so never in SRV
 * @throws DnsEncodeError `type-mismatch` when the value does not belong to the type, `out-of-range` or `too-long` when a field does not fit
 */
export function writeRdata(writer: WireWriter, type: number, rdata: Rdata, compress: boolean): void {
  if (rdata.kind !== 'opaque' && Type[rdata.kind] !== type) {
    throw new DnsEncodeError('type-mismatch', `RDATA of type ${rdata.kind} cannot stand in a record of type ${type}`);
  }
  switch (rdata.kind) {
    case 'A':
      return writeAddress(writer, rdata.address, 4);
    case 'AAAA':
      return writeAddress(writer, rdata.address, 16);
    case 'TXT':
      return writeTxt(writer, rdata.strings);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return writeName(writer, rdata.target, compress);
    case 'SOA':
      return writeSoa(writer, rdata, compress);
    case 'MX':
      writer.writeU16(rdata.preference);
      return writeName(writer, rdata.exchange, compress);
    case 'SRV':
      writer.writeU16(rdata.priority);
      writer.writeU16(rdata.weight);
      writer.writeU16(rdata.port);
      return writer.writeUncompressedName(rdata.target);
    case 'CAA':
      return writeCaa(writer, rdata);
    case 'opaque':
      return writer.writeOctets(rdata.octets);
  }
}

function writeName(writer: WireWriter, name: Name, compress: boolean): void {
  if (compress) writer.writeName(name);
  else writer.writeUncompressedName(name);
}

function writeAddress(writer: WireWriter, address: Uint8Array, length: number): void {
  if (address.length !== length) {
    throw new DnsEncodeError('out-of-range', `An address has ${address.length} octets where ${length} are right`);
  }
  writer.writeOctets(address);
}

function writeTxt(writer: WireWriter, strings: readonly Uint8Array[]): void {
  if (strings.length === 0)
    throw new DnsEncodeError('empty-set', 'A TXT record needs at least one string, be it empty');
  for (const string of strings) writer.writeCharacterString(string);
}

function writeSoa(writer: WireWriter, soa: SoaRdata, compress: boolean): void {
  writeName(writer, soa.mname, compress);
  writeName(writer, soa.rname, compress);
  for (const number of [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum]) writer.writeU32(number);
}

function writeCaa(writer: WireWriter, caa: Extract<Rdata, { kind: 'CAA' }>): void {
  if (!caaTag.test(caa.tag)) {
    throw new DnsEncodeError('out-of-range', 'The tag of a CAA record is 1–255 ASCII letters and digits');
  }
  writer.writeU8(caa.flags);
  writer.writeCharacterString(Uint8Array.from(caa.tag, (character) => character.charCodeAt(0)));
  writer.writeOctets(caa.value);
}

/**
 * Whether two RDATA are the same as UPDATE compares them: octet by octet, names without case (RFC 2136 §1.1.1).
 */
export function equalRdata(a: Rdata, b: Rdata): boolean {
  switch (a.kind) {
    case 'A':
    case 'AAAA':
      return b.kind === a.kind && equalOctets(a.address, b.address);
    case 'TXT':
      return b.kind === 'TXT' && equalStrings(a.strings, b.strings);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return b.kind === a.kind && a.target.equals(b.target);
    case 'SOA':
      return b.kind === 'SOA' && equalSoa(a, b);
    case 'MX':
      return b.kind === 'MX' && a.preference === b.preference && a.exchange.equals(b.exchange);
    case 'SRV':
      return b.kind === 'SRV' && equalSrv(a, b);
    case 'CAA':
      return b.kind === 'CAA' && a.flags === b.flags && a.tag === b.tag && equalOctets(a.value, b.value);
    case 'opaque':
      return b.kind === 'opaque' && equalOctets(a.octets, b.octets);
  }
}

function equalOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

function equalStrings(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((string, index) => equalOctets(string, b[index]!));
}

function equalSoa(a: SoaRdata, b: SoaRdata): boolean {
  return (
    a.mname.equals(b.mname) &&
    a.rname.equals(b.rname) &&
    a.serial === b.serial &&
    a.refresh === b.refresh &&
    a.retry === b.retry &&
    a.expire === b.expire &&
    a.minimum === b.minimum
  );
}

function equalSrv(a: SrvRdata, b: SrvRdata): boolean {
  return a.priority === b.priority && a.weight === b.weight && a.port === b.port && a.target.equals(b.target);
}
