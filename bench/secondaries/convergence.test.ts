import assert from 'node:assert/strict';
import { test } from 'node:test';

import { convergenceMs } from './convergence.ts';

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
