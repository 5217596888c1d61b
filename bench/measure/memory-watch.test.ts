import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryWatch, parseMemory } from './memory-watch.ts';

test('resident memory and its peak are read in octets', () => {
  const status = 'Name:\tnode\nVmHWM:\t  120004 kB\nVmRSS:\t  100000 kB\nThreads:\t11\n';
  assert.deepEqual(parseMemory(status), { resident: 102_400_000, peak: 122_884_096 });
});

test('a process has memory, and never more than at its peak', { skip: process.platform !== 'linux' }, () => {
  using watch = new MemoryWatch(process.pid, 10);
  const { peak, median, last } = watch.use();
  assert.ok(last > 1_000_000 && median <= peak && last <= peak);
});
