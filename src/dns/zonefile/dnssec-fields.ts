import { parseType } from '../codes.ts';
import type { WireWriter } from '../writer.ts';
import type { EntryFields } from './entry-fields.ts';

/** RFC 4034 §A.1 and the registry of DNSSEC algorithms after it, as BIND writes them too. */
const algorithms = new Map<string, number>([
  ['RSAMD5', 1],
  ['DH', 2],
  ['DSA', 3],
  ['RSASHA1', 5],
  ['DSA-NSEC3-SHA1', 6],
  ['NSEC3DSA', 6],
  ['RSASHA1-NSEC3-SHA1', 7],
  ['NSEC3RSASHA1', 7],
  ['RSASHA256', 8],
  ['RSASHA512', 10],
  ['ECC-GOST', 12],
  ['ECCGOST', 12],
  ['ECDSAP256SHA256', 13],
  ['ECDSAP384SHA384', 14],
  ['ED25519', 15],
  ['ED448', 16],
  ['INDIRECT', 252],
  ['PRIVATEDNS', 253],
  ['PRIVATEOID', 254],
]);

/** RFC 4398 §2.1. */
const certificateTypes = new Map<string, number>([
  ['PKIX', 1],
  ['SPKI', 2],
  ['PGP', 3],
  ['IPKIX', 4],
  ['ISPKI', 5],
  ['IPGP', 6],
  ['ACPKIX', 7],
  ['IACPKIX', 8],
  ['URI', 253],
  ['OID', 254],
]);

export function dnssecAlgorithm(fields: EntryFields, writer: WireWriter): void {
  writer.writeU8(numberOrMnemonic(fields, 'the algorithm', algorithms, 0xff));
}

export function certificateType(fields: EntryFields, writer: WireWriter): void {
  writer.writeU16(numberOrMnemonic(fields, 'the certificate type', certificateTypes, 0xffff));
}

function numberOrMnemonic(
  fields: EntryFields,
  what: string,
  mnemonics: ReadonlyMap<string, number>,
  most: number,
): number {
  const known = mnemonics.get(fields.peekWord(what).toUpperCase());
  if (known === undefined) return fields.number(what, most);
  fields.skip();
  return known;
}

export function typeCovered(fields: EntryFields, writer: WireWriter): void {
  writer.writeU16(recordType(fields, 'the type covered'));
}

function recordType(fields: EntryFields, what: string): number {
  const type = parseType(fields.peekWord(what));
  if (type === undefined)
    throw fields.fault(`${fields.excerpt()} is no type that is known here`, 'Write its number, such as TYPE65280');
  fields.skip();
  return type;
}

/** RFC 4034 §3.2: seconds since 1970, or YYYYMMDDHHmmSS in UTC. Both stand for 32 bits, compared as serial numbers. */
export function signatureTime(what: string): (fields: EntryFields, writer: WireWriter) => void {
  return (fields, writer) => {
    const written = fields.peekWord(what);
    const parts = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})$/.exec(written)?.slice(1).map(Number);
    if (parts === undefined) return writer.writeU32(fields.number(what, 0xffff_ffff));
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
    const moment = Date.UTC(year, month - 1, day, hour, minute, second);
    if (year < 1970 || new Date(moment).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14) !== written) {
      throw fields.fault(`${fields.excerpt()} is no time`, 'Write YYYYMMDDHHmmSS, such as 20260131235959');
    }
    fields.skip();
    return writer.writeU32((moment / 1000) % 0x1_0000_0000);
  };
}

/** RFC 5155 §3.3: hexadecimal without white space, "-" for none. */
export function salt(fields: EntryFields, writer: WireWriter): void {
  const written = fields.peekWord('the salt');
  if (written !== '-' && !/^(?:[0-9A-Fa-f]{2}){1,255}$/.test(written)) {
    throw fields.fault(`${fields.excerpt()} is no salt`, 'Write "-" for none, or two hexadecimal digits an octet');
  }
  fields.skip();
  writer.writeCharacterString(written === '-' ? new Uint8Array(0) : Uint8Array.from(Buffer.from(written, 'hex')));
}

/** RFC 5155 §3.3: Base32 with the extended hex alphabet (RFC 4648 §7), without padding. */
export function nextHashedOwner(fields: EntryFields, writer: WireWriter): void {
  const written = fields.peekWord('the next hashed owner name');
  const octets: number[] = [];
  let bits = 0;
  let count = 0;
  for (const digit of written.toLowerCase()) {
    const value = '0123456789abcdefghijklmnopqrstuv'.indexOf(digit);
    if (value < 0 || octets.length === 255) {
      throw fields.fault(
        `${fields.excerpt()} is no hashed owner name`,
        'Write it in Base32 with the digits 0–9 and a–v',
      );
    }
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    octets.push((bits >> count) & 0xff);
  }
  fields.skip();
  writer.writeCharacterString(Uint8Array.from(octets));
}

/** RFC 4034 §4.1.2: the types that are there, as windows of 256, each with up to 32 octets of bits. */
export function typeBitmap(fields: EntryFields, writer: WireWriter): void {
  const windows = new Map<number, Uint8Array>();
  while (fields.remaining > 0) {
    const type = recordType(fields, 'a type');
    const bits = windows.get(type >> 8) ?? new Uint8Array(32);
    windows.set(type >> 8, bits);
    bits[(type & 0xff) >> 3]! |= 0x80 >> (type & 7);
  }
  for (const [window, bits] of [...windows].sort(([a], [b]) => a - b)) {
    writer.writeU8(window);
    writer.writeCharacterString(bits.subarray(0, bits.findLastIndex((octet) => octet !== 0) + 1));
  }
}
