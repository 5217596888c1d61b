import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { chooseSoakRuns, soakRuns } from './soak-runs.ts';
import { repositoryRoot } from './supervised-command.ts';

test('what makes a run long is read by its file', async () => {
  for (const { file, environment } of soakRuns(1)) {
    const text = await readFile(join(repositoryRoot, file), 'utf8');
    for (const variable of Object.keys(environment))
      assert.ok(text.includes(`process.env['${variable}']`), `${file}: ${variable}`);
  }
});

test('a word chooses by file or title', () => {
  const files = (...words: string[]) => chooseSoakRuns(soakRuns(1), words).map(({ file }) => file);
  assert.deepEqual(files('garbage', 'secondaries'), ['test/chaos/garbage.test.ts', 'test/interop/secondaries.test.ts']);
  assert.equal(files().length, soakRuns(1).length);
  assert.deepEqual(files('nothing of the kind'), []);
});
