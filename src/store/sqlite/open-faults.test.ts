import assert from 'node:assert/strict';
import { chmod, chown, mkdir, open as openFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { runCommand } from '../../../test/support/run-command.ts';
import { address, commitSteps, setTo, step, storedContent } from '../../../test/support/stored-content.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { isRoot } from '../../../test/support/unprivileged.ts';
import { Name } from '../../dns/name.ts';
import { explainStoreFault, type StoreFault, type StoreFaultCode } from '../store-fault.ts';
import type { ZoneStore } from '../zone-store.ts';
import { applicationId } from './migrations.ts';
import { openSqliteZoneStore } from './sqlite-zone-store.ts';

const zone = Name.parse('dyn.example');

test('a database of another program is refused, and left as it was', async () => {
  await using place = await createPlace();
  for (const sql of ['PRAGMA application_id = 252006673; CREATE TABLE t (x)', 'CREATE TABLE t (x)']) {
    makeDatabase(place.path, `DROP TABLE IF EXISTS t; ${sql}`);
    const before = await readFile(place.path);
    await refused(place.path, 'foreign');
    assert.deepEqual(await readFile(place.path), before);
  }
});

test('a database that is newer than we know is refused, and left as it was', async () => {
  await using place = await createPlace();
  makeDatabase(place.path, `PRAGMA application_id = ${applicationId}; PRAGMA user_version = 99; CREATE TABLE t (x)`);
  const before = await readFile(place.path);
  const fault = await refused(place.path, 'newer');
  assert.match(explainStoreFault(fault).cause, /schema 99; this one knows 2\)/);
  assert.deepEqual(await readFile(place.path), before);
});

test('a log that begins with garbage is refused, and one that was never written is none', async () => {
  await using place = await createPlace();
  await (await open(place.path))[Symbol.asyncDispose]();
  await place.directory.write('dyndns.db-wal', Buffer.alloc(5000, 0x5a), 0o600);
  await refused(place.path, 'corrupt-log');
  await place.directory.write('dyndns.db-wal', Buffer.alloc(5000), 0o600);
  await (await open(place.path))[Symbol.asyncDispose]();
});

test('what is no database is refused', async () => {
  await using place = await createPlace();
  await place.directory.write('dyndns.db', 'This is a text.\n'.repeat(100));
  await refused(place.path, 'corrupt');
});

test('damage within is said at the start, or when what is damaged is read', async () => {
  await using place = await createPlace();
  {
    await using store = await open(place.path);
    const recordSets = Array.from({ length: 2000 }, (_, index) => address(zone.prepend(`h${index}`), 1));
    assert.deepEqual(await store.create({ zone, serial: 1, recordSets }), { kind: 'committed' });
  }
  const file = await openFile(place.path, 'r+');
  const pages = (await file.stat()).size / 4096;
  // The last pages are leaves of the largest table.
  for (let page = pages - 8; page < pages; page += 1) await file.write(Buffer.alloc(4096, 0xee), 0, 4096, page * 4096);
  await file.close();
  await using store = await open(place.path);
  const loaded = await store.load(zone, { recordSet: () => {}, journalEntry: () => {} });
  assert.ok(loaded.kind === 'failed' && loaded.fault.code === 'corrupt', JSON.stringify(loaded));
  const checked = await store.check();
  assert.ok(checked.kind === 'damaged' || (checked.kind === 'failed' && checked.fault.code === 'corrupt'));
});

test('a directory that is missing, and a directory in the place of the file', async () => {
  await using place = await createPlace();
  await refused(join(place.directory.path, 'missing', 'dyndns.db'), 'cannot-open');
  await mkdir(join(place.directory.path, 'in-its-place'));
  await refused(join(place.directory.path, 'in-its-place'), 'directory');
});

