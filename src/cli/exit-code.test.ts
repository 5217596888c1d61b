import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExitCode, exitCodeMeanings } from './exit-code.ts';

test('every exit code is in the table once, in order', () => {
  const codes = Object.values(ExitCode).toSorted((a, b) => a - b);
  assert.deepEqual(
    exitCodeMeanings.map(([code]) => code),
    codes,
  );
});
