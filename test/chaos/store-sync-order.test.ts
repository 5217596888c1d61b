import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { readReport, seedDatabase } from './store-report.ts';

const count = 30;

/** A kill cannot tell whether something was synced: what the kernel has survives it. The order of system calls can. */
test('a commit is acknowledged after the sync of all that it has written (RFC 2136 §3.5)', async (t) => {
  if (!requirePeer(t, 'strace')) return;
  await using directory = await createTemporaryDirectory('store-order');
  const database = join(directory.path, 'dyndns.db');
  const trace = join(directory.path, 'trace');
  await seedDatabase(database);
  const { stdout } = await runCommand('strace', [
    ...`-f -qq --seccomp-bpf -s 64 -o ${trace} -e trace=fsync,pwrite64,write,writev`.split(' '),
    ...`${process.execPath} ${join(import.meta.dirname, 'store-writer.ts')} --kill-itself`.split(' '),
    ...`--database ${database} --count ${count}`.split(' '),
  ]);
  assert.equal(readReport(stdout).commits.filter(({ kind }) => kind === 'committed').length, count, stdout);

  let unsynced = 0;
  let acknowledged = 0;
  for (const line of (await readFile(trace, 'utf8')).split('\n')) {
    if (/ pwrite64\(/.test(line)) unsynced += 1;
    // "fsync(29 <unfinished ...>" is only its beginning.
    else if (/ fsync\(\d+\) += 0|fsync resumed>\) += 0/.test(line)) unsynced = 0;
    else if (/ writev?\(.*\d committed ok /.test(line)) {
      acknowledged += 1;
      assert.equal(unsynced, 0, `${line}: after ${unsynced} writes without a sync`);
    }
  }
  assert.equal(acknowledged, count);
});
