import type { Name } from '../../dns/name.ts';
import type { HostedFinding } from './hosted-finding.ts';
import type { DescribedNameserver } from './hosted-zone-description.ts';
import type { ReferredNameserver } from './referral.ts';

/** What the zone says of its nameservers, and what the zone above it is called. */
export interface ComparedZone {
  readonly zone: Name;
  /** With all addresses that are known of them. */
  readonly nameservers: readonly DescribedNameserver[];
  readonly parent: string;
}

/**
 * Compares a delegation with what the zone says: which nameservers, and which glue for those that need some.
 *
 * Glue is missing only where the name lies in the zone (RFC 9471 §3.1); where it came along without need, it still has to be
 * right.
 */
export function compareDelegation(
  { zone, nameservers, parent }: ComparedZone,
  referred: readonly ReferredNameserver[],
): readonly HostedFinding[] {
  const known = referred.filter(({ name }) => nameservers.some((each) => each.name.equals(name)));
  if (known.length === 0)
    return [{ code: 'delegated-elsewhere', parent, nameservers: referred.map(({ name }) => name.toString()).sort() }];
  const missing = nameservers.filter(({ name }) => !known.some((each) => each.name.equals(name)));
  const surplus = referred.filter(({ name }) => !known.some((each) => each.name.equals(name)));
  const findings: HostedFinding[] = known.flatMap(({ name, glue }) => {
    const expected = nameservers.find((each) => each.name.equals(name))?.addresses ?? [];
    return compareGlue({ parent, name, isNeeded: name.isAtOrBelow(zone), given: glue, expected });
  });
  if (missing.length > 0 || surplus.length > 0)
    findings.unshift({ code: 'delegation-differs', parent, missing: namesOf(missing), surplus: namesOf(surplus) });
  return findings;
}

interface ComparedGlue {
  readonly parent: string;
  readonly name: Name;
  readonly isNeeded: boolean;
  readonly given: readonly string[];
  readonly expected: readonly string[];
}

function compareGlue({ parent, name: owner, isNeeded, given, expected }: ComparedGlue): readonly HostedFinding[] {
  const name = owner.toString();
  if (given.length === 0) return isNeeded ? [{ code: 'glue-missing', parent, name, addresses: expected }] : [];
  if (expected.length === 0 || isSameSet(given, expected)) return [];
  return [{ code: 'glue-differs', parent, name, given: given.toSorted(), expected: expected.toSorted() }];
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.every((each) => others.includes(each)) && others.every((each) => some.includes(each));
}

function namesOf(nameservers: readonly { readonly name: Name }[]): readonly string[] {
  return nameservers.map(({ name }) => name.toString()).sort();
}
