import assert from 'node:assert/strict';
import { test } from 'node:test';

import { selectFiles, type TestGroup } from './test-groups.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

const group = (title: string, ...patterns: string[]): TestGroup => ({
  title,
  patterns,
  isolation: 'none',
  deadlineMs: 1000,
});
const groups = [group('units', 'src/**/*.test.ts'), group('others', 'test/interop/*.test.ts', 'test/e2e/*.test.ts')];

async function withFiles(files: readonly string[], tryIt: (root: string) => void): Promise<void> {
  await using directory = await createTemporaryDirectory('groups');
  for (const file of files) await directory.write(file, '');
  tryIt(directory.path);
}

const files = ['src/dns.test.ts', 'src/http/seed.test.ts', 'test/interop/bind.test.ts', 'test/e2e/seed.test.ts'];

test('without words everything is selected', () =>
  withFiles(files, (root) => {
    const selection = selectFiles(root, groups, []);
    assert.ok(selection.kind === 'groups');
    assert.deepEqual(
      selection.groups.map((each) => each.files),
      [
        ['src/dns.test.ts', 'src/http/seed.test.ts'],
        ['test/interop/bind.test.ts', 'test/e2e/seed.test.ts'],
      ],
    );
  }));

test('a pattern that matches nothing is a fault', () =>
  withFiles(files.slice(0, 3), (root) => {
    assert.deepEqual(selectFiles(root, groups, []), { kind: 'fault', reason: 'no file matches test/e2e/*.test.ts' });
  }));

test('a test file that no group has is a fault', () =>
  withFiles([...files, 'test/forgotten/lost.test.ts'], (root) => {
    const selection = selectFiles(root, groups, []);
    assert.match(selection.kind === 'fault' ? selection.reason : '', /no group .*: test\/forgotten\/lost\.test\.ts$/);
  }));

test('words name files by path, folder, glob or a part of the path', () =>
  withFiles(files, (root) => {
    const selected = (...words: string[]) => {
      const selection = selectFiles(root, groups, words);
      return selection.kind === 'fault' ? selection.reason : selection.groups.flatMap((each) => each.files);
    };
    assert.deepEqual(selected('src/dns.test.ts'), ['src/dns.test.ts']);
    assert.deepEqual(selected('src/http'), ['src/http/seed.test.ts']);
    assert.deepEqual(selected('src'), ['src/dns.test.ts', 'src/http/seed.test.ts']);
    assert.deepEqual(selected('test/*/bind*'), ['test/interop/bind.test.ts']);
    assert.deepEqual(selected('seed'), ['src/http/seed.test.ts', 'test/e2e/seed.test.ts']);
    assert.deepEqual(selected('bind', 'dns'), ['src/dns.test.ts', 'test/interop/bind.test.ts']);
    assert.equal(selected('bind', 'knot'), 'no test file is meant by knot');
  }));
