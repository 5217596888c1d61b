import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dropOldest } from './drop-oldest.ts';

test('what was put first goes, an eighth at once, and nothing within the bound', () => {
  const map = new Map<number, string>();
  for (let key = 0; key < 80; key += 1) map.set(key, '');
  dropOldest(map, 80);
  assert.equal(map.size, 80);
  map.set(80, '');
  dropOldest(map, 80);
  assert.deepEqual(
    [...map.keys()],
    Array.from({ length: 70 }, (_, index) => index + 11),
  );
});

test('a small bound is kept as it is', () => {
  const map = new Map([1, 2, 3].map((key) => [key, '']));
  dropOldest(map, 2);
  assert.deepEqual([...map.keys()], [2, 3]);
});
