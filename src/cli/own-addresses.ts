import type { NetworkInterfaceInfo } from 'node:os';
import { type Address, addressScope, compareAddresses, parseAddress } from '../updates/address.ts';

export type OwnAddresses =
  | { readonly kind: 'found'; readonly ipv4: Address | undefined; readonly ipv6: Address | undefined }
  | { readonly kind: 'unclear'; readonly reason: string };

/**
 * The public addresses of this machine: what stands on its interfaces and can be reached from everywhere.
 *
 * Behind a router that translates addresses there is no public IPv4 address to be seen here, and with privacy extensions
 * (RFC 8981) there are several IPv6 addresses. A guess would be wrong often, so nothing is guessed.
 */
export function ownPublicAddresses(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): OwnAddresses {
  const seen = new Map<string, Address>();
  for (const info of Object.values(interfaces).flatMap((list) => list ?? [])) {
    const address = info.internal ? undefined : parseAddress(info.address);
    if (address && addressScope(address) === 'global') seen.set(address.text, address);
  }
  const addresses = [...seen.values()].toSorted(compareAddresses);
  const ipv4 = addresses.filter(({ family }) => family === 4);
  const ipv6 = addresses.filter(({ family }) => family === 6);
  if (addresses.length === 0) {
    return { kind: 'unclear', reason: 'this machine has no public address of its own; name the address to set' };
  }
  const crowd = [ipv4, ipv6].find(({ length }) => length > 1);
  if (crowd) {
    const texts = crowd.map(({ text }) => text).join(', ');
    const family = crowd === ipv4 ? 'IPv4' : 'IPv6';
    return {
      kind: 'unclear',
      reason: `this machine has several public ${family} addresses (${texts}); name the one to set`,
    };
  }
  return { kind: 'found', ipv4: ipv4[0], ipv6: ipv6[0] };
}
