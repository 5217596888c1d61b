import { type Address, addressFromOctets } from './address.ts';
import type { Prefix } from './prefix.ts';

/** Octets of an IPv6 address. */
const addressOctets = 16;

/**
 * The address of a machine within a prefix: the prefix's bits, and behind them the machine's own.
 *
 * @param interfaceId  16 octets, of which the low 128−L bits count for a prefix of length L; so a prefix shorter than 64 takes the subnet from it
 */
export function joinPrefix(prefix: Prefix, interfaceId: Uint8Array): Address {
  if (interfaceId.length !== addressOctets) throw new RangeError(`an interface ID has ${addressOctets} octets here`);
  const octets = new Uint8Array(addressOctets);
  for (let index = 0; index < addressOctets; index += 1) {
    const prefixBits = Math.min(Math.max(prefix.length - index * 8, 0), 8);
    const own = 0xff >> prefixBits;
    octets[index] = (prefix.octets[index]! & ~own) | (interfaceId[index]! & own);
  }
  return addressFromOctets(octets);
}

/** fc00::/7 (RFC 4193 §3.1): an address that a site gives itself, and that no provider's prefix changes. */
export function isUniqueLocal(octets: Uint8Array): boolean {
  return octets.length === addressOctets && (octets[0]! & 0xfe) === 0xfc;
}
