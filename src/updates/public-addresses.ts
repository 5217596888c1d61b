import { type Address, addressScope } from './address.ts';
import { granted, type Permission } from './asker.ts';

/** For tokens and zones whose names may point to addresses that everybody can reach, and to no others. */
export function publicOnly(address: Address): Permission {
  const scope = addressScope(address);
  if (scope === 'global') return granted;
  return {
    kind: 'refused',
    reason: `it is a ${scope} address, and only addresses that everybody can reach may be set`,
  };
}
