import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { Address } from '../updates/address.ts';

/**
 * Which names a token may change. `exact` is that name; `below` is every name below it, the literal wildcard too, and not the
 * name itself; `zone` is the name and everything below it.
 */
export interface NamePattern {
  readonly kind: 'exact' | 'below' | 'zone';
  /** Lower case, without the wildcard label. */
  readonly name: Name;
}

/** An address with the number of bits that count. */
export interface Network {
  readonly address: Address;
  readonly length: number;
}

/** What a token is good for. */
export interface Scope {
  /** At least one. */
  readonly patterns: readonly NamePattern[];
  /** Types of records at the names themselves, by number. */
  readonly types: readonly number[];
  /** Also TXT at `_acme-challenge.` of each name that is covered. */
  readonly allowsAcme: boolean;
  /** Where requests may come from; empty: from anywhere. */
  readonly networks: readonly Network[];
  readonly allowsPlainHttp: boolean;
  /** Whether names may point to addresses that everybody can reach, and to no others. */
  readonly publicAddressesOnly: boolean;
}

/** No token changes these: they are what makes a zone a zone, or give parts of it away. */
export const administratorsTypes: ReadonlySet<number> = new Set([Type.NS, Type.SOA, Type.DS, Type.DNSKEY]);

export const acmeLabel = '_acme-challenge';

/** Whether requests may come from there; a source that is not known is in no network. */
export function isFromWithin(networks: readonly Network[], source: Address | undefined): boolean {
  return networks.length === 0 || (source !== undefined && networks.some((network) => contains(network, source)));
}

/** Where both let requests come from; empty: from anywhere. Undefined where they have nothing in common. */
export function commonNetworks(a: readonly Network[], b: readonly Network[]): readonly Network[] | undefined {
  if (a.length === 0 || b.length === 0) return [...a, ...b];
  const narrower = new Set<Network>();
  for (const one of a)
    for (const other of b) {
      if (other.length >= one.length && contains(one, other.address)) narrower.add(other);
      else if (contains(other, one.address) && one.length >= other.length) narrower.add(one);
    }
  return narrower.size > 0 ? [...narrower] : undefined;
}

function contains({ address, length }: Network, source: Address): boolean {
  if (source.family !== address.family) return false;
  const whole = length >> 3;
  for (let index = 0; index < whole; index += 1) if (address.octets[index] !== source.octets[index]) return false;
  const rest = length & 7;
  if (rest === 0) return true;
  const mask = 0xff00 >> rest;
  return ((address.octets[whole]! ^ source.octets[whole]!) & mask & 0xff) === 0;
}
