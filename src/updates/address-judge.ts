import { type Address, judgeAddress } from './address.ts';
import type { Asker } from './asker.ts';

/** Why an address cannot be set, a sentence without a full stop; undefined when it can. */
export type AddressJudge = (address: Address) => string | undefined;

/** What is never right, what the asker may not set, and what the zone does not take. */
export function addressJudge(asker: Asker, zonePermission: Asker['addressPermission'] | undefined): AddressJudge {
  return (address) => {
    const verdict = judgeAddress(address, 'explicit');
    if (verdict.kind === 'refused') return verdict.reason;
    for (const permission of [asker.addressPermission(address), zonePermission?.(address)])
      if (permission?.kind === 'refused') return permission.reason;
    return undefined;
  };
}
