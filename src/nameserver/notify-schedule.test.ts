import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NotifySchedule } from './notify-schedule.ts';

/** Runs through time in steps of a millisecond. @returns when a NOTIFY was sent */
function run(
  untilMs: number,
  happenings: { readonly changesMs?: (nowMs: number) => boolean; readonly answersAfterMs?: number },
): number[] {
  const schedule = new NotifySchedule();
  const sentMs: number[] = [];
  let hasNewsSinceSent = false;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 1) {
    if (happenings.changesMs?.(nowMs)) {
      schedule.changed();
      hasNewsSinceSent = true;
    }
    if (nowMs === (sentMs.at(-1) ?? NaN) + (happenings.answersAfterMs ?? NaN)) schedule.answered(!hasNewsSinceSent);
    if ((schedule.dueMs ?? Infinity) > nowMs) continue;
    schedule.sent(nowMs);
    sentMs.push(nowMs);
    hasNewsSinceSent = false;
  }
  return sentMs;
}

const onceMs = (nowMs: number) => nowMs === 0;

test('nothing is sent before there is something to tell', () => {
  assert.deepEqual(run(1000, {}), []);
});

test('a change is told at once, and, once that is answered, no more', () => {
  assert.deepEqual(run(200_000, { changesMs: onceMs, answersAfterMs: 20 }), [0]);
});

test('without an answer it is told again three times after 150 ms, then twice as long each time, up to a minute', () => {
  const sentMs = run(300_000, { changesMs: onceMs });
  const gapsMs = sentMs.slice(1).map((each, index) => each - sentMs[index]!);
  assert.deepEqual(gapsMs.slice(0, 6), [150, 150, 150, 300, 600, 1200]);
  assert.deepEqual(gapsMs.slice(-2), [60_000, 60_000]);
});

test('a burst is told of at its beginning, then ten times a second, and once after its end', () => {
  assert.deepEqual(run(2000, { changesMs: (nowMs) => nowMs <= 350, answersAfterMs: 5 }), [0, 100, 200, 300, 400]);
});

test('a secondary that is silent hears of changes ten times a second at first, and then once', () => {
  const sentMs = run(60_000, { changesMs: () => true });
  const gapsMs = sentMs.slice(1).map((each, index) => each - sentMs[index]!);
  assert.equal(gapsMs[0], 100);
  assert.equal(gapsMs.at(-1), 1000);
  assert.ok(sentMs.length >= 140 && sentMs.length <= 160, `${sentMs.length}`);
});

test('a change begins the retries anew', () => {
  const sentMs = run(2000, { changesMs: (nowMs) => nowMs === 0 || nowMs === 1000 });
  assert.deepEqual(sentMs, [0, 150, 300, 450, 750, 1000, 1150, 1300, 1450, 1750]);
});
