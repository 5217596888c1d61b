import assert from 'node:assert/strict';
import { test } from 'node:test';

import { convergenceMs, quantile } from './convergence.ts';

test('a serial is there when it, or a later one, is seen', () => {
  const acknowledged = [
    { serial: 5, atMs: 100 },
    { serial: 6, atMs: 110 },
    { serial: 8, atMs: 130 },
    { serial: 9, atMs: 140 },
  ];
  const seen = [
    { serial: 4, atMs: 0 },
    { serial: 5, atMs: 99 },
    { serial: 8, atMs: 180 },
  ];
  assert.deepEqual(convergenceMs(acknowledged, seen), [0, 70, 50, undefined]);
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
