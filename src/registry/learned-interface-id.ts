import { type Address, addressScope, parseAddress } from '../updates/address.ts';
import type { NameOutcome } from '../updates/outcome.ts';
import { Type } from '../dns/codes.ts';

/**
 * The interface ID of a host, as its addresses tell it: all 128 bits, of which those behind the prefix will count.
 *
 * A unique local address (RFC 4193) tells nothing, for such records are left alone when a prefix changes.
 */
export function interfaceIdOf(addresses: readonly Address[]): Uint8Array | undefined {
  return addresses.find((address) => address.family === 6 && addressScope(address) === 'global')?.octets;
}

/** The IPv6 addresses that a name has after an update. */
export function ipv6After(outcome: NameOutcome): readonly Address[] {
  if (outcome.kind === 'failed') return [];
  return outcome.records
    .filter(({ type }) => type === Type.AAAA)
    .flatMap(({ after }) => after.flatMap((text) => parseAddress(text) ?? []));
}
