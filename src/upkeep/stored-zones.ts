import { stat } from 'node:fs/promises';

import { Class } from '../dns/codes.ts';
import type { ResourceRecord } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { inCanonicalOrder } from '../dns/zonefile/canonical-order.ts';
import { fromStoredRecordSet } from '../primary/embedded/stored-records.ts';
import { otherUserFault } from '../store/other-user.ts';
import { openSqliteZoneReader } from '../store/sqlite/sqlite-zone-reader.ts';
import type { Answer, RecordOrigin, StoredRecordSet, ZoneReader } from '../store/zone-store.ts';
import { countRecords, unpackRecords } from '../zone/packed-records.ts';

/** What a database holds, looked at without owning it: beside a running service as well as without one. */

export type OpenedReader = Answer<
  | { readonly kind: 'opened'; readonly reader: ZoneReader }
  /** Nobody has hosted a zone yet. */
  | { readonly kind: 'none' }
>;

export async function openZoneReader(path: string): Promise<OpenedReader> {
  const forbidden = otherUserFault(path, 'read');
  if (forbidden) return { kind: 'failed', fault: forbidden };
  return (await isDatabaseThere(path)) ? openSqliteZoneReader(path) : { kind: 'none' };
}

/** Also where this user may not see it. Whoever only looks asks first, for to open a database makes it. */
export async function isDatabaseThere(path: string): Promise<boolean> {
  return await stat(path).then(
    ({ size }) => size > 0,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}

/** A zone in the database, counted. */
export interface ZoneSummary {
  readonly zone: Name;
  readonly serial: number;
  readonly isDormant: boolean;
  /** So many names with records. */
  readonly names: number;
  readonly records: number;
}

/** By name. */
export async function summariseZones(
  reader: ZoneReader,
): Promise<Answer<{ readonly kind: 'zones'; readonly zones: readonly ZoneSummary[] }>> {
  const listed = await reader.zones();
  if (listed.kind === 'failed') return listed;
  const zones: ZoneSummary[] = [];
  for (const { zone } of listed.zones) {
    const counter = new RecordCounter();
    const loaded = await reader.load(zone, counter);
    if (loaded.kind === 'failed') return loaded;
    if (loaded.kind === 'unknown-zone') continue;
    const { serial, isDormant } = loaded;
    zones.push({ zone, serial, isDormant, names: counter.names, records: counter.records });
  }
  return { kind: 'zones', zones: zones.sort((a, b) => (a.zone.toString() < b.zone.toString() ? -1 : 1)) };
}

class RecordCounter {
  names = 0;
  records = 0;
  #owner: Buffer | undefined;

  recordSet(set: StoredRecordSet): void {
    this.records += countRecords(fromStoredRecordSet(set));
    if (this.#owner?.equals(set.owner) === true) return;
    this.#owner = Buffer.from(set.owner);
    this.names += 1;
  }

  journalEntry(): void {}
}

export interface StoredRecord {
  readonly record: ResourceRecord;
  readonly origin: RecordOrigin;
}

export type ReadZone = Answer<
  | {
      readonly kind: 'read';
      readonly serial: number;
      readonly isDormant: boolean;
      /** In canonical order, the SOA record first. */
      readonly records: readonly StoredRecord[];
    }
  | { readonly kind: 'unknown-zone' }
>;

/** All records of a zone, dormant or not. */
export async function readStoredZone(reader: ZoneReader, zone: Name): Promise<ReadZone> {
  const origins = new Map<ResourceRecord, RecordOrigin>();
  const loaded = await reader.load(zone, {
    recordSet: (set) => {
      const name = Name.fromWire(Buffer.from(set.owner));
      for (const { type, ttlSeconds: ttl, rdata } of unpackRecords(fromStoredRecordSet(set)))
        origins.set({ name, type, class: Class.IN, ttl, rdata }, set.origin);
    },
    journalEntry: () => {},
  });
  if (loaded.kind !== 'loaded') return loaded;
  const records = inCanonicalOrder(origins.keys()).map((record): StoredRecord => ({
    record,
    origin: origins.get(record) ?? 'dynamic',
  }));
  return { kind: 'read', serial: loaded.serial, isDormant: loaded.isDormant, records };
}
