import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareAnswer } from './single-flight.ts';

test('who asks meanwhile waits for the same answer, and for a while it is told again', async () => {
  let nowMs = 0;
  let asked = 0;
  const ask = shareAnswer(
    () => Promise.resolve((asked += 1)),
    1000,
    () => nowMs,
  );
  assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
  nowMs = 999;
  assert.equal(await ask(), 1);
  nowMs = 1000;
  assert.equal(await ask(), 2);
});

test('without an age every answer is found anew', async () => {
  let asked = 0;
  const ask = shareAnswer(
    () => Promise.resolve((asked += 1)),
    0,
    () => 0,
  );
  assert.equal(await ask(), 1);
  assert.equal(await ask(), 2);
});

test('a failure is told to those who waited, and is not kept', async () => {
  let asked = 0;
  const ask = shareAnswer(
    () => ((asked += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve(asked)),
    1000,
    () => 0,
  );
  const waiting = [ask(), ask()];
  for (const answer of waiting) await assert.rejects(answer, /no/);
  assert.equal(await ask(), 2);
});
