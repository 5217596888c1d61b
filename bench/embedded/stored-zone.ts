import { Class, Type } from '../../src/dns/codes.ts';
import type { ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { toStoredRecordSets } from '../../src/primary/embedded/stored-records.ts';
import { packRdatas } from '../../src/store/rdata-list.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import type { StoredRecordSet } from '../../src/store/zone-store.ts';
import { packZone } from '../../src/zone/pack-zone.ts';

/** An address of a name, as whoever updates has set it. */
export interface StoredAddress {
  readonly name: Name;
  /** 4 octets for A, 16 for AAAA. */
  readonly address: Uint8Array;
}

const ttlSeconds = 300;

/** Makes a database with a zone of these addresses, as a service leaves one behind that has run for a long time. */
export async function storeZone(path: string, zone: string, addresses: Iterable<StoredAddress>): Promise<void> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => Math.floor(Date.now() / 1000) });
  if (opened.kind === 'failed') throw new Error(`The store could not be opened: ${JSON.stringify(opened.fault)}`);
  await using store = opened.store;
  const result = await store.create({ zone: Name.parse(zone), serial: 1, recordSets: recordSets(zone, addresses) });
  if (result.kind !== 'committed') throw new Error(`The zone could not be stored: ${JSON.stringify(result)}`);
}

function* recordSets(zone: string, addresses: Iterable<StoredAddress>): Generator<StoredRecordSet> {
  const apex = packZone(Name.parse(zone), apexRecords(Name.parse(zone)));
  if (apex.kind === 'invalid') throw new Error(apex.reason);
  yield* toStoredRecordSets(apex.content, () => 'static');
  for (const { name, address } of addresses) {
    const type = address.length === 4 ? Type.A : Type.AAAA;
    const rdatas = packRdatas([address]);
    yield { owner: name.toLowerCase().wire, type, ttlSeconds, origin: 'dynamic', rdatas };
  }
}

/** The service makes them what its configuration says. */
function apexRecords(origin: Name): readonly ResourceRecord[] {
  const head = { name: origin, class: Class.IN, ttl: ttlSeconds };
  const nameserver = origin.prepend('ns');
  const numbers = { serial: 1, refresh: 3600, retry: 600, expire: 1_209_600, minimum: 60 };
  return [
    { ...head, type: Type.SOA, rdata: { kind: 'SOA', mname: nameserver, rname: nameserver, ...numbers } },
    { ...head, type: Type.NS, rdata: { kind: 'NS', target: nameserver } },
  ];
}
