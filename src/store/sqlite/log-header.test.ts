import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { isLogHeader, logHeaderOctets } from './log-header.ts';

test('the header that SQLite writes is one, and none is with one octet changed', async () => {
  await using directory = await createTemporaryDirectory('log-header');
  const path = join(directory.path, 'a.db');
  using database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x)');
  const header = (await readFile(`${path}-wal`)).subarray(0, logHeaderOctets);
  assert.ok(isLogHeader(header));
  for (let at = 0; at < logHeaderOctets; at += 1) {
    const damaged = Uint8Array.from(header);
    damaged[at]! ^= 0x55;
    assert.ok(!isLogHeader(damaged), `octet ${at}`);
  }
  assert.ok(!isLogHeader(header.subarray(0, 31)));
});
