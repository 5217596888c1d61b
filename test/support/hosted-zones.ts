import assert from 'node:assert/strict';
import { join } from 'node:path';

import { Class, Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { TsigKey } from '../../src/dns/tsig.ts';
import type { UpdateOperation } from '../../src/dns/update.ts';
import { readRecords } from '../../src/dns/zonefile/read-zone.ts';
import type { UpdateSubmission, UpdateVerdict } from '../../src/nameserver/served-zones.ts';
import { EmbeddedZones } from '../../src/primary/embedded/embedded-zones.ts';
import type { StaticRecord } from '../../src/primary/embedded/static-content.ts';
import { defaultHostedZoneLimits } from '../../src/primary/limits.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import type { ZoneStore } from '../../src/store/zone-store.ts';
import { addressFromOctets, parseAddress } from '../../src/updates/address.ts';
import type { Clock } from '../../src/updates/clock.ts';
import type { Planned, Primary, TransactionResult } from '../../src/updates/ports.ts';
import type { Zone } from '../../src/zone/zone.ts';
import { ownedLines, zoneLines } from './zone-fixture.ts';

export const origin = Name.parse('dyn.example.');
export const administratorKey: TsigKey = {
  name: origin,
  algorithm: 'hmac-sha256',
  secret: Buffer.from('administrator'),
};

/** The first serial of a zone that is made by it. */
export const startSeconds = 1_800_000_000;
export const clock: Clock = { unixSeconds: () => startSeconds, monotonicMs: () => performance.now() };

const apex = ['@ 3600 IN SOA ns1 hostmaster 0 3600 600 1209600 60', '@ 3600 IN NS ns1', 'ns1 3600 IN A 192.0.2.53'];

/** Static records as a configuration gives them: SOA, NS and its address, and these lines; each placed at its line. */
export function staticRecords(lines: readonly string[] = [], zone = origin): StaticRecord[] {
  return [...apex, ...lines].flatMap((line, index) => {
    const read = readRecords(line, { origin: zone });
    assert.ok(read.kind === 'records', JSON.stringify(read));
    return read.records.map((record) => ({ record, place: `/etc/dyndns.yml:${index + 1}` }));
  });
}

export async function openStore(
  directory: string,
  setting: { journal?: { entriesPerZone: number; octetsPerZone: number } } = {},
): Promise<ZoneStore> {
  const opened = await openSqliteZoneStore({
    path: join(directory, 'dyndns.db'),
    unixSeconds: () => startSeconds,
    ...setting,
  });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  return opened.store;
}

export function hostZones(store: ZoneStore, committed: (submissions: number) => void = () => {}): EmbeddedZones {
  return new EmbeddedZones({ store, clock, limits: defaultHostedZoneLimits, committed });
}

/** Hosts the one zone with these static lines. @returns the warnings */
export async function configure(zones: EmbeddedZones, lines: readonly string[] = []): Promise<readonly string[]> {
  const zone = { name: origin, key: administratorKey, records: staticRecords(lines) };
  const configured = await zones.configure({ zones: [zone], transferKeys: [] });
  assert.ok(configured.kind === 'configured', JSON.stringify(configured));
  return configured.warnings;
}

export function primaryOf(zones: EmbeddedZones): Primary {
  const primary = zones.primary(origin);
  assert.ok(primary);
  return primary;
}

export function zoneOf(zones: EmbeddedZones): Zone {
  const served = zones.get(origin.key);
  assert.ok(served);
  return served.zone;
}

/** What a zone holds at a name, in lines. */
export function linesAt(zone: Zone, label: string): readonly string[] {
  const { key } = Name.parse(`${label}.${origin.toString()}`);
  return ownedLines({ owner: key, records: zone.records(key) });
}

/** Everything but the SOA record, whose serial is told apart. */
export function contentLines(zone: Zone): readonly string[] {
  return zoneLines(zone).filter((line) => !line.includes(' SOA '));
}

/** Replaces the A records of a name with one, or removes them. */
export function setAddress(
  primary: Primary,
  label: string,
  text: string | undefined,
): Promise<TransactionResult<Planned>> {
  const name = Name.parse(`${label}.${origin.toString()}`);
  const address = text === undefined ? undefined : parseAddress(text);
  const after = address && {
    name,
    type: Type.A,
    ttlSeconds: 60,
    rdatas: [{ kind: 'A' as const, address: address.octets }],
  };
  return primary.transact({
    reads: [{ name, type: Type.A }],
    plan: (current) => {
      const before = current.recordSet(name, Type.A);
      return { changes: before || after ? [{ name, type: Type.A, before, after }] : [] };
    },
    deadlineMs: performance.now() + 10_000,
  });
}

/** Adds dynamic records, in master-file lines, as the administrator does by UPDATE. @returns the rcode */
export async function addRecords(zones: EmbeddedZones, lines: readonly string[]): Promise<number> {
  const read = readRecords(lines.join('\n'), { origin, defaultTtlSeconds: 60 });
  assert.ok(read.kind === 'records', JSON.stringify(read));
  const operations = read.records.map(({ name, type, ttl, rdata }): UpdateOperation => ({
    kind: 'add',
    name,
    type,
    ttl,
    rdata,
  }));
  return (await update(zones, operations)).rcode;
}

export interface SignedBy {
  readonly key?: TsigKey | undefined;
  readonly remember?: UpdateSubmission['remember'];
}

/** Where updates of tests come from. */
export const clientAddress = addressFromOctets(Uint8Array.of(192, 0, 2, 7));

export function update(
  zones: EmbeddedZones,
  operations: readonly UpdateOperation[],
  { key = administratorKey, remember }: SignedBy = {},
): Promise<UpdateVerdict> {
  const served = zones.get(origin.key);
  assert.ok(served);
  const message = { id: 1, zone: origin, zoneClass: Class.IN, prerequisites: [], operations };
  return served.update({ update: message, key, source: clientAddress, remember });
}
