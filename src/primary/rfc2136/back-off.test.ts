import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BackOff } from './back-off.ts';

const policy = { firstMs: 100, longestMs: 1000 };

test('the first attempt may be made at once', () => {
  assert.equal(new BackOff(policy, () => 0.5).waitMs(0), 0);
});

test('waits double up to the longest, and never exceed it', () => {
  const backOff = new BackOff(policy, () => 0.999_999);
  const waits = Array.from({ length: 8 }, () => {
    backOff.failed(0);
    return Math.round(backOff.waitMs(0));
  });
  assert.deepEqual(waits, [100, 200, 400, 800, 1000, 1000, 1000, 1000]);
});

test('jitter takes away at most half', () => {
  const backOff = new BackOff(policy, () => 0);
  backOff.failed(0);
  assert.equal(backOff.waitMs(0), 50);
});

test('time passes, and success forgets', () => {
  const backOff = new BackOff(policy, () => 1);
  backOff.failed(1000);
  assert.equal(backOff.waitMs(1040), 60);
  assert.equal(backOff.waitMs(2000), 0);
  backOff.failed(1000);
  backOff.succeeded();
  assert.equal(backOff.waitMs(1000), 0);
});
