import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { type CommandResult, runCommand } from '../support/run-command.ts';
import { readReport, type WriterReport } from './store-report.ts';

const writer = join(import.meta.dirname, 'store-writer.ts');
/** Two, so that starting one process and waiting for the other go on side by side. */
const lanes = 2;

/** A call of the writer's thread: which of its kind it is, and how many writes came before. */
export interface Position {
  readonly call: 'fsync' | 'pwrite64';
  readonly number: number;
  readonly writesBefore: number;
}

/** Runs the writer under strace, with what strace is to inject, until it has killed itself. */
export function traceWriter(
  database: string,
  trace: string,
  count: number,
  injected: readonly string[],
): Promise<CommandResult> {
  const expressions = ['trace=fsync,pwrite64', ...injected].flatMap((expression) => ['-e', expression]);
  const command = [process.execPath, writer, '--database', database, '--count', `${count}`, '--kill-itself'];
  // A signal is not delivered where the kernel filters the calls for strace.
  const filter = injected.some((expression) => expression.includes(':signal=')) ? [] : ['--seccomp-bpf'];
  return runCommand('strace', ['-f', '-qq', ...filter, '-o', trace, ...expressions, ...command]);
}

/** Runs the writer without a fault and notes its syncs and writes. Undefined when it has skipped the test. */
export async function recordCalls(
  t: TestContext,
  database: string,
  count: number,
): Promise<{ readonly positions: readonly Position[]; readonly report: WriterReport } | undefined> {
  const trace = `${database}.trace`;
  const { stdout, stderr } = await traceWriter(database, trace, count, []);
  if (/ptrace.*(?:not permitted|Operation)/i.test(stderr)) {
    assert.notEqual(process.env['CI'], 'true', stderr);
    t.skip(`strace may not trace here: ${stderr}`);
    return undefined;
  }
  assert.match(stdout, /^done$/m, stderr);
  const counts = { fsync: 0, pwrite64: 0 };
  const positions: Position[] = [];
  for (const [, call] of (await readFile(trace, 'utf8')).matchAll(/ (fsync|pwrite64)\(/g)) {
    assert.ok(call === 'fsync' || call === 'pwrite64');
    positions.push({ call, number: counts[call] + 1, writesBefore: counts.pwrite64 });
    counts[call] += 1;
  }
  return { positions, report: readReport(stdout) };
}

/** Some at a time. */
export async function atEach(positions: readonly Position[], attempt: (position: Position) => Promise<void>) {
  const waiting = positions.values();
  const lane = async () => {
    for (const position of waiting) await attempt(position);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
