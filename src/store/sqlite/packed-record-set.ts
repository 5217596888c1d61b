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

function packRecordSet(packer: OctetPacker, recordSet: StoredRecordSet): void {
  packer.octets(recordSet.owner);
  packer.u16(recordSet.type);
  packContent(packer, recordSet);
}

/** Reads record sets to the end of the piece. */
export function* unpackRecordSets(octets: Uint8Array): Generator<StoredRecordSet, void, undefined> {
  const unpacker = new OctetUnpacker(octets);
  while (!unpacker.isAtEnd) {
    const owner = unpacker.octets();
    const type = unpacker.u16();
    const ttlSeconds = unpacker.u32();
    const origin = unpacker.u8() === 1 ? 'static' : 'dynamic';
    yield { owner, type, ttlSeconds, origin, rdatas: unpacker.octets() };
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
