import { isIP } from 'node:net';

import type { ListenAddress } from './nameserver.ts';
import { wildcardFamily } from './own-addresses.ts';

/**
 * From which of our addresses a secondary is told of changes: the one that serves, since a secondary takes NOTIFY from its
 * primary alone (RFC 1996 §3.10), and that is for it the address that it transfers from.
 *
 * @param target  the secondary's IP address
 * @param listen  where the zones are served
 * @returns undefined where several addresses of the family serve, or a wildcard, or none: then the kernel chooses, by the route
 */
export function notifySource(target: string, listen: readonly ListenAddress[]): string | undefined {
  const family = isIP(target);
  const serving = new Set(listen.map(({ address }) => address).filter((address) => isIP(address) === family));
  if ([...serving].some((address) => wildcardFamily(address) !== undefined)) return undefined;
  // From loopback, nothing comes to another machine.
  const usable = [...serving].filter((address) => isLoopback(target) || !isLoopback(address));
  return usable.length === 1 ? usable[0] : undefined;
}

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3 */
function isLoopback(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : /^[0:]*:0*1$/.test(address);
}
