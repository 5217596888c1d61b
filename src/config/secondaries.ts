import type { DnsConfig, ListenAddress } from './config.ts';
import { listenAddressText } from './network-address.ts';

const dnsPort = 53;

/**
 * Who follows the embedded zones as far as the configuration says where they are, and so is told of changes: those in `dns.notify`, and the
 * nameservers after the first one, which is this one. Each once.
 */
export function configuredSecondaries({
  notify,
  nameservers,
}: Pick<DnsConfig, 'notify' | 'nameservers'>): readonly ListenAddress[] {
  const others = nameservers.slice(1).flatMap(({ addresses }) => addresses.map(({ text }) => text));
  const places = [...notify, ...others.map((host) => ({ host, port: dnsPort }))];
  return [...new Map(places.map((place) => [listenAddressText(place), place])).values()];
}
