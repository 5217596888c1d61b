import { type Address, addressFromOctets } from '../updates/address.ts';

/** An IP address as octets: 4 for IPv4, 16 for IPv6, in the order of the network. Written over with every address read. */
export interface AddressOctets {
  readonly octets: Uint8Array;
  length: 4 | 16;
}

export function makeAddressOctets(): AddressOctets {
  return { octets: new Uint8Array(16), length: 4 };
}

/** As a value that lasts. */
export function addressOf({ octets, length }: AddressOctets): Address {
  return addressFromOctets(octets.slice(0, length));
}

/** What is counted as one client: an IPv4 address, and the /64 of an IPv6 address, of which one host has as many as it likes. */
export function networkOf({ octets, length }: AddressOctets): string {
  return Buffer.from(octets.subarray(0, length === 4 ? 4 : 8)).toString('hex');
}

const dot = 0x2e;
const zero = 0x30;

/**
 * Reads an address as Node writes those of peers: `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`. An IPv4 address in the form of IPv6, as
 * a socket for both families gives it, is one of IPv4.
 *
 * It comes with every packet, so nothing is allocated for IPv4.
 */
export function readAddress(text: string, into: AddressOctets): void {
  if (!text.includes(':')) readIpv4(text, 0, into.octets, 0);
  else if (text.startsWith('::ffff:') && text.includes('.')) readIpv4(text, 7, into.octets, 0);
  else {
    readIpv6(text, into.octets);
    into.length = 16;
    return;
  }
  into.length = 4;
}

function readIpv4(text: string, from: number, octets: Uint8Array, at: number): void {
  let value = 0;
  let index = at;
  for (let position = from; position < text.length; position += 1) {
    const code = text.charCodeAt(position);
    if (code === dot) {
      octets[index] = value;
      index += 1;
      value = 0;
    } else value = value * 10 + code - zero;
  }
  octets[index] = value;
}

function readIpv6(text: string, octets: Uint8Array): void {
  octets.fill(0);
  const [head = '', tail] = text.replace(/%.*$/, '').split('::');
  const headGroups = head === '' ? [] : head.split(':');
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':');
  // RFC 4291 §2.2: the groups after "::" are the last ones, and a dotted one at the end stands for two
  const tailLength = tailGroups.length + Number(tailGroups.at(-1)?.includes('.') ?? false);
  writeGroups(headGroups, octets, 0);
  writeGroups(tailGroups, octets, 16 - 2 * tailLength);
}

function writeGroups(groups: readonly string[], octets: Uint8Array, from: number): void {
  for (const [index, group] of groups.entries()) {
    const at = from + 2 * index;
    if (group.includes('.')) readIpv4(group, 0, octets, at);
    else {
      const value = Number.parseInt(group, 16);
      octets[at] = value >>> 8;
      octets[at + 1] = value;
    }
  }
}
