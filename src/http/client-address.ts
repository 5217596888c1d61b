import { type Address, parseAddress } from '../updates/address.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** Whose address the request has. */
export type ClientAddress =
  | {
      readonly kind: 'known';
      readonly address: Address;
      /** It is still the address of one of our own proxies, so nobody has told us of a client behind it. */
      readonly isTrustedProxy: boolean;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A chain of proxies that is longer than this is no chain of proxies. */
const mostHops = 50;

/**
 * Finds the client's address: the peer's own, or, where the peer is a proxy we trust, the one that the proxy names.
 *
 * Every proxy appends whom it heard from, so the list is walked from right to left, and only as far as the word of
 * trusted proxies reaches: anybody can have written what stands further left. For the same reason an entry that is no
 * address ends the walk without a result.
 *
 * Deliberately only X-Forwarded-For: of two headers that may contradict each other (RFC 7239 `Forwarded` is the other), a
 * proxy that sets one passes on the other as its client sent it.
 *
 * @param peer          the socket's remote address
 * @param forwardedFor  the X-Forwarded-For headers, joined by commas in their order
 */
export function findClientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: TrustedProxies,
): ClientAddress {
  const direct = peer === undefined ? undefined : parseAddress(withoutZone(peer));
  if (!direct) return { kind: 'unknown', reason: 'the connection has no address any more' };
  if (!proxies.includes(direct)) return { kind: 'known', address: direct, isTrustedProxy: false };
  if (forwardedFor === undefined || forwardedFor.trim() === '')
    return { kind: 'known', address: direct, isTrustedProxy: true };
  const hops = forwardedFor.split(',', mostHops + 1);
  if (hops.length > mostHops)
    return { kind: 'unknown', reason: `its X-Forwarded-For header has more than ${mostHops} entries` };
  let nearest = direct;
  for (const hop of hops.toReversed()) {
    const address = parseHop(hop.trim());
    if (!address) return { kind: 'unknown', reason: 'its X-Forwarded-For header has an entry that is no IP address' };
    if (!proxies.includes(address)) return { kind: 'known', address, isTrustedProxy: false };
    nearest = address;
  }
  return { kind: 'known', address: nearest, isTrustedProxy: true };
}

/** An entry as proxies write it: `192.0.2.1`, `192.0.2.1:5678`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5678`. */
function parseHop(text: string): Address | undefined {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  if (bracketed !== undefined) return bracketed.includes(':') ? parseAddress(withoutZone(bracketed)) : undefined;
  const beforePort = /^([\d.]+):\d{1,5}$/.exec(text)?.[1];
  return parseAddress(beforePort ?? withoutZone(text));
}

/** A zone index (RFC 4007 §11) says on which link of this machine; it is no part of the address. */
function withoutZone(text: string): string {
  const percent = text.indexOf('%');
  return percent > 0 && text.includes(':') ? text.slice(0, percent) : text;
}
