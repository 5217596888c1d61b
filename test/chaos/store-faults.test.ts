import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { atEach, type Position, recordCalls, traceWriter } from './store-injection.ts';
import { assertKept, type Found, findNumbers, readReport, seedDatabase, type WriterReport } from './store-report.ts';

const commitsInRun = 8;

interface Injection {
  readonly title: string;
  readonly call: 'fsync' | 'pwrite64';
  readonly expressions: (position: Position) => readonly string[];
}

const injections: readonly Injection[] = [
  {
    title: 'EIO at every sync once',
    call: 'fsync',
    expressions: ({ number }) => [`inject=fsync:error=EIO:when=${number}`],
  },
  {
    title: 'EIO at every sync from there on',
    call: 'fsync',
    expressions: ({ number }) => [`inject=fsync:error=EIO:when=${number}+`],
  },
  {
    // The marker fails, too, and is tried again.
    title: 'EIO at every sync and the two after it',
    call: 'fsync',
    expressions: ({ number }) => [`inject=fsync:error=EIO:when=${number}..${number + 2}`],
  },
  {
    // The worst: all of the transaction is in the log, and nothing can be written that would make it void.
    title: 'EIO at every sync, and no write goes through from there on',
    call: 'fsync',
    expressions: ({ number, writesBefore }) => [
      `inject=fsync:error=EIO:when=${number}`,
      `inject=pwrite64:error=EIO:when=${writesBefore + 1}+`,
    ],
  },
  {
    title: 'ENOSPC at every write once',
    call: 'pwrite64',
    expressions: ({ number }) => [`inject=pwrite64:error=ENOSPC:when=${number}`],
  },
  {
    title: 'ENOSPC at every write from there on',
    call: 'pwrite64',
    expressions: ({ number }) => [`inject=pwrite64:error=ENOSPC:when=${number}+`],
  },
  {
    title: 'EIO at every write once',
    call: 'pwrite64',
    expressions: ({ number }) => [`inject=pwrite64:error=EIO:when=${number}`],
  },
];

for (const injection of injections)
  test(`${injection.title}: a failed batch never shows, not after a kill either`, async (t) => {
    if (!requirePeer(t, 'strace')) return;
    await using directory = await createTemporaryDirectory('store-faults');
    const seed = join(directory.path, 'seed.db');
    await seedDatabase(seed);
    const dry = join(directory.path, 'dry.db');
    await cp(seed, dry);
    const calls = await recordCalls(t, dry, commitsInRun);
    if (!calls) return;
    const committed = calls.report.commits.filter(({ kind }) => kind === 'committed');
    assert.equal(committed.length, commitsInRun);
    const positions = calls.positions.filter(({ call }) => call === injection.call);
    const counts = new Map<string, number>();
    const note = (word: string) => void counts.set(word, (counts.get(word) ?? 0) + 1);
    await atEach(positions, async (position) => {
      const { report, found } = await runPosition(directory, seed, injection, position);
      for (const { kind } of report.commits) note(kind);
      if (report.commits.some(({ kind, number }) => kind === 'unconfirmed' && found.numbers.has(number)))
        note('unconfirmed and there after the kill');
      if (report.openFault !== undefined) note(`open:${report.openFault}`);
      if (report.wasSuspended) note('suspended');
    });
    t.diagnostic(`${positions.length} positions: ${[...counts].map(([word, count]) => `${word} ${count}`).join(', ')}`);
    assert.ok((counts.get('suspended') ?? 0) > 0, 'no batch met the fault, so nothing was tried');
    assert.ok((counts.get('committed') ?? 0) > 0, 'no batch succeeded');
  });

async function runPosition(
  directory: TemporaryDirectory,
  seed: string,
  { call, expressions }: Injection,
  position: Position,
): Promise<{ readonly report: WriterReport; readonly found: Found }> {
  const database = join(directory.path, `${position.number}.db`);
  await cp(seed, database);
  const { stdout, stderr } = await traceWriter(database, '/dev/null', commitsInRun, expressions(position));
  const where = `${expressions(position).join(' ')}\n${stdout}`;
  assert.match(stdout, /^done$/m, `the writer ended too soon: ${where}\n${stderr}`);
  const report = readReport(stdout);
  if (report.visible) {
    const seen = { numbers: new Set(report.visible), serial: Infinity };
    // What cannot be made void yet is not shown while the process lives.
    const answered = report.commits.map((each) => (each.kind === 'unconfirmed' ? { ...each, kind: 'failed' } : each));
    assertKept(answered, seen, where);
  } else assert.ok(report.openFault !== undefined, `reading stopped at ${call}: ${where}`);
  const found = await findNumbers(database);
  assertKept(report.commits, found, where);
  return { report, found };
}
