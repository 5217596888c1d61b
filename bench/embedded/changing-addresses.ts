import { Name } from '../../src/dns/name.ts';
import { changingLabels, nameCount } from '../update/numbered-names.ts';
import { embeddedZone } from './embedded-testbed.ts';
import type { StoredAddress } from './stored-zone.ts';

/** The names that change, as BIND has them in its zone file. */
export function* changingAddresses(): Generator<StoredAddress> {
  const address = Uint8Array.of(192, 0, 2, 1);
  for (const label of [changingLabels.service, changingLabels.dnsperf])
    for (let index = 0; index < nameCount; index += 1)
      yield { name: Name.parse(`${label}${index}.${embeddedZone}`), address };
}
