import { Rcode, Type } from '../dns/codes.ts';
import type { Draft } from './draft.ts';
import { isWildcardKey, type NameKey, nameOfKey, parentKey } from './name-key.ts';
import { hasType, noRecords } from './packed-records.ts';
import type { Refusal } from './prerequisites.ts';
import type { ZoneView } from './zone-view.ts';

/** What of a zone has to be known. */
export type AcceptedZone = Pick<ZoneView, 'origin' | 'records' | 'childCount'>;

/**
 * What an update has made of its names that a secondary would not take: BIND and Knot refuse the whole zone for it, with
 * all that comes later, until it is gone. So one client could end the transfers of everybody's names.
 *
 * Looks at what the update has changed, and at nothing else: what stood there before is not its business.
 *
 * @returns REFUSED, by policy (RFC 2136 §3.3), and why
 */
export function unacceptable(draft: Draft): Refusal | undefined {
  for (const key of draft.changedKeys()) {
    const reason = reasonAgainst(draft, key);
    if (reason !== undefined) return { rcode: Rcode.REFUSED, reason };
  }
  return undefined;
}

/** Why a secondary would refuse a zone for what it has at this name; undefined when it would not. */
export function reasonAgainst(zone: AcceptedZone, key: NameKey): string | undefined {
  const records = zone.records(key);
  if (records === noRecords) return undefined;
  // RFC 6672 §2.4: nothing exists below a DNAME.
  const redirecting = redirectionAbove(zone, key);
  if (redirecting !== undefined) return `${said(key)} would stand below the DNAME at ${said(redirecting)}`;
  const hasNameservers = hasType(records, Type.NS);
  // RFC 4592 §4.2 leaves open what it means.
  if (hasNameservers && isWildcardKey(key)) return `${said(key)} would be a delegation at a wildcard`;
  if (hasType(records, Type.DNAME)) {
    // RFC 6672 §2.3: beside NS records at the apex only.
    if (hasNameservers && key !== zone.origin.key) return `${said(key)} would have a DNAME beside NS records`;
    if (zone.childCount(key) > 0) return `There are names below ${said(key)}, where a DNAME would be`;
  }
  // RFC 4034 §4, RFC 5155 §3: whoever signs the zone makes them, and nobody does here.
  if (hasType(records, Type.NSEC) || hasType(records, Type.NSEC3))
    return `${said(key)} would have a proof of absence, which only a server that signs makes`;
  return undefined;
}

function said(key: NameKey): string {
  return nameOfKey(key).toString();
}

/** Also below a delegation, where nobody is redirected any more: Knot looks at that, too. */
function redirectionAbove(zone: AcceptedZone, key: NameKey): NameKey | undefined {
  for (let owner = key; owner !== zone.origin.key;) {
    owner = parentKey(owner);
    if (hasType(zone.records(owner), Type.DNAME)) return owner;
  }
  return undefined;
}
