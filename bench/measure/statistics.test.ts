import assert from 'node:assert/strict';
import { test } from 'node:test';

import { quantile, ratioOf, spreadOf } from './statistics.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  assert.deepEqual(spreadOf([9, 1, 5]), { median: 5, lowest: 1, highest: 9 });
  assert.deepEqual(spreadOf([10, 2, 4, 8]), { median: 6, lowest: 2, highest: 10 });
  assert.deepEqual(spreadOf([7]), { median: 7, lowest: 7, highest: 7 });
});

test('a ratio compares what was measured in the same round', () => {
  assert.deepEqual(ratioOf([10, 2, 30], [5, 1, 10]), { median: 2, lowest: 2, highest: 3 });
});

test('nothing measured, or one round too few, is a mistake', () => {
  assert.throws(() => spreadOf([]), RangeError);
  assert.throws(() => ratioOf([1, 2], [1]), RangeError);
});

test('quantiles are values that were measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(
    [0, 0.5, 0.99, 1].map((share) => quantile(values, share)),
    [1, 50, 99, 100],
  );
  assert.equal(quantile([7], 0.99), 7);
  assert.throws(() => quantile([], 0.5), RangeError);
});
