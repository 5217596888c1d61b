import type { ResourceRecord } from '../../dns/message.ts';
import type { Name } from '../../dns/name.ts';
import type { NameKey } from '../../zone/name-key.ts';
import { packZone } from '../../zone/pack-zone.ts';
import type { PackedRecords } from '../../zone/packed-records.ts';
import { Ownership } from './ownership.ts';

/** A record that the configuration puts into a zone. */
export interface StaticRecord {
  readonly record: ResourceRecord;
  /** Where it is written, as a person finds it: `/etc/dyndns.yml:12`. */
  readonly place: string;
}

/** All that the configuration says of a zone's content, its SOA and NS records among it. */
export interface StaticContent {
  readonly names: ReadonlyMap<NameKey, PackedRecords>;
  readonly ownership: Ownership;
}

/** @throws when the records are no zone; the configuration has been checked for that */
export function staticContent(origin: Name, records: readonly StaticRecord[]): StaticContent {
  const packed = packZone(
    origin,
    records.map(({ record }) => record),
  );
  if (packed.kind === 'invalid') throw new Error(packed.reason);
  const places = new Map<NameKey, Map<number, string>>();
  for (const { record, place } of records) {
    const { key } = record.name;
    const types = places.get(key) ?? new Map<number, string>();
    places.set(key, types);
    if (!types.has(record.type)) types.set(record.type, place);
  }
  return {
    names: new Map(packed.content.map(({ owner, records: at }) => [owner, at])),
    ownership: new Ownership(origin, places),
  };
}
