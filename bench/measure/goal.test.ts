import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Goal, goalTable, isMet } from './goal.ts';

const ratio: Goal = {
  title: 'as fast as that',
  wanted: { kind: 'at least', value: 5 },
  unit: '×',
  measured: { median: 5, lowest: 4, highest: 6 },
};

test('the median decides whether a goal is met', () => {
  assert.equal(isMet(ratio), true);
  assert.equal(isMet({ ...ratio, wanted: { kind: 'at least', value: 5.01 } }), false);
  assert.equal(isMet({ ...ratio, wanted: { kind: 'at most', value: 5 } }), true);
  assert.equal(isMet({ ...ratio, wanted: { kind: 'at most', value: 4.99 } }), false);
});

test('the table says what was wanted, what came, and whether that is enough', () => {
  const text = goalTable([ratio, { ...ratio, wanted: { kind: 'at least', value: 10 } }]);
  assert.match(text, /as fast as that +≥ 5 × +5\.00 × \(4\.00–6\.00\) +met/);
  assert.match(text, /≥ 10 × .* MISSED \(0\.500 of it\)/);
});
