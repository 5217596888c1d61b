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
      return reasonOf(asker.permission(name, operation.type, 'set')) ?? addressReason(operation, asker);
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

function addressReason({ rdata }: Extract<UpdateOperation, { kind: 'add' }>, asker: Asker): string | undefined {
  if (rdata.kind !== 'A' && rdata.kind !== 'AAAA') return undefined;
  return reasonOf(asker.addressPermission(addressFromOctets(rdata.address)));
}

function reasonOf(permission: Permission | undefined): string | undefined {
  return permission?.kind === 'refused' ? permission.reason : undefined;
}
