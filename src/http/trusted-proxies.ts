import { BlockList } from 'node:net';
import { type Address, parseAddress } from '../updates/address.ts';

/** The proxies whose word about their clients is taken: addresses and networks in CIDR notation. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** @param entries  `192.0.2.1`, `192.0.2.0/24`, `::1`, `2001:db8::/32`; the configuration has checked them */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [text = '', prefix, ...more] = entry.split('/');
      const address = parseAddress(text);
      if (!address || more.length > 0)
        throw new RangeError(`a trusted proxy is an address or a network, not "${entry}"`);
      const bits = address.family === 4 ? 32 : 128;
      const length = prefix === undefined ? bits : Number(prefix);
      if (!/^\d{1,3}$/.test(prefix ?? '0') || length > bits)
        throw new RangeError(`the prefix length of the trusted network "${entry}" must be 0 to ${bits}`);
      this.#list.addSubnet(address.text, length, familyName(address));
    }
  }

  includes(address: Address): boolean {
    return this.#list.check(address.text, familyName(address));
  }
}

function familyName({ family }: Address): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6';
}
