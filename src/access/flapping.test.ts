import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Flapping, FlappingWatch } from './flapping.ts';

const minuteMs = 60_000;
const name = 'home.example.com.';

test('two machines that each set a name to their own address are told at the fifth turn, and once', () => {
  const watch = new FlappingWatch();
  const told = fight(watch, 40, 5 * minuteMs);
  assert.deepEqual(
    told.filter(([, quarrel]) => quarrel),
    [[4, { sinceMs: 0, values: ['192.0.2.1', '192.0.2.2'], sources: ['192.0.2.1', '192.0.2.2'] }]],
  );
  assert.equal(watch.isFlapping(name, 40 * 5 * minuteMs), true);
  assert.equal(watch.isFlapping('other.example.com.', 0), false);
});

test('after an hour of quiet the next quarrel is told again', () => {
  const watch = new FlappingWatch();
  fight(watch, 6, minuteMs);
  assert.equal(watch.isFlapping(name, 66 * minuteMs), false);
  const again = fight(watch, 6, minuteMs, 66 * minuteMs).filter(([, quarrel]) => quarrel);
  assert.equal(again.length, 1);
  assert.equal(again[0]?.[1]?.sinceMs, 66 * minuteMs);
});

test('a line with a new address each time is no quarrel, however often it changes', () => {
  const watch = new FlappingWatch();
  for (let turn = 0; turn < 1000; turn += 1) {
    const value = `198.51.100.${turn % 250}`;
    assert.equal(watch.observe({ name, value, source: value, atMs: turn * minuteMs }), undefined);
  }
});

test('a notebook that is carried to and fro twice a day is none, and nothing slower than an hour', () => {
  const watch = new FlappingWatch();
  assert.equal(
    fight(watch, 60, 360 * minuteMs).some(([, quarrel]) => quarrel),
    false,
  );
  assert.equal(
    fight(watch, 60, 16 * minuteMs, 1e12).some(([, quarrel]) => quarrel),
    false,
  );
  assert.equal(
    fight(watch, 60, 15 * minuteMs, 2e12).some(([, quarrel]) => quarrel),
    true,
  );
});

test('one machine that changes its mind is none, even with an address of each family', () => {
  const watch = new FlappingWatch();
  for (let turn = 0; turn < 20; turn += 1) {
    const value = turn % 2 === 0 ? '192.0.2.1' : '192.0.2.2';
    assert.equal(watch.observe({ name, value, source: '192.0.2.9', atMs: turn * minuteMs }), undefined);
    const other = {
      name: 'b.example.',
      value,
      source: turn % 3 === 0 ? '192.0.2.9' : '2001:db8::9',
      atMs: turn * minuteMs,
    };
    assert.equal(watch.observe(other), undefined);
  }
});

test('three in a ring are no pair, and a third value ends the turns', () => {
  const watch = new FlappingWatch();
  for (let turn = 0; turn < 30; turn += 1) {
    const value = `192.0.2.${turn % 3}`;
    assert.equal(watch.observe({ name, value, source: value, atMs: turn * minuteMs }), undefined);
  }
});

test('a bounded number of names is watched; the oldest go', () => {
  const watch = new FlappingWatch();
  fight(watch, 4, 1);
  for (let index = 0; index < 20_000; index += 1)
    watch.observe({ name: `n${index}.`, value: 'v', source: 's', atMs: 10 });
  assert.equal(watch.size, 17_500);
  // Its four turns are forgotten.
  assert.equal(watch.observe({ name, value: '192.0.2.1', source: '192.0.2.1', atMs: 20 }), undefined);
});

function fight(watch: FlappingWatch, turns: number, everyMs: number, fromMs = 0): [number, Flapping | undefined][] {
  return Array.from({ length: turns }, (_, turn) => {
    const value = turn % 2 === 0 ? '192.0.2.1' : '192.0.2.2';
    return [turn, watch.observe({ name, value, source: value, atMs: fromMs + turn * everyMs })];
  });
}
