import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { makeFirstSchema, oldContent } from '../../test/support/first-schema.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { toStoredContent } from '../primary/embedded/stored-records.ts';
import { migrations } from '../store/sqlite/migrations.ts';
import { openSqliteZoneReader } from '../store/sqlite/sqlite-zone-reader.ts';
import { openSqliteZoneStore } from '../store/sqlite/sqlite-zone-store.ts';
import { packRecord } from '../zone/packed-records.ts';
import { restoreDatabase } from './restore-database.ts';

const zone = Name.parse('dyn.example.');
const now = 1_795_000_000;
/** A date, as many serials are, and ahead of the time. */
const dated = 2026112601;
const clock = { unixSeconds: () => now, monotonicMs: () => performance.now() };

/** A database with the zone at this serial. @param backup  where a copy of it goes */
async function makeDatabase(path: string, serial: number, backup?: string): Promise<void> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => now });
  assert.ok(opened.kind === 'opened');
  await using store = opened.store;
  const timers = { refresh: 3600, retry: 600, expire: 1_209_600, minimum: 60 };
  const rdata = { kind: 'SOA', mname: zone, rname: zone, serial, ...timers } as const;
  const soa = toStoredContent(packRecord({ type: Type.SOA, ttlSeconds: 60, rdata }), 'static');
  const recordSets = [{ owner: zone.wire, type: Type.SOA, ...soa }];
  assert.deepEqual(await store.create({ zone, serial, recordSets }), { kind: 'committed' });
  if (backup !== undefined) assert.deepEqual(await store.backup(backup), { kind: 'done' });
}

/** The database that was there before has the zone at this serial, and nobody says what they have of it. */
async function restoreOver(serialBefore: number) {
  await using directory = await createTemporaryDirectory('restore');
  const [path, from] = [join(directory.path, 'zones.db'), join(directory.path, 'backup.db')];
  await makeDatabase(join(directory.path, 'lost.db'), dated, from);
  await makeDatabase(path, serialBefore);
  const askSecondaries = () => Promise.resolve({ serials: new Map(), isComplete: false });
  const outcome = await restoreDatabase({ from, path, forcedSerials: new Map(), askSecondaries, clock });
  return outcome.kind === 'restored' ? outcome.zones[0] : assert.fail(JSON.stringify(outcome));
}

test('a database that was begun anew since the backup says nothing of what secondaries have', async () => {
  const restored = await restoreOver(now);
  assert.equal(restored?.isEstimated, true);
  assert.ok(restored.serial > dated + 100_000, `${restored.serial}`);
});

test('the one that went on since the backup does', async () => {
  const restored = await restoreOver(dated + 50);
  assert.deepEqual([restored?.isEstimated, restored?.serial], [false, dated + 51]);
});

test('a backup that a version of the first schema has made is brought up to date, and stays as it was itself', async () => {
  await using directory = await createTemporaryDirectory('restore');
  const [path, from] = [join(directory.path, 'zones.db'), join(directory.path, 'backup.db')];
  const old = join(directory.path, 'old.db');
  makeFirstSchema(old);
  leaveZonesWithSoa(old);
  const reader = openSqliteZoneReader(old);
  assert.ok(reader.kind === 'opened');
  assert.deepEqual(await reader.reader.backup(from), { kind: 'done' });
  const content = oldContent(from);
  const askSecondaries = () => Promise.resolve({ serials: new Map(), isComplete: false });
  const outcome = await restoreDatabase({ from, path, forcedSerials: new Map(), askSecondaries, clock });
  assert.ok(outcome.kind === 'restored', JSON.stringify(outcome));
  assert.deepEqual(
    outcome.zones.map((each) => each.zone.toString()),
    ['dyn.example.'],
  );
  assert.equal(oldContent(path).version, migrations.length);
  assert.equal(oldContent(path).rows.record_set.length, content.rows.record_set.length);
  assert.deepEqual(oldContent(from), content);
});

/** The dormant zone of the test vector was made by hand, of nothing but its serial; one of the real service has an SOA record. */
function leaveZonesWithSoa(path: string): void {
  using database = new DatabaseSync(path);
  database.exec("DELETE FROM zone WHERE state = 'dormant'");
}
