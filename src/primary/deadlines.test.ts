import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Deadlines } from './deadlines.ts';

const never = new Promise<string>(() => {});

test('what is done in time is told as it is, and so is what fails', async () => {
  const deadlines = new Deadlines(() => 0);
  assert.equal(await deadlines.endBy(1, Promise.resolve('done'), () => 'late'), 'done');
  await assert.rejects(
    deadlines.endBy(1, Promise.reject(new Error('broken')), () => 'late'),
    /broken/,
  );
});

test('what is not done by its deadline is late, and the others go on', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let nowMs = 0;
  const deadlines = new Deadlines(() => nowMs);
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = deadlines.endBy(100, never, () => 'late');
  const second = deadlines.endBy(200, promise, () => 'late');
  nowMs = 100;
  t.mock.timers.tick(25);
  assert.equal(await first, 'late');
  resolve('done');
  assert.equal(await second, 'done');
});

test('a deadline that has passed already ends at the next look', async () => {
  const deadlines = new Deadlines(() => 5);
  assert.equal(await deadlines.endBy(1, never, () => 'late'), 'late');
});
