import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Test files that run in one way. */
export interface TestGroup {
  readonly title: string;
  readonly patterns: readonly string[];
  /**
   * Pure units share one process, which saves a quarter of a second a file. What starts processes, measures coverage or
   * leaves the event loop busy has a process for each file.
   */
  readonly isolation: 'none' | 'process';
  /** When the group is ended as failed. */
  readonly deadlineMs: number;
}

export interface SelectedGroup extends TestGroup {
  readonly files: readonly string[];
}

export const unitTests: TestGroup = {
  title: 'unit tests',
  patterns: ['src/**/*.test.ts', 'bench/**/*.test.ts'],
  isolation: 'none',
  deadlineMs: 5 * 60_000,
};

export const houseTests: TestGroup = {
  title: 'layers and habits',
  patterns: ['test/house/layers.test.ts', 'test/house/habits.test.ts'],
  isolation: 'none',
  deadlineMs: 60_000,
};

/** The whole suite. Every pattern has to match something, and every test file belongs to one of them. */
export const suite: readonly TestGroup[] = [
  unitTests,
  {
    title: 'tests with real peers, end to end, and of the house',
    patterns: [
      'fuzz/**/*.test.ts',
      'test/house/**/*.test.ts',
      'test/support/**/*.test.ts',
      'test/interop/**/*.test.ts',
      'test/e2e/**/*.test.ts',
      'test/chaos/**/*.test.ts',
    ],
    isolation: 'process',
    deadlineMs: 40 * 60_000,
  },
];

const everyTest = '{src,test,fuzz,bench,packaging}/**/*.test.ts';

export type Selection =
  | { readonly kind: 'groups'; readonly groups: readonly SelectedGroup[] }
  | { readonly kind: 'fault'; readonly reason: string };

/**
 * Finds the files of the groups. With words of the command line only those files that a word names: by path, folder,
 * glob, or a part of the path.
 */
export function selectFiles(root: string, groups: readonly TestGroup[], words: readonly string[]): Selection {
  const found = groups.map((group) => ({ ...group, files: group.patterns.flatMap((pattern) => glob(root, pattern)) }));
  const empty = groups.flatMap(({ patterns }) => patterns).filter((pattern) => glob(root, pattern).length === 0);
  if (words.length > 0) return selectByWords(root, found, words);
  if (empty.length > 0) return { kind: 'fault', reason: `no file matches ${empty.join(', ')}` };
  const known = new Set(found.flatMap(({ files }) => files));
  const strays = glob(root, everyTest).filter((file) => !known.has(file));
  if (strays.length > 0)
    return { kind: 'fault', reason: `in no group of test/support/test-groups.ts: ${strays.join(', ')}` };
  return { kind: 'groups', groups: found };
}

function selectByWords(root: string, found: readonly SelectedGroup[], words: readonly string[]): Selection {
  const all = found.flatMap(({ files }) => files);
  const wanted = words.map((word) => ({ word, files: filesOfWord(root, word, all) }));
  const unknown = wanted.filter(({ files }) => files.length === 0).map(({ word }) => word);
  if (unknown.length > 0) return { kind: 'fault', reason: `no test file is meant by ${unknown.join(', ')}` };
  const chosen = new Set(wanted.flatMap(({ files }) => files));
  const groups = found.map((group) => ({ ...group, files: group.files.filter((file) => chosen.has(file)) }));
  return { kind: 'groups', groups: groups.filter(({ files }) => files.length > 0) };
}

function filesOfWord(root: string, word: string, all: readonly string[]): readonly string[] {
  const isDirectory = statSync(join(root, word), { throwIfNoEntry: false })?.isDirectory() ?? false;
  const matched = new Set(glob(root, isDirectory ? `${word.replace(/\/$/, '')}/**/*.test.ts` : word));
  return all.filter((file) => matched.has(file) || (matched.size === 0 && file.includes(word)));
}

function glob(root: string, pattern: string): readonly string[] {
  return globSync(pattern, { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}
