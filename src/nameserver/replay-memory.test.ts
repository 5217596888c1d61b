import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ReplayMemory } from './replay-memory.ts';

const now = 1_700_000_000;
const request = (mac: number, timeSigned = now, keyName = 1) => {
  return { keyName: Uint8Array.of(keyName), mac: Uint8Array.of(mac), timeSigned };
};
const answer = Uint8Array.of(42);

test('a request is known by key, MAC and time', () => {
  const memory = new ReplayMemory(10);
  memory.remember(request(1), answer);
  assert.deepEqual(memory.recall(request(1), now), { kind: 'known', answer });
  for (const other of [request(2), request(1, now + 1), request(1, now, 2)])
    assert.deepEqual(memory.recall(other, now), { kind: 'new' });
});

test('it is known for twice the fudge, and never taken for new after that', () => {
  const memory = new ReplayMemory(10);
  memory.remember(request(1), answer);
  assert.equal(memory.recall(request(1), now + 599).kind, 'known');
  assert.equal(memory.size, 1);
  assert.equal(memory.recall(request(1), now + 600).kind, 'forgotten');
  assert.equal(memory.size, 0);
});

test('what is kept holds on to no more than its own octets', () => {
  const slab = new Uint8Array(65_536);
  const memory = new ReplayMemory(10, [{ ...request(1), answer: slab.subarray(0, 1) }]);
  memory.remember(request(2), slab.subarray(100, 200));
  for (const mac of [1, 2]) {
    const known = memory.recall(request(mac), now);
    assert.ok(known.kind === 'known' && known.answer instanceof Uint8Array);
    assert.equal(known.answer.buffer.byteLength, known.answer.length);
  }
});

test('what the store remembers is known from the start', () => {
  const memory = new ReplayMemory(10, [{ ...request(1), answer }]);
  assert.deepEqual(memory.recall(request(1), now), { kind: 'known', answer });
});

test('with too many, the oldest seconds are forgotten, and what is older is not taken for new', () => {
  const memory = new ReplayMemory(10);
  for (let mac = 0; mac < 100; mac += 1) memory.remember(request(mac, now + Math.floor(mac / 5)), answer);
  assert.ok(memory.size <= 10);
  assert.equal(memory.recall(request(0), now + 20).kind, 'forgotten');
  assert.equal(memory.recall(request(200, now), now + 20).kind, 'forgotten');
  assert.equal(memory.recall(request(99, now + 19), now + 20).kind, 'known');
  assert.equal(memory.recall(request(200, now + 20), now + 20).kind, 'new');
});

test('one that came to nothing may come again', () => {
  const memory = new ReplayMemory(10);
  memory.remember(request(1), Promise.resolve(undefined));
  memory.forget(request(1));
  assert.deepEqual([memory.recall(request(1), now).kind, memory.size], ['new', 0]);
});

test('with more in the store than it holds, what was signed before those that it holds is not taken for new', () => {
  // Newest first, and one more than there is room for, as the store hands them over.
  const stored = Array.from({ length: 11 }, (_, index) => ({ ...request(index, now - index), answer }));
  const memory = new ReplayMemory(10, stored);
  assert.equal(memory.size, 10);
  assert.equal(memory.recall(request(0), now).kind, 'known');
  assert.equal(memory.recall(request(9, now - 9), now).kind, 'known');
  for (const timeSigned of [now - 10, now - 11, now - 599])
    assert.equal(memory.recall(request(200, timeSigned), now).kind, 'forgotten');
  assert.equal(memory.recall(request(200, now - 9), now).kind, 'new');
});
