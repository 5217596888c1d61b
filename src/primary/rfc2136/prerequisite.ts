import type { Name } from '../../dns/name.ts';
import type { Prerequisite } from '../../dns/update.ts';
import type { RecordSet } from '../../updates/record-set.ts';

/** The prerequisite that an RRset is exactly this one (RFC 2136 §2.4.2), or does not exist (§2.4.3); TTLs do not count. */
export function prerequisiteOf(name: Name, type: number, set: RecordSet | undefined): Prerequisite {
  return set ? { kind: 'rrset-exists-exactly', name, type, rdatas: set.rdatas } : { kind: 'rrset-absent', name, type };
}
