import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { assertKept, findNumbers, readReport, seedDatabase } from './store-report.ts';

const maxLogOctets = 300_000;
/** Three pages and their headers for a commit, and the marker. */
const octetsPerCommit = 4 * 4120;

test('where the log cannot be copied into the database, changes end before the log grows beyond its bound', async (t) => {
  if (!requirePeer(t, 'strace')) return;
  await using directory = await createTemporaryDirectory('store-log');
  const database = join(directory.path, 'dyndns.db');
  await seedDatabase(database);
  // The sync of the database itself fails, which SQLite tries after it has copied the log; the sync of the log does not.
  const { stdout } = await runCommand('strace', [
    ...`-f -qq -o /dev/null -P ${database} -e trace=fsync -e inject=fsync:error=EIO:when=1+`.split(' '),
    ...`${process.execPath} ${join(import.meta.dirname, 'store-writer.ts')} --kill-itself`.split(' '),
    ...`--database ${database} --count 60 --max-log-octets ${maxLogOctets}`.split(' '),
  ]);
  const { commits, wasSuspended } = readReport(stdout);
  assert.ok(wasSuspended, stdout);
  assert.ok(
    commits.some(({ kind }) => kind === 'committed'),
    stdout,
  );
  assert.deepEqual(commits.at(-1)?.detail, 'suspended', stdout);
  const { size } = await stat(`${database}-wal`);
  assert.ok(size > maxLogOctets && size < maxLogOctets + 40 * octetsPerCommit, `${size}`);
  assertKept(commits, await findNumbers(database), stdout);
});
