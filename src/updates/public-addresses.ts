import { type Address, addressFromOctets, addressScope, parseAddress } from './address.ts';
import { granted, type Permission } from './asker.ts';

/** For tokens and zones whose names may point to addresses that everybody can reach, and to no others. */
export function publicOnly(address: Address): Permission {
  const scope = addressScope(address);
  if (scope !== 'global')
    return refused(`it is a ${scope} address, and only addresses that everybody can reach may be set`);
  if (!isGloballyReachable(address))
    return refused(
      'it is in a range that the Internet does not route, and only addresses that everybody can reach may be set',
    );
  return granted;
}

/**
 * By the special-purpose registries of IANA (RFC 6890, as updated by RFC 8190), with documentation ranges as in `addressScope`. Of IPv6
 * only 2000::/3 is given out (RFC 4291 §2.4 with the IANA registry of address space); an address that stands for one of IPv4, as with 6to4
 * (RFC 3056 §2) and NAT64 (RFC 6052 §2.1), is judged as that one is.
 */
function isGloballyReachable(address: Address): boolean {
  const { family, octets } = address;
  if (family === 4) return isIn(address, reachableIpv4) || !isIn(address, unreachableIpv4);
  if (isIn(address, nat64)) return isReachableIpv4(octets.slice(12));
  if (isIn(address, sixToFour)) return isReachableIpv4(octets.slice(2, 6));
  return isIn(address, unicast) && (isIn(address, reachableIpv6) || !isIn(address, unreachableIpv6));
}

function isReachableIpv4(octets: Uint8Array): boolean {
  return publicOnly(addressFromOctets(octets)).kind === granted.kind;
}

interface Range {
  readonly octets: Uint8Array;
  readonly bits: number;
}

const unreachableIpv4 = ranges('192.0.0.0/24', '198.18.0.0/15', '240.0.0.0/4');
const reachableIpv4 = ranges('192.0.0.9/32', '192.0.0.10/32');
const unicast = ranges('2000::/3');
const nat64 = ranges('64:ff9b::/96');
const sixToFour = ranges('2002::/16');
const unreachableIpv6 = ranges('2001::/23');
const reachableIpv6 = ranges(
  '2001:1::1/128',
  '2001:1::2/128',
  '2001:1::3/128',
  '2001:3::/32',
  '2001:4:112::/48',
  '2001:20::/28',
  '2001:30::/28',
);

function ranges(...texts: readonly string[]): readonly Range[] {
  return texts.map((text) => {
    const [start = '', bits] = text.split('/');
    const address = parseAddress(start);
    if (!address) throw new TypeError(`${text} is no range`);
    return { octets: address.octets, bits: Number(bits) };
  });
}

function isIn({ octets }: Address, among: readonly Range[]): boolean {
  return among.some((range) => range.octets.length === octets.length && commonBits(range.octets, octets) >= range.bits);
}

/** How many bits two addresses of one family have in common from the left. */
function commonBits(a: Uint8Array, b: Uint8Array): number {
  const first = a.findIndex((octet, index) => octet !== b[index]);
  if (first === -1) return a.length * 8;
  return first * 8 + Math.clz32((a[first] ?? 0) ^ (b[first] ?? 0)) - 24;
}

function refused(reason: string): Permission {
  return { kind: 'refused', reason };
}
