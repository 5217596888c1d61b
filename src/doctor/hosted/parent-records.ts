import type { Name } from '../../dns/name.ts';
import type { DescribedNameserver } from './hosted-zone-description.ts';

/** One record that the zone above needs: owner, type, and value, as in a master file. */
export interface ParentRecord {
  readonly owner: string;
  readonly type: 'NS' | 'A' | 'AAAA';
  readonly value: string;
}

/**
 * What the zone above needs to delegate a zone: its NS records, and glue, the addresses of those of its nameservers whose names
 * lie in it, since nobody could find them otherwise (RFC 1034 §4.2.1, RFC 9471 §3.1). Of these, one without a known address is left
 * out: it would be of no use there.
 */
export function parentRecords(zone: Name, nameservers: readonly DescribedNameserver[]): readonly ParentRecord[] {
  const owner = zone.toString();
  const isInZone = (name: Name) => name.isAtOrBelow(zone);
  const useful = nameservers.filter(({ name, addresses }) => addresses.length > 0 || !isInZone(name));
  const delegation = useful.map(({ name }) => ({ owner, type: 'NS' as const, value: name.toString() }));
  const glue = useful
    .filter(({ name }) => isInZone(name))
    .flatMap(({ name, addresses }) =>
      addresses.map((value) => ({
        owner: name.toString(),
        type: value.includes(':') ? ('AAAA' as const) : ('A' as const),
        value,
      })),
    );
  return [...delegation, ...glue];
}

/** In columns, as people write them into a zone file. */
export function parentRecordLines(records: readonly ParentRecord[]): readonly string[] {
  const ownerColumns = Math.max(0, ...records.map(({ owner }) => owner.length));
  return records.map(({ owner, type, value }) => `${owner.padEnd(ownerColumns)}  ${type.padEnd(4)}  ${value}`);
}
