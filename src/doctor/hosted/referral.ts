import { Rcode, rcodeName, Type } from '../../dns/codes.ts';
import type { Message, ResourceRecord } from '../../dns/message.ts';
import type { Name } from '../../dns/name.ts';
import { addressText } from '../../updates/address.ts';

/** What a nameserver of the zone above says of a zone. */
export type Referral =
  | { readonly kind: 'delegated'; readonly nameservers: readonly ReferredNameserver[] }
  | { readonly kind: 'not-delegated' }
  /** Nothing of that kind; `answer` completes "it says nothing of the delegation: …". */
  | { readonly kind: 'odd'; readonly answer: string };

export interface ReferredNameserver {
  readonly name: Name;
  /** The addresses that came along: glue. */
  readonly glue: readonly string[];
}

/** A zone has few nameservers with few addresses; what is beyond this is not looked at. */
const maxNameservers = 32;
const maxAddresses = 16;

/**
 * Reads the answer of a nameserver of the zone above to a query for our NS records.
 *
 * A delegation is a referral: no authority, and our NS records in the authority section (RFC 1034 §4.3.2, 3b). One who has our
 * zone as well answers with authority, and with what the zone says itself; then that has to do.
 */
export function readReferral({ rcode, aa, answers, authorities, additionals }: Message, zone: Name): Referral {
  if (rcode === Rcode.NXDOMAIN)
    return aa ? { kind: 'not-delegated' } : { kind: 'odd', answer: 'it is not authoritative' };
  if (rcode !== Rcode.NOERROR) return { kind: 'odd', answer: `it answers ${rcodeName(rcode)}` };
  const targets = [...answers, ...authorities]
    .flatMap(({ name, rdata }) => (rdata.kind === 'NS' && name.equals(zone) ? [rdata.target.toLowerCase()] : []))
    .slice(0, maxNameservers);
  if (targets.length > 0)
    return { kind: 'delegated', nameservers: targets.map((name) => ({ name, glue: addressesAt(name, additionals) })) };
  if (aa) return { kind: 'not-delegated' };
  const cut = authorities.find(({ type, name }) => type === Type.NS && zone.isAtOrBelow(name));
  return { kind: 'odd', answer: cut ? `it refers to the zone ${cut.name.toString()}` : 'it is not authoritative' };
}

function addressesAt(name: Name, records: readonly ResourceRecord[]): readonly string[] {
  const addresses = records.flatMap(({ name: owner, rdata }) =>
    owner.equals(name) && 'address' in rdata ? [addressText(rdata.address)] : [],
  );
  return addresses.slice(0, maxAddresses);
}
