import { Rcode, Type, typeName } from '../dns/codes.ts';
import type { UpdateOperation } from '../dns/update.ts';
import type { Draft } from './draft.ts';
import {
  countRecords,
  countRecordSets,
  hasType,
  noRecords,
  packRecord,
  recordSetOf,
  type PackedRecords,
  withRecordSet,
} from './packed-records.ts';
import type { Refusal } from './prerequisites.ts';
import { addRecord, removeRecord } from './record-set-change.ts';
import { isSerialGreater } from './serial.ts';
import { serialOf } from './soa.ts';
import type { ZoneLimits } from './zone-limits.ts';

/**
 * Carries out one change of an update (RFC 2136 §3.4.2).
 *
 * Names are literal: `*` is a name like any other, an alias is not followed (§1.1.3–4), and what lies below a delegation is
 * still this zone's to change (§7.18).
 *
 * @param servedSerial  that which the world knows
 * @returns what stands against it: a limit; what the RFC wants to be ignored is done by doing nothing
 */
export function applyOperation(
  draft: Draft,
  operation: UpdateOperation,
  limits: ZoneLimits,
  servedSerial: number,
): Refusal | undefined {
  switch (operation.kind) {
    case 'add':
      return add(draft, operation, limits, servedSerial);
    case 'delete-rrset':
      return deleteSet(draft, operation);
    case 'delete-name':
      return deleteName(draft, operation);
    case 'delete-record':
      return deleteRecord(draft, operation);
  }
}

type Add = Extract<UpdateOperation, { kind: 'add' }>;

/** RFC 2136 §3.4.2.2. */
function add(
  draft: Draft,
  { name, type, ttl, rdata }: Add,
  limits: ZoneLimits,
  servedSerial: number,
): undefined | Refusal {
  const before = draft.records(name.key);
  const record = packRecord({ type, ttlSeconds: ttl, rdata });
  if (isShutOut(before, type)) return undefined;
  if (type === Type.SOA && !isNewerSoa(record, recordSetOf(before, Type.SOA), servedSerial)) return undefined;
  const set = addRecord(recordSetOf(before, type), record);
  const records = withRecordSet(before, type, set);
  draft.set(name.key, records);
  const limit = exceededLimit(draft, set, records, limits);
  if (limit === undefined) return undefined;
  return { rcode: Rcode.REFUSED, reason: `${name.toString()} ${typeName(type)} would go beyond ${limit}` };
}

/** A CNAME stands alone: whichever comes second is ignored, and a DNAME beside a CNAME too (RFC 6672 §5.2). */
function isShutOut(records: PackedRecords, type: number): boolean {
  if (type !== Type.CNAME) return hasType(records, Type.CNAME);
  return records !== noRecords && !hasType(records, Type.CNAME);
}

/**
 * The only SOA record of a zone is that of its apex, and its serial goes forward only. The RFC leaves it to the requestor never
 * to set 0 (§4.2); we ignore it, as anything that does not go forward.
 */
function isNewerSoa(record: PackedRecords, present: PackedRecords, servedSerial: number): boolean {
  if (present === noRecords) return false;
  const serial = serialOf(record);
  // §3.6: forward on the whole, too; two steps of less than half the circle can lead back, in one update or in several of a batch.
  return serial !== 0 && isSerialGreater(serial, serialOf(present)) && isSerialGreater(serial, servedSerial);
}

/** RFC 2136 §3.4.2.3: SOA and NS of the apex stay. */
function deleteSet(draft: Draft, { name, type }: Extract<UpdateOperation, { kind: 'delete-rrset' }>): undefined {
  if (isApex(draft, name.key) && (type === Type.SOA || type === Type.NS)) return undefined;
  draft.set(name.key, withRecordSet(draft.records(name.key), type, noRecords));
  return undefined;
}

/** RFC 2136 §3.4.2.3. */
function deleteName(draft: Draft, { name }: Extract<UpdateOperation, { kind: 'delete-name' }>): undefined {
  const before = draft.records(name.key);
  let left = noRecords;
  if (isApex(draft, name.key)) {
    for (const type of [Type.NS, Type.SOA]) left = withRecordSet(left, type, recordSetOf(before, type));
  }
  draft.set(name.key, left);
  return undefined;
}

/** RFC 2136 §3.4.2.4: the SOA record and the last NS record of the apex stay. */
function deleteRecord(draft: Draft, operation: Extract<UpdateOperation, { kind: 'delete-record' }>): undefined {
  const { name, type, rdata } = operation;
  if (isApex(draft, name.key) && type === Type.SOA) return undefined;
  const before = draft.records(name.key);
  const set = removeRecord(recordSetOf(before, type), packRecord({ type, ttlSeconds: 0, rdata }));
  if (set === noRecords && isApex(draft, name.key) && type === Type.NS) return undefined;
  draft.set(name.key, withRecordSet(before, type, set));
  return undefined;
}

function isApex(draft: Draft, key: string): boolean {
  return key === draft.origin.key;
}

/** In words, which of the limits an added record goes beyond. */
function exceededLimit(
  draft: Draft,
  set: PackedRecords,
  records: PackedRecords,
  limits: ZoneLimits,
): string | undefined {
  if (countRecords(set) > limits.maxRecordsPerSet) return `the ${limits.maxRecordsPerSet} records of an RRset`;
  if (countRecordSets(records) > limits.maxSetsPerName) return `the ${limits.maxSetsPerName} RRsets of a name`;
  if (records.length > limits.maxOctetsPerName) return `the ${limits.maxOctetsPerName} octets of a name's records`;
  if (draft.nameCount > limits.maxNames) return `the ${limits.maxNames} names of a zone`;
  return undefined;
}
