import { Class, Type } from './codes.ts';
import { DnsDecodeError } from './errors.ts';
import type { WireReader } from './reader.ts';

/** What RDATA is made of up to its last name: octets of a fixed number, a character-string, a name. */
type Part = number | 'string' | 'name';

/**
 * The types without a shape of their own here whose names a sender may have compressed: those of RFC 1035 (§3.3), which a
 * receiver must decompress, and those that RFC 3597 §4 wants decompressed as well.
 */
const partsByType: ReadonlyMap<number, readonly Part[]> = new Map<number, readonly Part[]>([
  [Type.MD, ['name']],
  [Type.MF, ['name']],
  [Type.MB, ['name']],
  [Type.MG, ['name']],
  [Type.MR, ['name']],
  [Type.MINFO, ['name', 'name']],
  [Type.RP, ['name', 'name']], // RFC 1183 §2.2
  [Type.AFSDB, [2, 'name']], // RFC 1183 §1
  [Type.RT, [2, 'name']], // RFC 1183 §3.3
  [Type.SIG, [18, 'name']], // RFC 2535 §4.1
  [Type.PX, [2, 'name', 'name']], // RFC 2163 §4
  [Type.NXT, ['name']], // RFC 2535 §5.2
  [Type.NAPTR, [4, 'string', 'string', 'string', 'name']], // RFC 3403 §4.1
]);

/** What RDLENGTH can announce (RFC 1035 §4.1.3): more could be kept, and never be sent again. */
const maxRdataOctets = 0xffff;

/**
 * Reads RDATA whose type has no shape here, as octets that stand for themselves: where the old types may hold a
 * compressed name, it is written out, since a pointer would lose its meaning outside this message (RFC 3597 §4).
 *
 * @param length  RDLENGTH, in octets
 * @throws DnsDecodeError when the octets run out, a name in one of the old types is not one, or the whole gets too long
 */
export function readOpaque(reader: WireReader, type: number, dnsClass: number, length: number): Uint8Array {
  const parts = partsByType.get(type);
  if (parts === undefined || dnsClass === Class.ANY) return reader.readOctets(length);
  return reader.readWithin(length, (field) => {
    const pieces = parts.map((part) => readPart(field, part));
    pieces.push(field.readOctets(field.remaining));
    const octets = joined(pieces);
    if (octets.length > maxRdataOctets)
      throw new DnsDecodeError('bad-rdata', field.offset, 'RDATA with its names in full exceeds 65535 octets');
    return octets;
  });
}

function readPart(reader: WireReader, part: Part): Uint8Array {
  if (part === 'name') return reader.readName().wire;
  if (part === 'string') {
    const text = reader.readCharacterString();
    return Uint8Array.of(text.length, ...text);
  }
  return reader.readOctets(part);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const octets = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    octets.set(piece, offset);
    offset += piece.length;
  }
  return octets;
}
