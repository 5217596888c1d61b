import type { Address } from '../updates/address.ts';

/** What counts as one source: an IPv4 address, and the /64 of an IPv6 address, of which one line has as many as it likes. */
export function sourceNetwork({ family, octets, text }: Address): string {
  return family === 4 ? text : Buffer.from(octets.buffer, octets.byteOffset, 8).toString('hex');
}
