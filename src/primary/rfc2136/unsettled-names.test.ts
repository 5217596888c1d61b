import assert from 'node:assert/strict';
import { test } from 'node:test';

import { UnsettledNames } from './unsettled-names.ts';

test('a name is unsettled until it is settled', () => {
  const names = new UnsettledNames(10);
  names.add('a');
  assert.deepEqual([names.has('a'), names.has('b')], [true, false]);
  names.settled('a');
  assert.equal(names.has('a'), false);
});

test('of more than it holds, all are unsettled, until those that are known are settled', () => {
  const names = new UnsettledNames(2);
  for (const key of ['a', 'b', 'b']) names.add(key);
  assert.equal(names.has('z'), false);
  names.add('c');
  assert.equal(names.has('z'), true);
  names.settled('a');
  assert.equal(names.has('z'), true);
  names.settled('b');
  assert.equal(names.has('z'), false);
});
