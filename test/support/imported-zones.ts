import assert from 'node:assert/strict';

import { readRecords } from '../../src/dns/zonefile/read-zone.ts';
import type { EmbeddedZones } from '../../src/primary/embedded/embedded-zones.ts';
import { ImportCollector } from '../../src/primary/embedded/import/imported-zone.ts';
import type { ImportMode, ImportReport } from '../../src/primary/embedded/import/import-report.ts';
import { configure, hostZones, openStore, origin } from './hosted-zones.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

/** What a zone elsewhere may be, in lines; its SOA record is put before them. */
export function importedOf(lines: readonly string[], serial = 7, timers = 'hostmaster SERIAL 3600 600 1209600 60') {
  const soa = `@ 3600 IN SOA old.example. ${timers.replace('SERIAL', String(serial))}`;
  const read = readRecords([soa, ...lines].join('\n'), { origin, defaultTtlSeconds: 300 });
  assert.ok(read.kind === 'records', JSON.stringify(read));
  const collector = new ImportCollector(origin);
  for (const record of read.records) collector.add(record);
  const collected = collector.finish();
  assert.ok(collected.kind === 'collected', JSON.stringify(collected));
  return collected.imported;
}

export async function imports(
  zones: EmbeddedZones,
  lines: readonly string[],
  mode: ImportMode = 'fresh',
  serial?: number,
): Promise<ImportReport> {
  const outcome = await zones.importZone(origin, importedOf(lines, serial), mode);
  assert.ok(outcome.kind === 'imported', JSON.stringify(outcome));
  return outcome.report;
}

/** Hosts the zone with these static lines, for as long as the test lasts. */
export async function hosted(
  use: (zones: EmbeddedZones, again: () => Promise<EmbeddedZones>) => Promise<void>,
  statics: readonly string[] = [],
) {
  await using directory = await createTemporaryDirectory('import');
  let store = await openStore(directory.path);
  let zones = hostZones(store);
  try {
    await configure(zones, statics);
    await use(zones, async () => {
      await zones[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      store = await openStore(directory.path);
      zones = hostZones(store);
      await configure(zones, statics);
      return zones;
    });
  } finally {
    await zones[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  }
}
