import { Class, Type, className, typeName } from '../dns/codes.ts';
import type { ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import type { OwnedRecords } from './difference.ts';
import { type NameKey, nameOfKey } from './name-key.ts';
import {
  compactRecords,
  countRecordSets,
  hasType,
  noRecords,
  type PackedRecords,
  packRecord,
  recordSetOf,
  withRecordSet,
} from './packed-records.ts';
import { addRecord, isSameRecordSet, isSingleton } from './record-set-change.ts';

/** The content of a zone, or why it is none. */
export type PackedZone =
  | { readonly kind: 'packed'; readonly content: readonly OwnedRecords[] }
  | { readonly kind: 'invalid'; readonly reason: string };

/**
 * Makes the content of a zone of records from outside: a master file, a transfer, the configuration.
 *
 * What every zone has to be is checked: one SOA record, NS records at the apex, nothing from elsewhere, and a CNAME alone
 * at its name (RFC 1035 §5.2, RFC 1034 §3.6.2). A record that is there twice counts once (RFC 2181 §5); of different TTLs
 * in one RRset the last one is taken.
 */
export function packZone(origin: Name, records: Iterable<ResourceRecord>): PackedZone {
  const names = new Map<NameKey, PackedRecords>();
  for (const { name, type, class: dnsClass, ttl, rdata } of records) {
    const said = `${name.toString()} ${typeName(type)}`;
    if (dnsClass !== Class.IN) return invalid(`${said} is of class ${className(dnsClass)} where IN is right`);
    if (!name.isAtOrBelow(origin)) return invalid(`${said} is not in the zone ${origin.toString()}`);
    const before = names.get(name.key) ?? noRecords;
    const present = recordSetOf(before, type);
    const record = packRecord({ type, ttlSeconds: ttl, rdata });
    if (type === Type.SOA && !name.equals(origin)) return invalid(`${said} is not at the apex`);
    if (isSingleton(type) && present !== noRecords && !isSameRecordSet(present, record))
      return invalid(`${said} is there twice with different data, and can be there once`);
    names.set(name.key, withRecordSet(before, type, addRecord(present, record)));
  }
  return checked(origin, names);
}

function checked(origin: Name, names: ReadonlyMap<NameKey, PackedRecords>): PackedZone {
  const apex = names.get(origin.key) ?? noRecords;
  for (const type of [Type.SOA, Type.NS]) {
    if (!hasType(apex, type)) return invalid(`The zone ${origin.toString()} has no ${typeName(type)} record`);
  }
  const content: OwnedRecords[] = [];
  for (const [owner, records] of names) {
    if (hasType(records, Type.CNAME) && countRecordSets(records) > 1) {
      return invalid(`A CNAME record stands beside others at ${nameOfKey(owner).toString()}`);
    }
    content.push({ owner, records: compactRecords(records) });
  }
  return { kind: 'packed', content };
}

function invalid(reason: string): PackedZone {
  return { kind: 'invalid', reason };
}
