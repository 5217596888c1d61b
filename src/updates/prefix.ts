import { type Address, addressText, parseAddress } from './address.ts';

/** An IPv6 prefix that was delegated to a router; only {@link parsePrefix} and {@link prefixAround} make one. */
export interface Prefix {
  /** 16 octets; zero behind the first `length` bits. */
  readonly octets: Uint8Array;
  /** 1–64 bits. */
  readonly length: number;
  /** Canonical: `2001:db8:1::/56`. */
  readonly text: string;
}

export type PrefixVerdict =
  | { readonly kind: 'prefix'; readonly prefix: Prefix }
  /** A /128 is an address with its length. */
  | { readonly kind: 'address'; readonly address: Address }
  /** `reason` is a sentence without a full stop. */
  | { readonly kind: 'invalid'; readonly reason: string };

const longestPrefix = 64;

/** Reads `2001:db8:1::/56`. */
export function parsePrefix(text: string): PrefixVerdict {
  const [, addressPart = '', lengthPart = ''] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? [];
  const address = parseAddress(addressPart);
  if (address?.family !== 6) return { kind: 'invalid', reason: 'it is no IPv6 prefix such as 2001:db8:1::/56' };
  const length = Number(lengthPart);
  if (length === 128) return { kind: 'address', address };
  if (length < 1 || length > longestPrefix)
    return { kind: 'invalid', reason: `a prefix has 1 to ${longestPrefix} bits, not ${length}` };
  const { octets } = address;
  const isClean = octets.every((octet, index) => (octet & hostMask(index, length)) === 0);
  if (!isClean) return { kind: 'invalid', reason: `bits behind the first ${length} are set` };
  return { kind: 'prefix', prefix: prefixAround(octets, length) };
}

/**
 * The network that an address lies in.
 *
 * @param octets  16
 * @param length  1–64 bits
 */
export function prefixAround(octets: Uint8Array, length: number): Prefix {
  const network = octets.map((octet, index) => octet & ~hostMask(index, length));
  return { octets: network, length, text: `${addressText(network)}/${length}` };
}

/** The bits of this octet that lie behind the first `length` bits. */
function hostMask(index: number, length: number): number {
  const prefixBits = Math.min(Math.max(length - index * 8, 0), 8);
  return 0xff >> prefixBits;
}
