import { maxLabelOctets, maxNameOctets } from '../dns/name.ts';
import { foldCase, type NameKey } from './name-key.ts';
import { fixedOctets, noRecords, type PackedRecords, rdataAt } from './packed-records.ts';

/** RDATA of a DNAME is one name (RFC 6672 §2.1), but has no shape in the codec, so anything may stand there. */
export function isDnameTarget(dname: PackedRecords): boolean {
  return dname !== noRecords && isName(dname.slice(fixedOctets));
}

/**
 * What a name below a DNAME becomes: the owner at its end replaced by the target (RFC 6672 §2.2).
 *
 * @returns undefined when that is longer than a name can be; the answer is YXDOMAIN then (RFC 6672 §2.2)
 */
export function redirected(key: NameKey, owner: NameKey, dname: PackedRecords): NameKey | undefined {
  const target = key.slice(0, key.length - owner.length) + foldCase(rdataAt(dname, 0));
  return target.length <= maxNameOctets ? target : undefined;
}

function isName(octets: string): boolean {
  let at = 0;
  while (at < octets.length && at < maxNameOctets) {
    const length = octets.charCodeAt(at);
    at += 1 + length;
    if (length === 0) return at === octets.length;
    if (length > maxLabelOctets) return false;
  }
  return false;
}
