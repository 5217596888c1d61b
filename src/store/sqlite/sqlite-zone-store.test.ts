import assert from 'node:assert/strict';
import { join } from 'node:path';

import { type StoreSettings, zoneStoreContract } from '../../../test/contract/zone-store-contract.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import type { ZoneStore } from '../zone-store.ts';
import { openSqliteZoneStore } from './sqlite-zone-store.ts';

zoneStoreContract('SQLite', async () => {
  const directory = await createTemporaryDirectory('store');
  return {
    open: (settings) => open(join(directory.path, 'dyndns.db'), settings),
    openBackup: open,
    backupPath: join(directory.path, 'backup.db'),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
});

async function open(path: string, settings: StoreSettings): Promise<ZoneStore> {
  const opened = await openSqliteZoneStore({ path, ...settings });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  return opened.store;
}
