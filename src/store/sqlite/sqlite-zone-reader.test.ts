import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { address, commitSteps, setTo, step, storedContent } from '../../../test/support/stored-content.ts';
import { makeFirstSchema, oldContent } from '../../../test/support/first-schema.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { Name } from '../../dns/name.ts';
import { openSqliteZoneReader } from './sqlite-zone-reader.ts';
import { openSqliteZoneStore } from './sqlite-zone-store.ts';

const zone = Name.parse('dyn.example');

test('a reader sees what a running store has committed, and copies it', async () => {
  await using directory = await createTemporaryDirectory('store-reader');
  const path = join(directory.path, 'dyndns.db');
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => 0 });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  await using store = opened.store;
  assert.deepEqual(await store.create({ zone, serial: 1, recordSets: [address(zone, 1)] }), { kind: 'committed' });
  const reader = openReader(path);
  for (let serial = 1; serial < 4; serial += 1) {
    assert.deepEqual(await commitSteps(store, step(zone, serial, [setTo(address(zone, serial))])), {
      kind: 'committed',
    });
    assert.deepEqual(await storedContent(reader, zone), await storedContent(store, zone));
  }
  assert.deepEqual(await reader.zones(), { kind: 'zones', zones: [{ zone, serial: 4, isDormant: false }] });
  assert.equal(await storedContent(reader, Name.parse('other.example')), undefined);
  assert.deepEqual(await reader.check(), { kind: 'sound' });
  const copy = join(directory.path, 'copy.db');
  assert.deepEqual(await reader.backup(copy), { kind: 'done' });
  assert.deepEqual(await storedContent(openReader(copy), zone), await storedContent(store, zone));
  const besides = (await readdir(directory.path)).filter((file) => file.startsWith('copy.db'));
  assert.deepEqual(besides, ['copy.db']);
  assert.equal((await stat(copy)).mode & 0o777, 0o600);
});

test('a reader makes no database where there is none, and takes no other', async () => {
  await using directory = await createTemporaryDirectory('store-reader');
  const missing = openSqliteZoneReader(join(directory.path, 'dyndns.db'));
  assert.ok(missing.kind === 'failed' && missing.fault.code === 'cannot-open');
  const empty = openSqliteZoneReader(await directory.write('empty.db', ''));
  assert.ok(empty.kind === 'failed' && empty.fault.code === 'cannot-open');
  const text = openSqliteZoneReader(await directory.write('text.db', 'This is a text.\n'.repeat(100)));
  assert.ok(text.kind === 'failed' && text.fault.code === 'corrupt');
});

test('a database of the first schema is read and copied as it is', async () => {
  await using directory = await createTemporaryDirectory('store-reader');
  const [path, copy] = [join(directory.path, 'old.db'), join(directory.path, 'copy.db')];
  makeFirstSchema(path);
  const reader = openReader(path);
  const listed = await reader.zones();
  assert.ok(listed.kind === 'zones');
  assert.deepEqual(
    listed.zones.map((each) => each.zone.toString()).toSorted((a, b) => (a < b ? -1 : 1)),
    ['asleep.example.', 'dyn.example.'],
  );
  assert.deepEqual(await reader.check(), { kind: 'sound' });
  assert.deepEqual(await reader.backup(copy), { kind: 'done' });
  assert.deepEqual(oldContent(copy), oldContent(path));
  assert.equal(oldContent(path).version, 1);
});

function openReader(path: string) {
  const opened = openSqliteZoneReader(path);
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  return opened.reader;
}
