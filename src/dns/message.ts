import { Class, Opcode } from './codes.ts';
import { DnsEncodeError } from './errors.ts';
import type { Name } from './name.ts';
import { readRdata, writeRdata, type Rdata } from './rdata.ts';
import { WireReader } from './reader.ts';
import { WireWriter } from './writer.ts';

/** RFC 1035 §4.1.2; in UPDATE the zone section has the same shape (RFC 2136 §2.3). */
export interface Question {
  readonly name: Name;
  readonly type: number;
  readonly class: number;
}

/** RFC 1035 §4.1.3. `ttl` is the raw 32-bit field, since OPT keeps flags in it (RFC 6891 §6.1.3). */
export interface ResourceRecord {
  readonly name: Name;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly rdata: Rdata;
}

/**
 * A DNS message as a value (RFC 1035 §4.1).
 *
 * In UPDATE the four sections are zone, prerequisite, update and additional data (RFC 2136 §2).
 */
export interface Message {
  /** 16 bits. */
  readonly id: number;
  /** Whether this is a response. */
  readonly qr: boolean;
  /** 4 bits. */
  readonly opcode: number;
  readonly aa: boolean;
  readonly tc: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  /** The 4 bits of the header; with EDNS, `fullRcode` in edns.ts tells all 12. */
  readonly rcode: number;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

/** RFC 1035 §4.1.1: ID, flags, and four counts of 16 bits each. */
export const headerOctets = 12;
/** What the two-octet length prefix of TCP can announce (RFC 1035 §4.2.2). */
export const maxMessageOctets = 65535;

/**
 * Reads a message from exactly these octets.
 *
 * The counts in the header promise nothing: sections grow with the octets that are really there, and a count too high
 * ends in `truncated`. The reserved bit Z is ignored, as RFC 1035 §4.1.1 leaves it to the future.
 *
 * @param wire  the whole message without TCP's length prefix; not modified, and nothing returned shares it
 * @throws DnsDecodeError, and nothing else
 */
export function decodeMessage(wire: Uint8Array): Message {
  return decodeMessageParts(wire).message;
}

/** A message, and where in its octets the last record of the additional section begins: what TSIG has to know. */
export interface MessageParts {
  readonly message: Message;
  /** Undefined when the additional section is empty. */
  readonly lastAdditionalOffset: number | undefined;
}

/** As `decodeMessage`; for TSIG, which signs the octets before the record that carries it. */
export function decodeMessageParts(wire: Uint8Array): MessageParts {
  const reader = new WireReader(wire);
  const id = reader.readU16();
  const flags = reader.readU16();
  const questionCount = reader.readU16();
  const answerCount = reader.readU16();
  const authorityCount = reader.readU16();
  const additionalCount = reader.readU16();
  const questions = readQuestions(reader, questionCount);
  const answers = readRecords(reader, answerCount);
  const authorities = readRecords(reader, authorityCount);
  const additionals = readRecords(reader, Math.max(0, additionalCount - 1));
  const lastAdditionalOffset = additionalCount > 0 ? reader.offset : undefined;
  if (additionalCount > 0) additionals.push(readRecord(reader));
  reader.expectEnd();
  const message: Message = {
    id,
    qr: (flags & 0x8000) !== 0,
    opcode: (flags >>> 11) & 0xf,
    aa: (flags & 0x0400) !== 0,
    tc: (flags & 0x0200) !== 0,
    rd: (flags & 0x0100) !== 0,
    ra: (flags & 0x0080) !== 0,
    ad: (flags & 0x0020) !== 0,
    cd: (flags & 0x0010) !== 0,
    rcode: flags & 0xf,
    questions,
    answers,
    authorities,
    additionals,
  };
  return { message, lastAdditionalOffset };
}

function readQuestions(reader: WireReader, count: number): Question[] {
  const questions: Question[] = [];
  for (let index = 0; index < count; index += 1) {
    questions.push({ name: reader.readName(), type: reader.readU16(), class: reader.readU16() });
  }
  return questions;
}

function readRecords(reader: WireReader, count: number): ResourceRecord[] {
  const records: ResourceRecord[] = [];
  for (let index = 0; index < count; index += 1) records.push(readRecord(reader));
  return records;
}

function readRecord(reader: WireReader): ResourceRecord {
  const name = reader.readName();
  const type = reader.readU16();
  const dnsClass = reader.readU16();
  const ttl = reader.readU32();
  const rdata = readRdata(reader, type, dnsClass, reader.readU16());
  return { name, type, class: dnsClass, ttl, rdata };
}

/**
 * Writes a message.
 *
 * Names are compressed, with their case kept: owner names always, names in RDATA where RFC 1035 made the type
 * (RFC 3597 §4), but never in the RDATA of an UPDATE, so that what is to be stored stands there in full. Reading the
 * octets back gives an equal value.
 *
 * @param limits.maxOctets  at most 65535, the default
 * @returns octets that belong to the caller
 * @throws DnsEncodeError `too-long` when it does not fit, `out-of-range` or `type-mismatch` for a value without wire form
 */
export function encodeMessage(message: Message, limits?: { readonly maxOctets?: number }): Uint8Array {
  const writer = new WireWriter(Math.min(limits?.maxOctets ?? maxMessageOctets, maxMessageOctets));
  writeHeader(writer, message);
  for (const question of message.questions) {
    writer.writeName(question.name);
    writer.writeU16(question.type);
    writer.writeU16(question.class);
  }
  const compressRdata = message.opcode !== Opcode.UPDATE;
  for (const record of message.answers) writeRecord(writer, record, compressRdata);
  for (const record of message.authorities) writeRecord(writer, record, compressRdata);
  for (const record of message.additionals) writeRecord(writer, record, compressRdata);
  return writer.finish();
}

function writeHeader(writer: WireWriter, message: Message): void {
  writer.writeU16(message.id);
  writer.writeU16(
    (message.qr ? 0x8000 : 0) |
      (fourBits(message.opcode) << 11) |
      (message.aa ? 0x0400 : 0) |
      (message.tc ? 0x0200 : 0) |
      (message.rd ? 0x0100 : 0) |
      (message.ra ? 0x0080 : 0) |
      (message.ad ? 0x0020 : 0) |
      (message.cd ? 0x0010 : 0) |
      fourBits(message.rcode),
  );
  writer.writeU16(message.questions.length);
  writer.writeU16(message.answers.length);
  writer.writeU16(message.authorities.length);
  writer.writeU16(message.additionals.length);
}

function writeRecord(writer: WireWriter, record: ResourceRecord, compressRdata: boolean): void {
  writer.writeName(record.name);
  writer.writeU16(record.type);
  writer.writeU16(record.class);
  writer.writeU32(record.ttl);
  const lengthAt = writer.beginLength();
  writeRdata(writer, record.type, record.rdata, compressRdata);
  writer.endLength(lengthAt);
}

function fourBits(value: number): number {
  if (value === (value & 0xf)) return value;
  throw new DnsEncodeError('out-of-range', `${value} is not a whole number from 0 to 15`);
}

/** A query of class IN with one question (RFC 1035 §4.1.2); iterative unless recursion is desired. */
export function makeQuery(query: {
  readonly id: number;
  readonly name: Name;
  readonly type: number;
  readonly recursionDesired?: boolean;
}): Message {
  return {
    id: query.id,
    qr: false,
    opcode: Opcode.QUERY,
    aa: false,
    tc: false,
    rd: query.recursionDesired ?? false,
    ra: false,
    ad: false,
    cd: false,
    rcode: 0,
    questions: [{ name: query.name, type: query.type, class: Class.IN }],
    answers: [],
    authorities: [],
    additionals: [],
  };
}
