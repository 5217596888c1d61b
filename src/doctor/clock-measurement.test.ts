import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { judgeSkew, measureSkewByFudge, widestFudgeSeconds } from './clock-measurement.ts';

/** A nameserver whose clock is so many seconds behind ours, and that says only yes or no. */
function nameserver(aheadSeconds: number) {
  let questions = 0;
  return {
    accepts: (shiftSeconds: number, fudgeSeconds: number) => {
      questions += 1;
      return Promise.resolve(Math.abs(aheadSeconds + shiftSeconds) <= fudgeSeconds);
    },
    questions: () => questions,
  };
}

test('the skew is found by what is accepted, within the width of the fudge', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -widestFudgeSeconds, max: widestFudgeSeconds }), async (aheadSeconds) => {
      const { accepts, questions } = nameserver(aheadSeconds);
      const measured = await measureSkewByFudge(accepts, widestFudgeSeconds);
      assert.ok(measured !== undefined && Math.abs(measured - aheadSeconds) <= 1, `${measured} for ${aheadSeconds}`);
      assert.ok(questions() <= 20);
    }),
  );
});

test('what is further off than the widest fudge cannot be measured', async () => {
  for (const aheadSeconds of [widestFudgeSeconds + 1, -widestFudgeSeconds - 1])
    assert.equal(await measureSkewByFudge(nameserver(aheadSeconds).accepts, widestFudgeSeconds), undefined);
});

test('clocks that agree need one question', async () => {
  const { accepts, questions } = nameserver(0);
  assert.equal(await measureSkewByFudge(accepts, 300), 0);
  assert.equal(questions(), 1);
});

test('a minute is worth a warning, in either direction', () => {
  for (const aheadSeconds of [undefined, 0, 59, -59]) assert.equal(judgeSkew(aheadSeconds), undefined);
  for (const aheadSeconds of [60, -60, 299])
    assert.deepEqual(judgeSkew(aheadSeconds), { code: 'clock-drift', aheadSeconds });
});
