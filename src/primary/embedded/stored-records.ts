import type { RecordContent, RecordOrigin, StoredRecordSet } from '../../store/zone-store.ts';
import type { OwnedRecords } from '../../zone/difference.ts';
import type { NameKey } from '../../zone/name-key.ts';
import {
  fixedOctets,
  type PackedRecords,
  splitRecords,
  splitRecordSets,
  ttlSecondsAt,
  typeAt,
} from '../../zone/packed-records.ts';

/** TYPE, CLASS and TTL: what a store keeps once an RRset, and a zone with each record. */
const headOctets = fixedOctets - 2;
/** IN. */
const classOctets = '\x00\x01';

/** An RRset as a store keeps it: of each record RDLENGTH and RDATA, as they stand in the zone. */
export function toStoredContent(set: PackedRecords, origin: RecordOrigin): RecordContent {
  const rdatas = splitRecords(set).map((record) => record.slice(headOctets));
  return { ttlSeconds: ttlSecondsAt(set, 0), origin, rdatas: octetsOf(rdatas.join('')) };
}

/** The RRsets of a zone's content, for a store that does not have the zone yet. */
export function* toStoredRecordSets(
  content: Iterable<OwnedRecords>,
  originOf: (key: NameKey, type: number) => RecordOrigin,
): Generator<StoredRecordSet, void, undefined> {
  for (const { owner, records } of content) {
    for (const set of splitRecordSets(records)) {
      const type = typeAt(set, 0);
      yield { owner: octetsOf(owner), type, ...toStoredContent(set, originOf(owner, type)) };
    }
  }
}

/** An RRset as a zone keeps it, of what `toStoredContent` has made. */
export function fromStoredRecordSet({ type, ttlSeconds, rdatas }: StoredRecordSet): PackedRecords {
  const head = u16(type) + classOctets + u16(ttlSeconds >>> 16) + u16(ttlSeconds & 0xffff);
  const stored = latin1Of(rdatas);
  const firstEnd = endOfRdata(stored, 0);
  // Most RRsets have one record.
  if (firstEnd === stored.length) return (head + stored) as PackedRecords;
  let records = '';
  for (let at = 0; at < stored.length;) {
    const end = endOfRdata(stored, at);
    records += head + stored.slice(at, end);
    at = end;
  }
  return records as PackedRecords;
}

/** Octets as a zone has them, one UTF-16 unit each. */
export function latin1Of(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
}

export function octetsOf(latin1: string): Uint8Array {
  return Buffer.from(latin1, 'latin1');
}

function endOfRdata(stored: string, at: number): number {
  return at + 2 + ((stored.charCodeAt(at) << 8) | stored.charCodeAt(at + 1));
}

function u16(value: number): string {
  return String.fromCharCode(value >>> 8, value & 0xff);
}
