import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { assertKept, findNumbers, readReport, seedDatabase, type WriterReport } from './store-report.ts';

const writer = join(import.meta.dirname, 'store-writer.ts');
const commitsInRun = 8;
/** Two, so that starting one process and waiting for the other go on side by side. */
const lanes = 2;

interface Injection {
  readonly call: 'fsync' | 'pwrite64';
  readonly error: 'EIO' | 'ENOSPC';
  /** From there on, or that once. */
  readonly lasting: boolean;
}

const injections: readonly Injection[] = [
  { call: 'fsync', error: 'EIO', lasting: false },
  { call: 'fsync', error: 'EIO', lasting: true },
  { call: 'pwrite64', error: 'ENOSPC', lasting: false },
  { call: 'pwrite64', error: 'ENOSPC', lasting: true },
  { call: 'pwrite64', error: 'EIO', lasting: false },
];

for (const injection of injections)
  test(`${injection.error} at every ${injection.call} ${injection.lasting ? 'from there on' : 'once'}: a failed batch never shows, not after a kill either`, async (t) => {
    if (!requirePeer(t, 'strace')) return;
    await using directory = await createTemporaryDirectory('store-faults');
    const seed = join(directory.path, 'seed.db');
    await seedDatabase(seed);
    const positions = await countCalls(t, directory, seed, injection.call);
    if (positions === undefined) return;
    const counts = new Map<string, number>();
    const note = (word: string) => void counts.set(word, (counts.get(word) ?? 0) + 1);
    let next = 1;
    const lane = async () => {
      while (next <= positions) {
        const position = next;
        next += 1;
        const report = await runPosition(directory, seed, injection, position);
        for (const { kind } of report.commits) note(kind);
        if (report.openFault !== undefined) note(`open:${report.openFault}`);
        if (report.wasSuspended) note('suspended');
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    t.diagnostic(`${positions} positions: ${[...counts].map(([word, count]) => `${word} ${count}`).join(', ')}`);
    assert.ok((counts.get('failed') ?? 0) > 0, 'no batch failed, so nothing was tried');
    assert.ok((counts.get('committed') ?? 0) > 0, 'no batch succeeded');
  });

/** Runs once without a fault. Undefined when it has skipped the test. */
async function countCalls(
  t: TestContext,
  directory: TemporaryDirectory,
  seed: string,
  call: string,
): Promise<number | undefined> {
  const database = join(directory.path, 'dry.db');
  const trace = join(directory.path, 'dry.trace');
  await cp(seed, database);
  const result = await traceWriter(database, trace, [`trace=${call}`]);
  if (/ptrace.*(?:not permitted|Operation)/i.test(result.stderr)) {
    assert.notEqual(process.env['CI'], 'true', result.stderr);
    t.skip(`strace may not trace here: ${result.stderr}`);
    return undefined;
  }
  const report = readReport(result.stdout);
  assert.equal(report.commits.filter(({ kind }) => kind === 'committed').length, commitsInRun, result.stdout);
  return (await readFile(trace, 'utf8')).split('\n').filter((line) => line.includes(`${call}(`)).length;
}

async function runPosition(
  directory: TemporaryDirectory,
  seed: string,
  { call, error, lasting }: Injection,
  position: number,
): Promise<WriterReport> {
  const database = join(directory.path, `${position}.db`);
  await cp(seed, database);
  const when = `${position}${lasting ? '+' : ''}`;
  const { stdout, stderr } = await traceWriter(database, '/dev/null', [
    `trace=${call}`,
    `inject=${call}:error=${error}:when=${when}`,
  ]);
  assert.match(stdout, /^done$/m, `${call} ${when}: the writer ended too soon:\n${stdout}\n${stderr}`);
  const report = readReport(stdout);
  const where = `${error} at ${call} ${when}\n${stdout}`;
  if (report.visible) {
    const seen = { numbers: new Set(report.visible), serial: Infinity };
    // What cannot be made void yet is not shown while the process lives.
    assertKept(
      report.commits.map((commit) => ({ ...commit, kind: commit.kind === 'unconfirmed' ? 'failed' : commit.kind })),
      seen,
      where,
    );
  } else assert.ok(report.openFault !== undefined, `${where}: reading stopped`);
  assertKept(report.commits, await findNumbers(database), where);
  return report;
}

function traceWriter(database: string, trace: string, expressions: readonly string[]) {
  return runCommand('strace', [
    ...['-f', '-qq', '--seccomp-bpf', '-o', trace],
    ...expressions.flatMap((expression) => ['-e', expression]),
    ...[process.execPath, writer, '--database', database, '--count', `${commitsInRun}`, '--kill-itself'],
  ]);
}
