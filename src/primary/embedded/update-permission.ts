import { Type } from '../../dns/codes.ts';
import type { UpdateOperation } from '../../dns/update.ts';
import { addressFromOctets } from '../../updates/address.ts';
import type { Asker, Permission } from '../../updates/asker.ts';
import { splitRecordSets, typeAt } from '../../zone/packed-records.ts';
import type { ZoneView } from '../../zone/zone-view.ts';

/** What a deletion of a name asks for where nothing is there: whoever may have none of these has no business there. */
const usualTypes = [Type.A, Type.AAAA, Type.TXT];

/**
 * Why whoever asks may not do this to a zone; undefined where he may (RFC 2136 §3.3).
 *
 * A name is deleted (§2.5.3) as the types that it has; SOA and NS of the apex stay anyway (§3.4.2.3).
 */
export function reasonAgainstAsker(operation: UpdateOperation, view: ZoneView, asker: Asker): string | undefined {
  const { name } = operation;
  switch (operation.kind) {
    case 'add':
      return (
        reasonOf(asker.permission(name, operation.type, 'set')) ??
        reasonAgainstAddress(operation, (address) => asker.addressPermission(address))
      );
    case 'delete-rrset':
    case 'delete-record':
      return reasonOf(asker.permission(name, operation.type, 'remove'));
    case 'delete-name': {
      const reasons = typesThatGo(operation, view).map((type) => reasonOf(asker.permission(name, type, 'remove')));
      if (reasons.length > 0) return reasons.find((reason) => reason !== undefined);
      const permissions = usualTypes.map((type) => asker.permission(name, type, 'remove'));
      return permissions.some(({ kind }) => kind === 'granted') ? undefined : reasonOf(permissions[0]);
    }
  }
}

function typesThatGo({ name }: UpdateOperation, view: ZoneView): number[] {
  const types = splitRecordSets(view.records(name.key)).map((set) => typeAt(set, 0));
  const isApex = name.key === view.origin.key;
  return isApex ? types.filter((type) => type !== Type.SOA && type !== Type.NS) : types;
}

/** Why an address may not be set; undefined where it may, and for everything else. */
export function reasonAgainstAddress(
  operation: UpdateOperation,
  permission: Asker['addressPermission'],
): string | undefined {
  if (operation.kind !== 'add' || !('address' in operation.rdata)) return undefined;
  return reasonOf(permission(addressFromOctets(operation.rdata.address)));
}

function reasonOf(permission: Permission | undefined): string | undefined {
  return permission?.kind === 'refused' ? permission.reason : undefined;
}
