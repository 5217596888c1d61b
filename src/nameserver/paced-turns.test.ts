import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PacedTurns } from './paced-turns.ts';

test('whoever works has a piece in turn, and between two pieces everybody else has turns', async () => {
  const paced = new PacedTurns();
  const order: string[] = [];
  let turns = 0;
  let next: NodeJS.Immediate | undefined;
  const takeTurn = () => {
    turns += 1;
    next = setImmediate(takeTurn);
  };
  takeTurn();
  const work = async (name: string) => {
    for (let piece = 0; piece < 10; piece += 1) {
      await paced.take();
      order.push(name);
    }
  };
  await Promise.all([work('a'), work('b')]);
  clearImmediate(next);
  assert.equal(order.join(''), 'ab'.repeat(10));
  assert.ok(turns >= 20 * 60, `${turns}`);
});

test('it goes on after a pause', async () => {
  const paced = new PacedTurns();
  await paced.take();
  await new Promise((resolve) => void setTimeout(resolve, 20));
  await paced.take();
});

test('a crowd leaves most of the time to others', async () => {
  const paced = new PacedTurns();
  const pieceMs = 5;
  let workedMs = 0;
  const work = async () => {
    for (let piece = 0; piece < 3; piece += 1) {
      await paced.take();
      const beginMs = performance.now();
      while (performance.now() - beginMs < pieceMs);
      workedMs += performance.now() - beginMs;
    }
  };
  const beginMs = performance.now();
  await Promise.all(Array.from({ length: 8 }, work));
  // The last few are no crowd any more, and what holds a piece up holds up no rest.
  assert.ok(performance.now() - beginMs > 1.5 * workedMs);
});
