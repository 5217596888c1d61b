import { Class, Rcode, rcodeName, Type } from '../dns/codes.ts';
import type { Message, ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import type { SoaRdata } from '../dns/rdata.ts';
import type { Finding } from './finding.ts';

/** What a nameserver's answer to the question for a zone's SOA says about the zone. */
export type ZoneVerdict =
  | { readonly kind: 'served'; readonly soa: SoaRdata }
  /** With authority, but the name lies inside another zone. */
  | { readonly kind: 'part-of'; readonly zone: Name }
  /** Not here, or not for us. */
  | Elsewhere
  /** The zone is known and not at hand. */
  | { readonly kind: 'not-loaded' }
  | { readonly kind: 'odd'; readonly rcode: string };

export interface Elsewhere {
  readonly kind: 'elsewhere';
  readonly rcode: number;
  readonly isRecursive: boolean;
  /** Whom a referral at the zone itself names. */
  readonly delegatedTo: readonly string[];
}

/**
 * Compares the zone cut that the configuration claims with the one that the answer shows: the owner of the SOA, in the
 * answer section for a zone of that name (RFC 1034 §4.3.2), in the authority section for a name inside another (RFC 2308
 * §2).
 */
export function judgeZone(message: Message, zone: Name): ZoneVerdict {
  const { rcode, aa } = message;
  if (rcode === Rcode.SERVFAIL) return { kind: 'not-loaded' };
  const isRefusal = rcode === Rcode.REFUSED || rcode === Rcode.NOTAUTH;
  if (isRefusal) return elsewhere(message, []);
  if (rcode !== Rcode.NOERROR && rcode !== Rcode.NXDOMAIN) return { kind: 'odd', rcode: rcodeName(rcode) };
  if (!aa) return elsewhere(message, referralAt(message, zone));
  for (const { name, rdata } of message.answers)
    if (rdata.kind === 'SOA' && name.equals(zone)) return { kind: 'served', soa: rdata };
  const enclosing = message.authorities.find((record) => isSoa(record) && zone.isAtOrBelow(record.name));
  return enclosing ? { kind: 'part-of', zone: enclosing.name } : elsewhere(message, []);
}

function isSoa({ type, class: recordClass }: ResourceRecord): boolean {
  return type === Type.SOA && recordClass === Class.IN;
}

function elsewhere({ rcode, ra, aa }: Message, delegatedTo: readonly string[]): Elsewhere {
  return { kind: 'elsewhere', rcode, isRecursive: ra && !aa, delegatedTo };
}

function referralAt({ authorities }: Message, zone: Name): string[] {
  return authorities.flatMap(({ name, rdata }) =>
    rdata.kind === 'NS' && name.equals(zone) ? [rdata.target.toString()] : [],
  );
}

/** What was found out about a zone that an answer places elsewhere. */
export interface Surroundings {
  /** A zone that the nameserver does have: above ours, or called like our key. */
  readonly likelyZone: Name | undefined;
  /** An update is refused otherwise than one of a zone that surely does not exist. */
  readonly isKnownToUpdates: boolean;
}

export function judgeElsewhere(verdict: Elsewhere, { likelyZone, isKnownToUpdates }: Surroundings): Finding {
  const rcode = rcodeName(verdict.rcode);
  const isRefusal = verdict.rcode === Rcode.REFUSED || verdict.rcode === Rcode.NOTAUTH;
  if (isRefusal && isKnownToUpdates) return { code: 'query-refused', rcode };
  if (verdict.delegatedTo.length > 0 && (likelyZone || !verdict.isRecursive))
    return { code: 'delegated-away', nameservers: verdict.delegatedTo };
  if (likelyZone) return { code: 'other-zone', suggestion: likelyZone.toString() };
  if (verdict.isRecursive) return { code: 'resolver' };
  return isRefusal ? { code: 'zone-not-served', rcode } : { code: 'not-authoritative' };
}

/** A bound for names of many labels; real zones have few. */
const maxCandidates = 12;

/**
 * The zones that may have been meant, the likeliest first: those above, and the one that the key is called after, as the
 * configuration's default has it.
 */
export function likelyZones(zone: Name, keyName: Name): Name[] {
  const candidates: Name[] = [];
  for (let above = zone.parent(); above && above.labelCount > 0; above = above.parent()) candidates.push(above);
  const isNew = !keyName.equals(zone) && !candidates.some((candidate) => candidate.equals(keyName));
  return isNew ? [...candidates.slice(0, maxCandidates - 1), keyName] : candidates.slice(0, maxCandidates);
}
