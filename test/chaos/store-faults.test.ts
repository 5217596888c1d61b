import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { assertKept, type Found, findNumbers, readReport, seedDatabase, type WriterReport } from './store-report.ts';

const writer = join(import.meta.dirname, 'store-writer.ts');
const commitsInRun = 8;
/** Two, so that starting one process and waiting for the other go on side by side. */
const lanes = 2;

/** A call of the writer's thread: which of its kind it is, and how many writes came before. */
interface Position {
  readonly number: number;
  readonly writesBefore: number;
}

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
    const positions = await findPositions(t, directory, seed, injection.call);
    if (!positions) return;
    const counts = new Map<string, number>();
    const note = (word: string) => void counts.set(word, (counts.get(word) ?? 0) + 1);
    const waiting = positions.values();
    const lane = async () => {
      for (const position of waiting) {
        const { report, found } = await runPosition(directory, seed, injection, position);
        for (const { kind } of report.commits) note(kind);
        if (report.commits.some(({ kind, number }) => kind === 'unconfirmed' && found.numbers.has(number)))
          note('unconfirmed and there after the kill');
        if (report.openFault !== undefined) note(`open:${report.openFault}`);
        if (report.wasSuspended) note('suspended');
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    t.diagnostic(`${positions.length} positions: ${[...counts].map(([word, count]) => `${word} ${count}`).join(', ')}`);
    assert.ok((counts.get('suspended') ?? 0) > 0, 'no batch met the fault, so nothing was tried');
    assert.ok((counts.get('committed') ?? 0) > 0, 'no batch succeeded');
  });

/** Runs once without a fault. Undefined when it has skipped the test. */
async function findPositions(
  t: TestContext,
  directory: TemporaryDirectory,
  seed: string,
  call: Injection['call'],
): Promise<readonly Position[] | undefined> {
  const database = join(directory.path, 'dry.db');
  const trace = join(directory.path, 'dry.trace');
  await cp(seed, database);
  const result = await traceWriter(database, trace, []);
  if (/ptrace.*(?:not permitted|Operation)/i.test(result.stderr)) {
    assert.notEqual(process.env['CI'], 'true', result.stderr);
    t.skip(`strace may not trace here: ${result.stderr}`);
    return undefined;
  }
  const report = readReport(result.stdout);
  assert.equal(report.commits.filter(({ kind }) => kind === 'committed').length, commitsInRun, result.stdout);
  const calls = Array.from((await readFile(trace, 'utf8')).matchAll(/ (fsync|pwrite64)\(/g), ([, name]) => name);
  return calls
    .map((name, index) => ({ name, writesBefore: calls.slice(0, index).filter((each) => each === 'pwrite64').length }))
    .filter(({ name }) => name === call)
    .map(({ writesBefore }, index) => ({ number: index + 1, writesBefore }));
}

async function runPosition(
  directory: TemporaryDirectory,
  seed: string,
  { call, expressions }: Injection,
  position: Position,
): Promise<{ readonly report: WriterReport; readonly found: Found }> {
  const database = join(directory.path, `${position.number}.db`);
  await cp(seed, database);
  const { stdout, stderr } = await traceWriter(database, '/dev/null', expressions(position));
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

function traceWriter(database: string, trace: string, injected: readonly string[]) {
  const expressions = ['trace=fsync,pwrite64', ...injected].flatMap((expression) => ['-e', expression]);
  const command = [process.execPath, writer, '--database', database, '--count', `${commitsInRun}`, '--kill-itself'];
  return runCommand('strace', ['-f', '-qq', '--seccomp-bpf', '-o', trace, ...expressions, ...command]);
}
