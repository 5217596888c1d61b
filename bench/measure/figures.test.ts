import assert from 'node:assert/strict';
import { test } from 'node:test';

import { figure, percent, spreadText, table } from './figures.ts';

test('a figure shows the digits that count', () => {
  assert.deepEqual([0.61234, 4.8312, 48.3, 999.6, 12_345.6].map(figure), ['0.612', '4.83', '48.3', '1,000', '12,346']);
});

test('a spread shows its ends where they differ', () => {
  assert.equal(spreadText({ median: 5.5, lowest: 4, highest: 7 }, '×'), '5.50 × (4.00–7.00)');
  assert.equal(spreadText({ median: 5, lowest: 5, highest: 5 }), '5.00');
});

test('a share is a share of one core', () => {
  assert.equal(percent(1.256), '126 %');
});

test('columns line up', () => {
  const rows = [
    ['what', 'rate', 'limit'],
    ['a', '10,000', 'disk'],
  ];
  assert.equal(table(rows, [0, 2]), 'what    rate  limit\na     10,000  disk');
});
