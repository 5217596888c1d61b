import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

import fc from 'fast-check';

import { NameTurns } from './name-turns.ts';

test('work over a common name never overlaps, keeps its order, and all of it is done', async () => {
  const jobs = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(jobs, async (lists) => {
      const turns = new NameTurns();
      const atWork = new Set<string>();
      const finished = new Map<string, number[]>();
      const work = lists.map((names, number) =>
        turns.run(names, async () => {
          for (const name of names) {
            assert.ok(!atWork.has(name), `${name} is taken`);
            atWork.add(name);
          }
          await turn();
          for (const name of names) {
            atWork.delete(name);
            finished.set(name, [...(finished.get(name) ?? []), number]);
          }
        }),
      );
      await Promise.all(work);
      for (const numbers of finished.values())
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => a - b),
        );
      assert.equal(turns.size, 0);
    }),
    { numRuns: 50 },
  );
});

test('work that throws gives its names back', async () => {
  const turns = new NameTurns();
  await assert.rejects(turns.run(['a'], () => Promise.reject(new Error('failed'))));
  assert.equal(await turns.run(['a'], () => Promise.resolve('done')), 'done');
});

test('other names do not wait', async () => {
  const turns = new NameTurns();
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = turns.run(['a'], () => promise);
  assert.equal(await turns.run(['b'], () => Promise.resolve('done')), 'done');
  resolve();
  await slow;
  await turns.idle();
});
