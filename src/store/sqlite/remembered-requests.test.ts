import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import type { RememberedRequest } from '../zone-store.ts';
import { openSqliteZoneStore } from './sqlite-zone-store.ts';

const start = 1_800_000_000;
const deadlineMs = 20_000;

test('what has expired while nobody ran is removed after the start, without any change', async () => {
  await using directory = await createTemporaryDirectory('remembered');
  const path = join(directory.path, 'dyndns.db');
  const open = async (unixSeconds: number) => {
    const opened = await openSqliteZoneStore({ path, unixSeconds: () => unixSeconds });
    return opened.kind === 'opened' ? opened.store : assert.fail(JSON.stringify(opened));
  };
  const requests = Array.from({ length: 5000 }, (_, index): RememberedRequest => ({
    keyName: Uint8Array.of(1, 107, 0),
    mac: Uint8Array.of(index >> 8, index & 0xff),
    timeSigned: start + (index % 2),
    expiresAtSeconds: start + 600 + (index % 2),
    answer: Uint8Array.of(1),
  }));
  const store = await open(start);
  assert.deepEqual(await store.commit({ differences: [], remembered: requests }), { kind: 'committed' });
  await store[Symbol.asyncDispose]();

  await using _again = await open(start + 600);
  const untilMs = performance.now() + deadlineMs;
  while (countIn(path) > 2500 && performance.now() < untilMs) await sleep(20);
  assert.equal(countIn(path), 2500);
});

function countIn(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
  const row = database.prepare('SELECT count(*) AS count FROM remembered_request').get();
  database.close();
  return Number(row?.['count']);
}
