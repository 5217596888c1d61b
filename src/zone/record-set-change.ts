import { Type } from '../dns/codes.ts';
import { foldCase } from './name-key.ts';
import { fixedOctets, joinRecords, noRecords, splitRecords, typeAt, type PackedRecords } from './packed-records.ts';

/** RFC 2136 §3.4.2.2 and §3.4.2.4 on one RRset: what a record is equal to, and what adding and deleting it makes of the RRset. */

/** The octets of RDATA before and after its names; between them, case does not count (RFC 2136 §1.1.1). */
const namesInRdata: ReadonlyMap<number, { readonly before: number; readonly after: number }> = new Map([
  [Type.NS, { before: 0, after: 0 }],
  [Type.MD, { before: 0, after: 0 }],
  [Type.MF, { before: 0, after: 0 }],
  [Type.CNAME, { before: 0, after: 0 }],
  [Type.SOA, { before: 0, after: 20 }],
  [Type.MB, { before: 0, after: 0 }],
  [Type.MG, { before: 0, after: 0 }],
  [Type.MR, { before: 0, after: 0 }],
  [Type.PTR, { before: 0, after: 0 }],
  [Type.MINFO, { before: 0, after: 0 }],
  [Type.MX, { before: 2, after: 0 }],
  [Type.RP, { before: 0, after: 0 }],
  [Type.AFSDB, { before: 2, after: 0 }],
  [Type.RT, { before: 2, after: 0 }],
  [Type.SRV, { before: 6, after: 0 }],
  [Type.KX, { before: 2, after: 0 }],
  [Type.DNAME, { before: 0, after: 0 }],
]);

/** There is one at a name at most, so a new one takes the old one's place: RFC 2136 §3.4.2.2; for DNAME RFC 6672 §5.2. */
const singletons: ReadonlySet<number> = new Set([Type.SOA, Type.CNAME, Type.DNAME]);

/** ADDRESS and PROTOCOL of a WKS record (RFC 1035 §3.4.2), by which alone it is known when it is added (RFC 2136 §3.4.2.2). */
const wksIdentityOctets = 5;

export function isSingleton(type: number): boolean {
  return singletons.has(type);
}

/** What two records of one name have in common exactly when UPDATE takes them for equal: TTLs do not count (RFC 2136 §1.1.1). */
export function recordIdentity(record: PackedRecords): string {
  const type = typeAt(record, 0);
  const rdata = record.slice(fixedOctets);
  const names = namesInRdata.get(type);
  if (names === undefined) return `${type} ${rdata}`;
  const end = Math.max(names.before, rdata.length - names.after);
  return `${type} ${rdata.slice(0, names.before)}${foldCase(rdata.slice(names.before, end))}${rdata.slice(end)}`;
}

/**
 * Adds a record to the RRset of its type (RFC 2136 §3.4.2.2). A record that is equal gives way, and the TTL of the new one
 * becomes that of all (RFC 2181 §5.2).
 *
 * @param set  may be empty
 */
export function addRecord(set: PackedRecords, record: PackedRecords): PackedRecords {
  const type = typeAt(record, 0);
  if (set === noRecords || singletons.has(type)) return record;
  const identity = addIdentity(record);
  const ttl = record.slice(4, 8);
  const others = splitRecords(set).filter((other) => addIdentity(other) !== identity);
  const all = others.map((other) => (other.slice(0, 4) + ttl + other.slice(8)) as PackedRecords);
  return joinRecords([...all, record].toSorted(byLengthAndRdata));
}

/** Takes the record out that is equal (RFC 2136 §3.4.2.4), if there is one. */
export function removeRecord(set: PackedRecords, record: PackedRecords): PackedRecords {
  const identity = recordIdentity(record);
  return joinRecords(splitRecords(set).filter((other) => recordIdentity(other) !== identity));
}

/** Whether two RRsets hold the same records; their order, case and TTLs do not count (RFC 2136 §3.2.3). */
export function isSameRecordSet(set: PackedRecords, other: PackedRecords): boolean {
  if (set === noRecords || other === noRecords || set === other) return set === other;
  const identities = new Set(splitRecords(set).map(recordIdentity));
  const others = new Set(splitRecords(other).map(recordIdentity));
  return identities.size === others.size && identities.isSubsetOf(others);
}

function byLengthAndRdata(a: PackedRecords, b: PackedRecords): number {
  const left = a.slice(fixedOctets - 2);
  const right = b.slice(fixedOctets - 2);
  return left < right ? -1 : Number(left > right);
}

function addIdentity(record: PackedRecords): string {
  const isWks = typeAt(record, 0) === Type.WKS;
  return recordIdentity(isWks ? (record.slice(0, fixedOctets + wksIdentityOctets) as PackedRecords) : record);
}
