import assert from 'node:assert/strict';
import { test } from 'node:test';

import { holds, readPreconditions } from './preconditions.ts';

/** Whether it holds for version 3, and where there is nothing. */
function verdicts(headers: Readonly<Record<string, string>>): readonly boolean[] {
  const preconditions = readPreconditions(headers);
  return [holds(preconditions, 3), holds(preconditions, undefined)];
}

test('without conditions everything is meant', () => {
  assert.deepEqual(verdicts({}), [true, true]);
});

test('If-Match compares strongly, and nothing matches nothing (RFC 9110 §13.1.1)', () => {
  assert.deepEqual(verdicts({ 'if-match': '"3"' }), [true, false]);
  assert.deepEqual(verdicts({ 'if-match': '"1", "3"' }), [true, false]);
  assert.deepEqual(verdicts({ 'if-match': '*' }), [true, false]);
  for (const none of ['"2"', 'W/"3"', '3', '"03"', '"3', ''])
    assert.deepEqual(verdicts({ 'if-match': none }), [false, false], none);
});

test('If-None-Match compares weakly, and holds where there is nothing (RFC 9110 §13.1.2)', () => {
  assert.deepEqual(verdicts({ 'if-none-match': '*' }), [false, true]);
  assert.deepEqual(verdicts({ 'if-none-match': '"3"' }), [false, true]);
  assert.deepEqual(verdicts({ 'if-none-match': 'W/"3"' }), [false, true]);
  assert.deepEqual(verdicts({ 'if-none-match': '"2"' }), [true, true]);
});
