import { Rcode, typeName } from '../dns/codes.ts';
import type { Prerequisite } from '../dns/update.ts';
import { joinRecords, noRecords, packRecord, recordSetOf } from './packed-records.ts';
import { isSameRecordSet } from './record-set-change.ts';
import type { ZoneView } from './zone-view.ts';

/** Why an update is not carried out: the rcode, and the reason in words for a log. */
export interface Refusal {
  readonly rcode: number;
  readonly reason: string;
}

/**
 * The first prerequisite that does not hold (RFC 2136 §3.2), in the order of §3.2.5: RRsets with values are compared after
 * all others, wherever they stood in the message.
 */
export function failedPrerequisite(view: ZoneView, prerequisites: readonly Prerequisite[]): Refusal | undefined {
  for (const isExact of [false, true]) {
    for (const prerequisite of prerequisites) {
      if ((prerequisite.kind === 'rrset-exists-exactly') !== isExact) continue;
      const refusal = checkPrerequisite(view, prerequisite);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

function checkPrerequisite(view: ZoneView, prerequisite: Prerequisite): Refusal | undefined {
  const { name } = prerequisite;
  // Literal: a wildcard makes nothing exist, an alias is not followed (RFC 2136 §1.1.3–4); an empty non-terminal is not in
  // use (§7.7).
  const records = view.records(name.key);
  switch (prerequisite.kind) {
    case 'name-in-use':
      return records === noRecords ? { rcode: Rcode.NXDOMAIN, reason: `${name.toString()} is not in use` } : undefined;
    case 'name-not-in-use':
      return records === noRecords ? undefined : { rcode: Rcode.YXDOMAIN, reason: `${name.toString()} is in use` };
    case 'rrset-exists':
      if (recordSetOf(records, prerequisite.type) !== noRecords) return undefined;
      return { rcode: Rcode.NXRRSET, reason: `${said(prerequisite)} does not exist` };
    case 'rrset-absent':
      if (recordSetOf(records, prerequisite.type) === noRecords) return undefined;
      return { rcode: Rcode.YXRRSET, reason: `${said(prerequisite)} exists` };
    case 'rrset-exists-exactly': {
      const { type, rdatas } = prerequisite;
      const wanted = joinRecords(rdatas.map((rdata) => packRecord({ type, ttlSeconds: 0, rdata })));
      if (isSameRecordSet(recordSetOf(records, type), wanted)) return undefined;
      return { rcode: Rcode.NXRRSET, reason: `${said(prerequisite)} has other values` };
    }
  }
}

function said({ name, type }: Extract<Prerequisite, { type: number }>): string {
  return `The RRset ${name.toString()} ${typeName(type)}`;
}
