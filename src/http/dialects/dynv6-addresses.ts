import { parseAddress } from '../../updates/address.ts';
import { prefixAround } from '../../updates/prefix.ts';
import type { ClientAddress } from '../client-address.ts';
import type { Values } from './dyndns2-request.ts';

/** `reason` is a sentence without a full stop. */
export type Dynv6Addresses =
  | { readonly kind: 'values'; readonly values: Values }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Who asks `ipv6prefix=auto` has a network of this size at least (RFC 4291 §2.5.1). */
const ordinaryPrefixBits = 64;

/**
 * dynv6's `ipv4`, `ipv6` and `ipv6prefix` in the words of dyndns2 (dynv6.com/docs/apis).
 *
 * `ipv6` may be an address with its prefix length: the prefix is reported by it, too, unless `ipv6prefix` is given. `auto` is the client's own
 * address of that family, or the /64 around it. There is no prefix that could be taken away, so `ipv6prefix=-` asks for nothing.
 */
export function dynv6Addresses(values: Values, findClient: () => ClientAddress): Dynv6Addresses {
  const given = new Map<string, string>();
  for (const name of ['ipv4', 'ipv6', 'ipv6prefix']) {
    const value = values.get(name);
    if (value !== undefined) given.set(name, value);
  }
  for (const [name, value] of given) {
    if (value.toLowerCase() !== 'auto') continue;
    const client = findClient();
    if (client.kind === 'unknown') continue;
    const { address } = client;
    if (address.family !== (name === 'ipv4' ? 4 : 6))
      return { kind: 'unusable', reason: `${name}=auto came from ${address.text}, which is of the other family` };
    if (name === 'ipv6prefix') given.set(name, prefixAround(address.octets, ordinaryPrefixBits).text);
  }
  if (given.get('ipv6prefix') === '-') given.delete('ipv6prefix');
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,2})$/.exec(given.get('ipv6') ?? '') ?? [];
  const parsed = parseAddress(address);
  if (parsed?.family === 6 && Number(length) >= 1 && Number(length) <= ordinaryPrefixBits) {
    const around = prefixAround(parsed.octets, Number(length));
    const isNetwork = around.octets.every((octet, index) => octet === parsed.octets[index]);
    if (isNetwork) given.delete('ipv6');
    else given.set('ipv6', address);
    if (!values.get('ipv6prefix')) given.set('ipv6prefix', around.text);
  }
  return { kind: 'values', values: given };
}
