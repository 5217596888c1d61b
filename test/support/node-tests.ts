import { chmod } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

import { runSupervised } from './supervised-command.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';
import type { SelectedGroup } from './test-groups.ts';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestRun extends TestCounts {
  readonly seconds: number;
  readonly output: string;
  /** What is wrong besides tests that failed. */
  readonly fault?: string;
}

export interface TestRunOptions {
  readonly signal: AbortSignal;
  readonly onOutput?: (chunk: Buffer) => void;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Further options of `node --test`, such as `--test-name-pattern=…`. */
  readonly flags?: readonly string[];
}

const leakWatch = fileURLToPath(new URL('./leak-watch.ts', import.meta.url));
const testTimeoutMs = 5 * 60_000;

/** Runs the files of a group by `node --test`, and reads what became of them from its closing lines. */
export async function runTests(group: SelectedGroup, options: TestRunOptions): Promise<TestRun> {
  const concurrency = Math.min(availableParallelism(), 4);
  // All temporary files below one directory, so that an interrupted run leaves none. Nobody's processes pass through it.
  await using temporary = await createTemporaryDirectory('tests');
  await chmod(temporary.path, 0o711);
  const result = await runSupervised({
    command: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      `--import=${leakWatch}`,
      '--test',
      '--test-reporter=spec',
      `--test-isolation=${group.isolation}`,
      ...(group.isolation === 'process' ? [`--test-concurrency=${concurrency}`] : []),
      `--test-timeout=${testTimeoutMs}`,
      ...(options.flags ?? []),
      ...group.files,
    ],
    deadlineMs: group.deadlineMs,
    signal: options.signal,
    environment: {
      TMPDIR: temporary.path,
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
      ...options.environment,
    },
    ...(options.onOutput ? { onOutput: options.onOutput } : {}),
  });
  const counts = readClosingLines(result.output);
  const fault = runFault(group, counts, result);
  return {
    ...(counts ?? { passed: 0, failed: 0, skipped: 0 }),
    seconds: result.seconds,
    output: result.output,
    ...(fault === undefined ? {} : { fault }),
  };
}

function runFault(
  group: SelectedGroup,
  counts: TestCounts | undefined,
  { ended, exitCode }: { readonly ended?: 'deadline' | 'interrupted'; readonly exitCode: number | null },
): string | undefined {
  if (ended === 'interrupted') return 'interrupted';
  if (ended === 'deadline') return `not done within ${group.deadlineMs / 1000} s`;
  if (!counts) return `the runner ended (exit code ${exitCode}) before it had summed up`;
  if (counts.passed + counts.failed === 0) return 'no test was run';
  if (exitCode !== 0 && counts.failed === 0) return `exit code ${exitCode} though no test failed`;
  return undefined;
}

/** @returns undefined when the closing lines of node's runner are not there */
export function readClosingLines(output: string): TestCounts | undefined {
  const closing = new Map(
    Array.from(
      stripVTControlCharacters(output).matchAll(/^ℹ (tests|pass|fail|cancelled|skipped|todo) (\d+)$/gm),
      ([, word, count]) => [word, Number(count)] as const,
    ),
  );
  if (!closing.has('tests')) return undefined;
  const count = (word: string) => closing.get(word) ?? 0;
  return {
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped') + count('todo'),
  };
}
