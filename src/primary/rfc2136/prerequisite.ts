import { Class, Opcode, Rcode } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import { encodeUpdate, type Prerequisite } from '../../dns/update.ts';
import type { RecordSet } from '../../updates/record-set.ts';
import { exchangeSigned, type Reply, type ZoneAccess } from './signed-exchange.ts';

/** The prerequisite that an RRset is exactly this one (RFC 2136 §2.4.2), or does not exist (§2.4.3); TTLs do not count. */
export function prerequisiteOf(name: Name, type: number, set: RecordSet | undefined): Prerequisite {
  return set ? { kind: 'rrset-exists-exactly', name, type, rdatas: set.rdatas } : { kind: 'rrset-absent', name, type };
}

/** Asks whether these hold, by an UPDATE that consists of them alone and changes nothing. */
export function askPrerequisites(
  access: ZoneAccess,
  prerequisites: readonly Prerequisite[],
  deadlineMs: number,
): Promise<Reply> {
  const { zone } = access;
  return exchangeSigned(access, {
    encode: (id) => encodeUpdate({ id, zone, zoneClass: Class.IN, prerequisites, operations: [] }),
    opcode: Opcode.UPDATE,
    repeatable: true,
    deadlineMs,
  });
}

/** RFC 2136 §3.2: what a prerequisite that does not hold is answered with. */
export function isDenial(rcode: number): boolean {
  const { NXDOMAIN, YXDOMAIN, YXRRSET, NXRRSET } = Rcode;
  return [NXDOMAIN, YXDOMAIN, YXRRSET, NXRRSET].some((denial) => denial === rcode);
}
