import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseTicks } from './machine-watch.ts';

test('the line of all cores is read, and idle time is no work', () => {
  const text = 'cpu  1000 20 300 9999 40 5 6 7 50 0\ncpu0 500 10 150 5000 20 2 3 3 25 0\nintr 1\n';
  assert.deepEqual(parseTicks(text), { busy: 1331, diskWait: 40, stolen: 7 });
});
