import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isMet } from '../measure/goal.ts';
import { updateGoals } from './update-goals.ts';

const rates: Readonly<Record<string, readonly number[]>> = {
  'dnsperf-64': [1000, 2000],
  'changing-64': [5000, 10_000],
  'changing-256': [7000, 14_000],
  'bare-1': [1000, 1000],
  'changing-1': [700, 700],
  'constant-64': [20_000, 20_000],
  'unchanged-64': [5000, 5000],
};

test('each goal compares the two that it names', () => {
  const goals = updateGoals({
    rates: (contender) => rates[contender] ?? [],
    memory: { peak: 140e6, median: 100e6, last: 110e6 },
    starts: { emptyNodeMs: [40, 50], firstAnswerMs: [360, 450], firstUpdateMs: [440, 550] },
  });
  assert.deepEqual(
    goals.map((goal) => [goal.measured.median, isMet(goal)]),
    [
      [5, true],
      [7, false],
      [0.7, true],
      [0.25, false],
      [140, true],
      [9, true],
      [11, false],
    ],
  );
});
