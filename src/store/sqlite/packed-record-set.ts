import type { RecordContent, StoredRecordSet } from '../zone-store.ts';
import { OctetPacker, OctetUnpacker } from './packed-octets.ts';

export function packContent(packer: OctetPacker, { ttlSeconds, origin, rdatas }: RecordContent): void {
  packer.u32(ttlSeconds);
  packer.u8(origin === 'static' ? 1 : 0);
  packer.octets(rdatas);
}

export function unpackContent(unpacker: OctetUnpacker): RecordContent {
  const ttlSeconds = unpacker.u32();
  const origin = unpacker.u8() === 1 ? 'static' : 'dynamic';
  return { ttlSeconds, origin, rdatas: unpacker.octets() };
}

/**
 * A record set: length of the owner's name (4 octets), type (2), TTL (4), 1 when it is static (1), length of the RDATA (4),
 * then the owner's name and the RDATA. `packedRecordSetSql` packs the same way.
 */
function packRecordSet(packer: OctetPacker, { owner, type, ttlSeconds, origin, rdatas }: StoredRecordSet): void {
  packer.u32(owner.length);
  packer.u16(type);
  packer.u32(ttlSeconds);
  packer.u8(origin === 'static' ? 1 : 0);
  packer.u32(rdatas.length);
  packer.plain(owner);
  packer.plain(rdatas);
}

/**
 * Packs many rows into one value within SQLite: to hand over a row and its octets costs node:sqlite seven times as much. Text
 * keeps every octet of the BLOBs that are put together, and becomes a BLOB again.
 */
export const packedRecordSetSql = `CAST(group_concat(
  unhex(printf('%08x%04x%08x%02x%08x', length(owner), type, ttl_seconds, is_static, length(rdatas))) || owner || rdatas, ''
) AS BLOB)`;

/** Reads record sets to the end of the piece. */
export function* unpackRecordSets(octets: Uint8Array): Generator<StoredRecordSet, void, undefined> {
  const unpacker = new OctetUnpacker(octets);
  while (!unpacker.isAtEnd) {
    const ownerOctets = unpacker.u32();
    const type = unpacker.u16();
    const ttlSeconds = unpacker.u32();
    const origin = unpacker.u8() === 1 ? 'static' : 'dynamic';
    const rdatasOctets = unpacker.u32();
    const owner = unpacker.plain(ownerOctets);
    yield { owner, type, ttlSeconds, origin, rdatas: unpacker.plain(rdatasOctets) };
  }
}

const pieceOctets = 256 * 1024;

/** Packs record sets into pieces of a size that one transaction takes without making others wait. */
export function* recordSetPieces(recordSets: Iterable<StoredRecordSet>): Generator<Uint8Array, void, undefined> {
  const packer = new OctetPacker();
  for (const recordSet of recordSets) {
    packRecordSet(packer, recordSet);
    if (packer.length >= pieceOctets) yield packer.take();
  }
  if (packer.length > 0) yield packer.take();
}
