import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Name } from '../../src/dns/name.ts';
import type { Store } from '../../src/store/ledger.ts';
import { migrations } from '../../src/store/sqlite/migrations.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { launchEmbedded } from '../support/embedded-service.ts';
import { firstSchemaSeconds, makeFirstSchema, oldContent } from '../support/first-schema.ts';
import { requirePeer } from '../support/peers.ts';
import { storedContent } from '../support/stored-content.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { expectApi } from './api-client.ts';
import { atEach, type Position, recordCalls, traceWriter } from './store-injection.ts';

const zone = Name.parse('dyn.example');

test('a database of the first schema is brought up to date, and has all that it had', async () => {
  await using directory = await createTemporaryDirectory('migration');
  const path = join(directory.path, 'zones.db');
  makeFirstSchema(path);
  const before = oldContent(path);
  assert.equal(before.version, 1);
  assert.deepEqual(
    Object.values(before.rows).map(({ length }) => length),
    [2, 14, 8, 2],
  );
  {
    await using store = await open(path);
    const content = await storedContent(store, zone);
    assert.equal(content?.serial, 1_795_692_552);
    assert.equal(content.recordSets['h1.dyn.example./1'], '300 dynamic 0004c0000265');
    assert.equal(content.recordSets['www.dyn.example./1'], '300 static 0004c0000250');
    assert.equal(content.journal.length, 8);
    const asleep = await storedContent(store, Name.parse('asleep.example'));
    assert.deepEqual([asleep?.serial, asleep?.isDormant], [0xffff_ffff, true]);
    const answers: Uint8Array[] = [];
    await store.rememberedRequests(({ answer }) => void answers.push(answer));
    assert.equal(answers.length, 2);
    await expectLedger(store);
  }
  const after = oldContent(path);
  assert.deepEqual(after, { version: migrations.length, rows: before.rows });
});

for (const [title, injection, ends] of [
  ['killed', 'signal=KILL', 'killed'],
  ['left by its disk', 'error=EIO', 'told'],
] as const)
  test(`the service is ${title} at each write and sync of a migration: the database opens, and has all that it had`, async (t) => {
    if (!requirePeer(t, 'strace')) return;
    await using directory = await createTemporaryDirectory('migration');
    const seed = join(directory.path, 'seed.db');
    makeFirstSchema(seed);
    const before = oldContent(seed);
    const dry = join(directory.path, 'dry.db');
    await cp(seed, dry);
    const calls = await recordCalls(t, dry, 0);
    if (!calls) return;
    assert.equal(oldContent(dry).version, migrations.length);
    const versions = new Map<string, number>();
    await atEach(calls.positions, async (position) => {
      const path = join(directory.path, `${position.call}-${position.number}.db`);
      await cp(seed, path);
      const version = await interrupt(path, position, injection, ends);
      versions.set(version, (versions.get(version) ?? 0) + 1);
      {
        await using store = await open(path);
        assert.deepEqual(await store.check(), { kind: 'sound' });
        await expectLedger(store);
      }
      const { rows, version: last } = oldContent(path);
      assert.equal(last, migrations.length);
      // Those that had expired by now were forgotten.
      const { remembered_request: _, ...kept } = rows;
      const { remembered_request: __, ...expected } = before.rows;
      assert.deepEqual(kept, expected, path);
    });
    t.diagnostic(`${calls.positions.length} places: ${JSON.stringify([...versions])}`);
    assert.ok((versions.get('schema 1') ?? 0) > 3 && (versions.get(`schema ${migrations.length}`) ?? 0) > 0);
  });

test('the service takes over a database of the first schema: it answers from it, and makes tokens in it', async (t) => {
  if (!requirePeer(t, 'dig')) return;
  await using directory = await createTemporaryDirectory('migration');
  const database = join(directory.path, 'zones.db');
  makeFirstSchema(database);
  const secret = Buffer.alloc(32, 7).toString('base64');
  const records = 'www 300 IN A 192.0.2.80\n@ 300 IN TXT "of the zone"\n';
  await using embedded = await launchEmbedded('dyn.example', {
    database,
    records,
    key: { name: 'dyn.example', algorithm: 'hmac-sha256', secret },
  });
  const { service } = embedded;
  assert.equal(await embedded.serial(), 1_795_692_552);
  for (const [name, value] of [
    ['h1', '192.0.2.101'],
    ['nas', '192.0.2.9'],
    ['www', '192.0.2.80'],
  ]) {
    const { answers } = await embedded.query(`${name}.dyn.example`, 'A');
    assert.deepEqual(
      answers.map((answer) => answer.value),
      [value],
    );
  }
  const body = { scope: { names: ['zone:dyn.example'] } };
  const created = await expectApi(service, 'POST', '/tokens', { body });
  assert.equal(created.status, 201, created.text);
  await service.kill9();
  await service.restart();
  const token = (created.json as { readonly secret: string }).secret;
  assert.equal((await service.get(`/update-by-path/${token}/h1.dyn.example/192.0.2.102`)).status, 200);
});

/** @returns the schema that is there then */
async function interrupt(
  path: string,
  { call, number }: Position,
  injection: string,
  ends: 'killed' | 'told',
): Promise<string> {
  const { stdout } = await traceWriter(path, '/dev/null', 0, [`inject=${call}:${injection}:when=${number}+`]);
  if (ends === 'told') assert.match(stdout, /^(?:opened|open-failed (?:io|full|cannot-open))$/m, stdout);
  // Calls are counted in each thread by itself, and not every number is met.
  else if (/^done$/m.test(stdout)) return 'not met';
  await cp(path, `${path}-looked`);
  await cp(`${path}-wal`, `${path}-looked-wal`).catch(() => {});
  return `schema ${oldContent(`${path}-looked`).version}`;
}

async function open(path: string): Promise<Store> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => firstSchemaSeconds });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  return opened.store;
}

/** It takes documents and history, and has none yet. */
async function expectLedger(store: Store): Promise<void> {
  await store.documents('token', () => assert.fail('there is a token'));
  assert.deepEqual(await store.recentHistory({ atMost: 9 }), { kind: 'history', rows: [] });
  const history = [{ name: zone.wire, atMs: Date.now(), isAttempt: false, body: Buffer.from('an entry') }];
  const documents = [{ kind: 'token', key: Buffer.from('a'), body: Buffer.from('b') } as const];
  assert.deepEqual(await store.write({ documents, history }), { kind: 'committed' });
  const read = await store.history(zone.wire, { atMost: 9 });
  assert.ok(read.kind === 'history');
  assert.equal(read.rows.length, 1);
}
