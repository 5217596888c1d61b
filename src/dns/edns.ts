import { Type } from './codes.ts';
import { DnsDecodeError, DnsEncodeError } from './errors.ts';
import type { Message, ResourceRecord } from './message.ts';
import { Name } from './name.ts';
import { WireReader } from './reader.ts';
import { WireWriter } from './writer.ts';

/** One option of an OPT record (RFC 6891 §6.1.2): 16-bit code, 16-bit length, octets. */
export interface EdnsOption {
  readonly code: number;
  readonly data: Uint8Array;
}

/** What an OPT record says (RFC 6891 §6.1.3), in place of its class and TTL. */
export interface Edns {
  /** The sender's UDP payload size in octets, 16 bits; below 512 it counts as 512 (RFC 6891 §6.2.3). Kept as sent. */
  readonly udpPayloadSize: number;
  /** 8 bits; 0 is the only one that exists. */
  readonly version: number;
  readonly dnssecOk: boolean;
  /** The upper 8 bits of the 12-bit response code. */
  readonly extendedRcode: number;
  readonly options: readonly EdnsOption[];
}

/**
 * The EDNS of a message; undefined when it has none.
 *
 * @throws DnsDecodeError `bad-edns` for more than one OPT or an OPT outside the additional section (FORMERR, RFC 6891 §6.1.1)
 */
export function findEdns(message: Message): Edns | undefined {
  let found: ResourceRecord | undefined;
  for (const record of message.additionals) {
    if (record.type !== Type.OPT) continue;
    if (found !== undefined) throw new DnsDecodeError('bad-edns', 0, 'The message has more than one OPT record');
    found = record;
  }
  if (message.answers.some(isOpt) || message.authorities.some(isOpt)) {
    throw new DnsDecodeError('bad-edns', 0, 'An OPT record stands outside the additional section');
  }
  return found === undefined ? undefined : fromOpt(found);
}

/** The response code in its 12 bits: the header's four below the OPT record's eight (RFC 6891 §6.1.3). */
export function fullRcode(message: Message): number {
  const edns = findEdns(message);
  return edns === undefined ? message.rcode : (edns.extendedRcode << 4) | message.rcode;
}

/** @throws DnsDecodeError `bad-edns` when the owner is not the root; `truncated` when an option runs out of the RDATA */
export function fromOpt(record: ResourceRecord): Edns {
  if (record.name.labelCount !== 0)
    throw new DnsDecodeError('bad-edns', 0, 'The owner of an OPT record is not the root');
  if (record.type !== Type.OPT || record.rdata.kind !== 'opaque') {
    throw new DnsDecodeError('bad-edns', 0, 'The record is not an OPT record');
  }
  const reader = new WireReader(record.rdata.octets);
  const options: EdnsOption[] = [];
  while (reader.remaining > 0) options.push({ code: reader.readU16(), data: reader.readOctets(reader.readU16()) });
  return {
    udpPayloadSize: record.class,
    extendedRcode: record.ttl >>> 24,
    version: (record.ttl >>> 16) & 0xff,
    dnssecOk: (record.ttl & 0x8000) !== 0,
    options,
  };
}

/** @throws DnsEncodeError when a number or an option does not fit its field */
export function toOpt(edns: Edns): ResourceRecord {
  for (const octet of [edns.extendedRcode, edns.version]) {
    if (octet !== (octet & 0xff))
      throw new DnsEncodeError('out-of-range', `${octet} is not a whole number from 0 to 255`);
  }
  const writer = new WireWriter(0xffff);
  for (const option of edns.options) {
    writer.writeU16(option.code);
    const lengthAt = writer.beginLength();
    writer.writeOctets(option.data);
    writer.endLength(lengthAt);
  }
  return {
    name: Name.root,
    type: Type.OPT,
    class: edns.udpPayloadSize,
    ttl: ((edns.extendedRcode << 24) | (edns.version << 16) | (edns.dnssecOk ? 0x8000 : 0)) >>> 0,
    rdata: { kind: 'opaque', octets: writer.finish() },
  };
}

function isOpt(record: ResourceRecord): boolean {
  return record.type === Type.OPT;
}
