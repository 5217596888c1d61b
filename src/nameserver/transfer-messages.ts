import { Opcode, Rcode } from '../dns/codes.ts';
import { type Edns, toOpt } from '../dns/edns.ts';
import { encodeMessage, headerOctets, maxMessageOctets, type Message } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { WireWriter } from '../dns/writer.ts';
import { type NameKey, nameOfKey } from '../zone/name-key.ts';
import { endOfRecord, type PackedRecords } from '../zone/packed-records.ts';
import type { TransferContent } from './transfer-content.ts';

/**
 * When a message is long enough: compression pointers reach 16 KiB far (RFC 1035 §4.1.4), so beyond it names stand in
 * full; and the memory and the time that one message takes stay small.
 */
const targetOctets = 16 * 1024;

/** Room for a TSIG record: two names of 255 octets at most, 64 octets of MAC, 26 of other fields, none of other data. */
const tsigOctets = 600;
const maxUnsignedOctets = maxMessageOctets - tsigOctets;

/** NOERROR, an answer, of an authoritative server (RFC 5936 §2.2.1); RD is copied. */
const answerFlags = 0x8400;
const recursionDesiredFlag = 0x0100;

/** What of a transfer's messages follows from the query. */
export interface TransferHead {
  readonly query: Message;
  /** What our OPT record says, in the first message (RFC 5936 §2.2.5); undefined where the query has none. */
  readonly edns: Edns | undefined;
}

/**
 * The messages of a transfer, one at a time as they are asked for, unsigned.
 *
 * Records are copied as the zone keeps them: owner names are compressed, names in RDATA stand in full, with their case. A record
 * that no message holds ends the transfer with SERVFAIL (RFC 5936 §2.2).
 */
export function* transferMessages(
  head: TransferHead,
  content: TransferContent,
): Generator<Uint8Array, void, undefined> {
  let message = new TransferMessage(head, true);
  for (const { owner, records } of content) {
    for (let at = 0; at < records.length; at = endOfRecord(records, at)) {
      const record = records.slice(at, endOfRecord(records, at)) as PackedRecords;
      if (message.count > 0 && !message.hasRoomFor(owner, record)) {
        yield message.finish();
        message = new TransferMessage(head, false);
      }
      if (!message.fits(owner, record)) {
        yield errorMessage(head, Rcode.SERVFAIL);
        return;
      }
      message.add(owner, record);
    }
  }
  yield message.finish();
}

/** The transfer, where one message holds all of it; undefined where it takes more. */
export function singleMessage(head: TransferHead, content: TransferContent): Uint8Array | undefined {
  const message = new TransferMessage(head, true);
  for (const { owner, records } of content) {
    for (let at = 0; at < records.length; at = endOfRecord(records, at)) {
      const record = records.slice(at, endOfRecord(records, at)) as PackedRecords;
      if (!message.hasRoomFor(owner, record)) return undefined;
      message.add(owner, record);
    }
  }
  return message.finish();
}

/** The one message that says why there is no transfer, or why it ends (RFC 5936 §2.2). */
export function errorMessage({ query, edns }: TransferHead, rcode: number): Uint8Array {
  const additionals = edns === undefined ? [] : [toOpt(edns)];
  const answer = { ...query, qr: true, aa: false, tc: false, ra: false, ad: false, cd: false, rcode };
  return encodeMessage({ ...answer, opcode: Opcode.QUERY, answers: [], authorities: [], additionals });
}

/** One message, as long as it is being filled. */
class TransferMessage {
  readonly #writer = new WireWriter(maxMessageOctets);
  readonly #opt: Uint8Array | undefined;
  #count = 0;
  #owner: { readonly key: NameKey; readonly name: Name } | undefined;

  constructor({ query, edns }: TransferHead, isFirst: boolean) {
    const writer = this.#writer;
    this.#opt = isFirst && edns !== undefined ? optOctets(edns) : undefined;
    writer.writeU16(query.id);
    writer.writeU16(answerFlags | (query.rd ? recursionDesiredFlag : 0));
    writer.writeU16(isFirst ? query.questions.length : 0);
    writer.writeU16(0);
    writer.writeU16(0);
    writer.writeU16(this.#opt === undefined ? 0 : 1);
    if (!isFirst) return;
    for (const question of query.questions) {
      writer.writeName(question.name);
      writer.writeU16(question.type);
      writer.writeU16(question.class);
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Whether one more makes a message as long as we want them. */
  hasRoomFor(owner: NameKey, record: PackedRecords): boolean {
    return this.#lengthWith(owner, record) <= targetOctets;
  }

  /** Whether one more makes a message as long as there can be. */
  fits(owner: NameKey, record: PackedRecords): boolean {
    return this.#lengthWith(owner, record) <= maxUnsignedOctets;
  }

  add(owner: NameKey, record: PackedRecords): void {
    // The same object for all records of a name, which the writer takes for a pointer without looking.
    if (owner !== this.#owner?.key) this.#owner = { key: owner, name: nameOfKey(owner) };
    this.#writer.writeName(this.#owner.name);
    this.#writer.writeOctets(Buffer.from(record, 'latin1'));
    this.#count += 1;
  }

  finish(): Uint8Array {
    if (this.#opt !== undefined) this.#writer.writeOctets(this.#opt);
    const octets = this.#writer.finish();
    octets[6] = this.#count >>> 8;
    octets[7] = this.#count;
    return octets;
  }

  /** At the most: the name may take less. */
  #lengthWith(owner: NameKey, record: PackedRecords): number {
    return this.#writer.length + owner.length + record.length + (this.#opt?.length ?? 0);
  }
}

/** An OPT record as the only additional one. */
function optOctets(edns: Edns): Uint8Array {
  const none = { rd: false, ra: false, ad: false, cd: false, aa: false, tc: false, qr: true };
  const sections = { questions: [], answers: [], authorities: [], additionals: [toOpt(edns)] };
  return encodeMessage({ id: 0, opcode: Opcode.QUERY, rcode: Rcode.NOERROR, ...none, ...sections }).slice(headerOctets);
}
