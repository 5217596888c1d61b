import { randomInt } from 'node:crypto';

import type { Config } from '../config/config.ts';
import { listenAddressText } from '../config/network-address.ts';
import { configuredSecondaries } from '../config/secondaries.ts';
import type { Name } from '../dns/name.ts';
import { askSerial } from '../doctor/serial-question.ts';
import type { NameKey } from '../zone/name-key.ts';

export interface SecondarySerial {
  readonly serial: number;
  /** `198.51.100.7:53` */
  readonly holder: string;
}

export interface AskedSecondaries {
  readonly serials: ReadonlyMap<NameKey, readonly SecondarySerial[]>;
  /** Those that said nothing of use, with what they said. */
  readonly silent: readonly string[];
  /** Who may have the zones, too, and where nobody knows how to ask. */
  readonly unasked: readonly string[];
}

const answerTimeoutMs = 1_500;

/** Asks those who follow the hosted zones what they have of them. One that is silent once is not asked again. */
export async function askSecondaries({ dns }: Config, zones: readonly Name[]): Promise<AskedSecondaries> {
  const serials = new Map<NameKey, SecondarySerial[]>();
  const silent: string[] = [];
  await Promise.all(
    configuredSecondaries(dns).map(async (place) => {
      const holder = listenAddressText(place);
      for (const zone of zones) {
        const questioning = { freshId: () => randomInt(0x10000), timeoutMs: answerTimeoutMs };
        const answer = await askSerial({ address: place.host, port: place.port }, zone, questioning);
        if (answer.kind === 'serial')
          serials.set(zone.key, [...(serials.get(zone.key) ?? []), { serial: answer.serial, holder }]);
        else if (answer.kind === 'lame') silent.push(`${holder} does not serve ${zone.toString()}: ${answer.answer}`);
        else {
          silent.push(`${holder} does not answer`);
          return;
        }
      }
    }),
  );
  return { serials, silent: silent.sort(), unasked: unaskedOf(dns) };
}

function unaskedOf(dns: Config['dns']): readonly string[] {
  const asked = new Set(configuredSecondaries(dns).map(({ host }) => host));
  const nameless = dns.nameservers.slice(1).filter(({ addresses }) => addresses.length === 0);
  const networks = dns.transferNetworks.filter((network) => !asked.has(network.replace(/\/(?:32|128)$/, '')));
  const keys = asked.size > 0 ? [] : dns.transferKeys.map(({ name }) => name.toString());
  return [
    ...nameless.map(({ name }) => `${name.toString()} (dns.ns gives no address for it)`),
    ...networks.map((network) => `whoever transfers from ${network} (dns.transfer_networks)`),
    ...keys.map((key) => `whoever transfers with the key ${key} (dns.transfer_keys)`),
  ];
}