test('a database has one owner at a time', async () => {
  await using place = await createPlace();
  {
    await using store = await open(place.path);
    const fault = await refused(place.path, 'owned');
    if (process.platform === 'linux')
      assert.match(explainStoreFault(fault).cause, new RegExp(`by process ${process.pid}:`));
    assert.match(explainStoreFault(fault).cause, /only one at a time/);
    const child = await runCommand(process.execPath, [writer, '--database', place.path, '--kill-itself']);
    assert.match(child.stdout, /^open-failed owned$/m);
    assert.deepEqual(await store.create({ zone, serial: 1, recordSets: [] }), { kind: 'committed' });
  }
  await using again = await open(place.path);
  assert.equal((await storedContent(again, zone))?.serial, 1);
});

test('a stranger who holds the database fails a commit, and hinders no later one', async () => {
  await using place = await createPlace();
  await using store = await open(place.path);
  await store.create({ zone, serial: 1, recordSets: [] });
  const change = step(zone, 1, [setTo(address(zone, 1))]);
  const stranger = new DatabaseSync(place.path);
  stranger.exec('BEGIN IMMEDIATE');
  const result = await commitSteps(store, change);
  assert.ok(result.kind === 'failed' && result.fault.code === 'locked', JSON.stringify(result));
  assert.deepEqual(store.condition, { kind: 'ready' });
  stranger.close();
  assert.deepEqual(await commitSteps(store, change), { kind: 'committed' });
});

test('files that may not be written', async (t) => {
  if (!isRoot()) return t.skip('only root can make files of two users');
  await using directory = await createTemporaryDirectory('store-users', 'nobody');
  const path = join(directory.path, 'dyndns.db');
  const openAsNobody = () =>
    runCommand(process.execPath, [writer, '--database', path, '--kill-itself'], { asNobody: true });
  assert.match((await openAsNobody()).stdout, /^opened$/m);

  // As when root has looked into it with sqlite3 and was killed.
  for (const suffix of ['-wal', '-shm']) {
    await chown(path + suffix, 0, 0);
    await chmod(path + suffix, 0o600);
  }
  assert.match((await openAsNobody()).stdout, /^open-failed other-user$/m);

  await chown(path, 0, 0);
  assert.match((await openAsNobody()).stdout, /^open-failed read-only$/m);
});

test('every fault names the path and a remedy', () => {
  const path = '/var/lib/dyndns/dyndns.db';
  const detail = 'the word of the system';
  const io: StoreFault = { code: 'io', path, detail };
  const faults: readonly StoreFault[] = [
    io,
    { code: 'foreign', path, applicationId: 7 },
    { code: 'newer', path, version: 9, known: 1 },
    { code: 'corrupt', path, detail },
    { code: 'corrupt-log', path },
    { code: 'directory', path },
    { code: 'read-only', path, detail },
    { code: 'other-user', path, detail },
    { code: 'cannot-open', path, detail },
    { code: 'full', path, detail },
    { code: 'owned', path, holder: 4711 },
    { code: 'locked', path, detail },
    { code: 'exists', path },
    { code: 'suspended', path, cause: io },
    { code: 'busy', path },
    { code: 'too-large', path, octets: 2, maxOctets: 1 },
    { code: 'stopped', path, detail },
  ];
  for (const fault of faults) {
    const { cause, remedy } = explainStoreFault(fault);
    assert.ok(cause.includes(path), cause);
    assert.ok(remedy.length > 10, remedy);
  }
});

const writer = join(import.meta.dirname, '../../../test/chaos/store-writer.ts');

async function createPlace() {
  const directory = await createTemporaryDirectory('store-open');
  return {
    directory,
    path: join(directory.path, 'dyndns.db'),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

function makeDatabase(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

async function refused(path: string, code: StoreFaultCode): Promise<StoreFault> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => 0 });
  if (opened.kind === 'opened') await opened.store[Symbol.asyncDispose]();
  assert.ok(opened.kind === 'failed', `${path} was opened`);
  assert.equal(opened.fault.code, code, JSON.stringify(opened.fault));
  assert.equal(opened.fault.path, path);
  return opened.fault;
}

async function open(path: string): Promise<ZoneStore> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => 0 });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  return opened.store;
}
