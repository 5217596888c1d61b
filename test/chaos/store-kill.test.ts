import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { startProcess } from '../support/process.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { assertKept, findNumbers, type ReportedCommit, readReport, seedDatabase } from './store-report.ts';

/** More of them: npm run soak. */
const cycles = Number(process.env['DYNDNS_KILL_CYCLES'] ?? 20);
const callers = 16;
const longestLifeMs = 120;

test('a writer that is killed over and over loses nothing that it acknowledged', async (t) => {
  await using directory = await createTemporaryDirectory('store-kill');
  const database = join(directory.path, 'dyndns.db');
  await seedDatabase(database);
  const acknowledged: ReportedCommit[] = [];
  let serial = 1;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const first = cycle * 1_000_000 + 1;
    const args = ['--database', database, '--first', `${first}`, '--count', '999999', '--callers', `${callers}`];
    await using writer = startProcess({
      title: 'the writer',
      command: process.execPath,
      args: [join(import.meta.dirname, 'store-writer.ts'), ...args],
    });
    await writer.waitUntil(() => Promise.resolve(writer.output().includes(' committed ')), 10_000);
    await sleep(Math.random() * longestLifeMs);
    await writer.kill9();
    // The last line may have been cut off by the kill; a line that is whole was said.
    const { commits } = readReport(writer.output());
    assert.ok(
      commits.every(({ kind }) => kind === 'committed'),
      writer.output(),
    );
    acknowledged.push(...commits);
    const found = await findNumbers(database);
    assert.ok(found.serial >= serial, `cycle ${cycle}: the serial fell from ${serial} to ${found.serial}`);
    serial = found.serial;
    assertKept(acknowledged, found, `cycle ${cycle}`);
  }
  t.diagnostic(`${cycles} kills, ${acknowledged.length} acknowledged commits, serial ${serial}`);
});
