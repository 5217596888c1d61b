import { BlockList, isIP } from 'node:net';

/**
 * Addresses and networks, IPv4 and IPv6, that something is allowed to.
 *
 * An IPv4 client of a socket for both families shows up as an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), and is the IPv4 one.
 */
export class AddressList {
  readonly #list = new BlockList();

  /**
   * @param networks  `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`, as the configuration has checked them
   * @throws for what is neither an address nor a network
   */
  constructor(networks: Iterable<string>) {
    for (const network of networks) this.#add(network);
  }

  has(address: string): boolean {
    const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, '').replace(/%.*$/, '');
    const family = isIP(plain);
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }

  #add(network: string): void {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address);
    if (family === 0) throw new Error(`${network} is neither an address nor a network`);
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    this.#list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
}
