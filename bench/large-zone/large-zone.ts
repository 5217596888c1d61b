import { Name } from '../../src/dns/name.ts';
import { embeddedZone } from '../embedded/embedded-testbed.ts';
import type { StoredAddress } from '../embedded/stored-zone.ts';
import { changingLabels } from '../update/numbered-names.ts';

export const smallNames = 1000;
export const largeNames = 1_000_000;

export function nameLabel(index: number): string {
  return `${changingLabels.service}${index}`;
}

/** An A and an AAAA record for each name, for a store. */
export function* zoneAddresses(names: number): Generator<StoredAddress> {
  const origin = Name.parse(embeddedZone);
  for (let index = 0; index < names; index += 1) {
    const name = origin.prepend(nameLabel(index));
    yield { name, address: Uint8Array.of(192, 0, 2, index) };
    yield { name, address: ipv6(index) };
  }
}

/** The same as lines of a master file. */
export function zoneLines(names: number): readonly string[] {
  return Array.from({ length: names }, (_, index) => {
    const low = `${(index >>> 16).toString(16)}:${(index & 0xffff).toString(16)}`;
    return `${nameLabel(index)} A 192.0.2.${index & 0xff}\n${nameLabel(index)} AAAA 2001:db8::${low}`;
  });
}

function ipv6(index: number): Uint8Array {
  const address = new Uint8Array(16);
  address.set([0x20, 0x01, 0x0d, 0xb8]);
  new DataView(address.buffer).setUint32(12, index);
  return address;
}
