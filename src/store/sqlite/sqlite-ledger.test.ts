import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { ledgerContract } from '../../../test/contract/ledger-contract.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { applicationId, migrations } from './migrations.ts';
import { openSqliteZoneStore } from './sqlite-zone-store.ts';

const unixSeconds = () => Math.floor(Date.now() / 1000);

ledgerContract('SQLite', async () => {
  const directory = await createTemporaryDirectory('ledger');
  return {
    open: async (history) => {
      const opened = await openSqliteZoneStore({ path: join(directory.path, 'dyndns.db'), unixSeconds, history });
      assert.ok(opened.kind === 'opened', JSON.stringify(opened));
      return opened.store;
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
});

test('a database of the first schema gets a ledger, and keeps its zones', async () => {
  await using directory = await createTemporaryDirectory('ledger');
  const path = join(directory.path, 'dyndns.db');
  const before = new DatabaseSync(path);
  before.exec(`${migrations[0]} PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1`);
  before.exec(`INSERT INTO zone (name, serial, state) VALUES (x'03646e7300', 7, 'active')`);
  before.close();
  const opened = await openSqliteZoneStore({ path, unixSeconds });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  await using store = opened.store;
  const zones = await store.zones();
  assert.ok(zones.kind === 'zones');
  assert.deepEqual(
    zones.zones.map(({ zone, serial }) => [zone.toString(), serial]),
    [['dns.', 7]],
  );
  const document = { kind: 'token', key: Buffer.from('a'), body: Buffer.from('b') } as const;
  assert.deepEqual(await store.write({ documents: [document], history: [] }), { kind: 'committed' });
});
