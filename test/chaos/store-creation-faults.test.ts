import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { requirePeer } from '../support/peers.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { atEach, recordCalls, traceWriter } from './store-injection.ts';
import { readReport } from './store-report.ts';

test('a disk that fails while the database is made leaves nothing that hinders the next start', async (t) => {
  if (!requirePeer(t, 'strace')) return;
  await using directory = await createTemporaryDirectory('store-creation');
  const calls = await recordCalls(t, join(directory.path, 'dry.db'), 1);
  if (!calls) return;
  let failed = 0;
  await atEach(calls.positions, async ({ call, number }) => {
    const database = join(directory.path, `${call}-${number}.db`);
    const fault = `inject=${call}:error=${call === 'fsync' ? 'EIO' : 'ENOSPC'}:when=${number}+`;
    const { stdout, stderr } = await traceWriter(database, '/dev/null', 1, [fault]);
    assert.match(stdout, /^done$/m, `${fault}: ${stderr}`);
    const { openFault } = readReport(stdout);
    if (openFault !== undefined) {
      failed += 1;
      assert.ok(['io', 'full'].includes(openFault), `${fault}: ${openFault}`);
    }
    const opened = await openSqliteZoneStore({ path: database, unixSeconds: () => 0 });
    assert.ok(opened.kind === 'opened', `${fault}: ${JSON.stringify(opened)}`);
    await using store = opened.store;
    assert.deepEqual(await store.check(), { kind: 'sound' });
  });
  t.diagnostic(`${calls.positions.length} positions, ${failed} starts failed`);
  assert.ok(failed > 0);
});
