import { Type } from '../dns/codes.ts';
import type { OwnedRecords } from './difference.ts';
import { foldCase, isKeyAtOrBelow, type NameKey, parentKey, wildcardKey } from './name-key.ts';
import { endOfRecord, hasType, noRecords, type PackedRecords, rdataAt, recordSetOf } from './packed-records.ts';
import { redirected } from './redirection.ts';
import type { Zone } from './zone.ts';

/** What a zone says to one question. Records whose owner is not given belong to the name that was asked for. */
export type Lookup =
  /** The RRset; for type ANY everything at the name, of which the answer may give a part (RFC 8482 §4.1). */
  | { readonly kind: 'answer'; readonly records: PackedRecords; readonly isSynthesised: boolean }
  /** A CNAME record stands there; the answer goes on at its target (RFC 1034 §4.3.2, 3a). */
  | {
      readonly kind: 'alias';
      readonly records: PackedRecords;
      readonly target: NameKey;
      readonly isSynthesised: boolean;
    }
  /** A DNAME record stands above; without a target, the name would become too long (RFC 6672 §2.2, §3.2). */
  | { readonly kind: 'redirected'; readonly dname: OwnedRecords; readonly target: NameKey | undefined }
  /** Another zone begins at or above the name (3b): NS records and the addresses of those nameservers that are in this zone. */
  | {
      readonly kind: 'referral';
      readonly nameservers: OwnedRecords;
      /** Of those that are in the other zone: without these, it is not to be reached (RFC 9471 §3.1). */
      readonly glue: readonly OwnedRecords[];
      /** Of the others, which can be asked for (RFC 9471 §3.2). */
      readonly siblings: readonly OwnedRecords[];
    }
  /** The name exists, perhaps by a wildcard, perhaps empty, and has nothing of the type (RFC 2308 §2.2). */
  | { readonly kind: 'no-data' }
  /** NXDOMAIN (RFC 2308 §2.1). */
  | { readonly kind: 'no-name' }
  /** The name is not in this zone. */
  | { readonly kind: 'outside' };

const noData: Lookup = { kind: 'no-data' };
const noName: Lookup = { kind: 'no-name' };
const outside: Lookup = { kind: 'outside' };

/**
 * Looks a name and type up, by the algorithm of RFC 1034 §4.3.2 from step 3 on, with the wildcards of RFC 4592 §3.3 and the
 * DNAME of RFC 6672 §3.2. Aliases are for {@link resolve} to follow.
 *
 * A name that has records, in a zone without delegations, costs one look into a map. Otherwise each label costs one or two more.
 *
 * @param type  ANY for everything at the name
 */
export function lookup(zone: Zone, key: NameKey, type: number): Lookup {
  if (!zone.contains(key)) return outside;
  const boundary = boundaryAbove(zone, key, type);
  if (boundary !== undefined) return boundary;
  const records = zone.records(key);
  if (records !== noRecords) return match(records, type, false);
  if (zone.hasDescendants(key)) return noData;
  // RFC 4592 §3.3.1: the closest encloser, and of it alone the wildcard. The apex has records, so the way up ends there.
  let encloser = parentKey(key);
  while (zone.records(encloser) === noRecords && !zone.hasDescendants(encloser)) encloser = parentKey(encloser);
  const wildcard = wildcardKey(encloser);
  const source = zone.records(wildcard);
  if (source !== noRecords) return match(source, type, true);
  return zone.hasDescendants(wildcard) ? noData : noName;
}

/** The delegation or DNAME that is met first on the way down from the apex (RFC 1034 §4.3.2, 3b; RFC 6672 §3.2, 3c). */
function boundaryAbove(zone: Zone, key: NameKey, type: number): Lookup | undefined {
  if (zone.delegations.size === 0 && zone.redirections.size === 0) return undefined;
  let found: Lookup | undefined;
  // From the name up, so that the last one found is the highest. A name has 127 labels at most.
  for (let name = key; ; name = parentKey(name)) {
    if (zone.redirections.has(name) && name !== key) found = redirection(zone, key, name);
    // The DS record at a delegation is the parent zone's, all else is the child's (RFC 4035 §3.1.4.1).
    if (zone.delegations.has(name) && !(name === key && type === Type.DS)) found = referral(zone, name);
    if (name === zone.origin.key) return found;
  }
}

function redirection(zone: Zone, key: NameKey, owner: NameKey): Lookup {
  const records = recordSetOf(zone.records(owner), Type.DNAME);
  return { kind: 'redirected', dname: { owner, records }, target: redirected(key, owner, records) };
}

/** Addresses below delegations are no data of this zone, but serve as glue (RFC 1034 §4.2.1). */
function referral(zone: Zone, owner: NameKey): Lookup {
  const records = recordSetOf(zone.records(owner), Type.NS);
  const glue: OwnedRecords[] = [];
  const siblings: OwnedRecords[] = [];
  for (let at = 0; at < records.length; at = endOfRecord(records, at)) {
    const target = foldCase(rdataAt(records, at));
    if (!zone.contains(target)) continue;
    const found = isKeyAtOrBelow(target, owner) ? glue : siblings;
    for (const type of [Type.A, Type.AAAA]) {
      const addresses = recordSetOf(zone.records(target), type);
      if (addresses !== noRecords) found.push({ owner: target, records: addresses });
    }
  }
  return { kind: 'referral', nameservers: { owner, records }, glue, siblings };
}

/** RFC 1034 §4.3.2, 3a and 3c. */
function match(records: PackedRecords, type: number, isSynthesised: boolean): Lookup {
  if (type === Type.ANY) return { kind: 'answer', records, isSynthesised };
  const set = recordSetOf(records, type);
  if (set !== noRecords) return { kind: 'answer', records: set, isSynthesised };
  if (!hasType(records, Type.CNAME)) return noData;
  const alias = recordSetOf(records, Type.CNAME);
  return { kind: 'alias', records: alias, target: foldCase(rdataAt(alias, 0)), isSynthesised };
}
