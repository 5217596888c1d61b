import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addressNumber, FreshNumbers, initialRecords, nameCount, numberedAddress } from './numbered-names.ts';

test('every number has its own address, and comes back from it', () => {
  for (const number of [0, 255, 256, 65_535, 65_536, 2 ** 24 - 1]) {
    assert.equal(addressNumber(numberedAddress(number)), number);
  }
  assert.equal(numberedAddress(65_536 + 2 * 256 + 3), '10.1.2.3');
  assert.equal(addressNumber('192.0.2.1'), Number.NaN);
});

test('numbers are not used twice, and not beyond the last', () => {
  const numbers = new FreshNumbers();
  numbers.used(1000);
  assert.equal(numbers.next, 1000);
  assert.throws(() => numbers.used(2 ** 24), /too long/);
});

test('the zone begins with a record for every name', () => {
  const records = initialRecords();
  assert.equal(records.length, 5 * nameCount);
  assert.equal(new Set(records.map((record) => record.split(' ')[0])).size, records.length);
  assert.ok(records.includes('still254 IN A 198.51.100.1'));
});
