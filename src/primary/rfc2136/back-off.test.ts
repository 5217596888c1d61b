import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BackOff } from './back-off.ts';

const policy = { firstMs: 25, longestMs: 1000 };
/** The longest wait that the jitter allows. */
const unlucky = () => 1 - Number.EPSILON;

test('waits double up to the longest, and begin anew after a success', () => {
  const backOff = new BackOff(policy, unlucky);
  let nowMs = 1000;
  assert.equal(backOff.waitMs(nowMs), 0);
  const waits = Array.from({ length: 8 }, () => {
    backOff.failed(nowMs);
    const waitMs = backOff.waitMs(nowMs);
    nowMs += waitMs;
    return Math.round(waitMs);
  });
  assert.deepEqual(waits, [25, 50, 100, 200, 400, 800, 1000, 1000]);
  backOff.succeeded();
  assert.equal(backOff.waitMs(nowMs), 0);
  backOff.failed(nowMs);
  assert.equal(Math.round(backOff.waitMs(nowMs)), 25);
});

test('connections that are lost together are one failure', () => {
  const backOff = new BackOff(policy, unlucky);
  for (let lost = 0; lost < 8; lost += 1) backOff.failed(1000);
  assert.equal(Math.round(backOff.waitMs(1000)), 25);
});

test('jitter takes away half of a wait at the most', () => {
  const backOff = new BackOff(policy, () => 0);
  backOff.failed(1000);
  assert.equal(backOff.waitMs(1000), 12.5);
});
