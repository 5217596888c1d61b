import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readSample } from './service-counters.ts';

const metrics = '# TYPE messages histogram\nmessages_bucket{le="1"} 3\nmessages_sum 120\nmessages_count 4\n';

test('a sample is found by its whole name', () => {
  assert.equal(readSample(metrics, 'messages_sum'), 120);
  assert.equal(readSample(metrics, 'messages_count'), 4);
  assert.throws(() => readSample(metrics, 'messages'), /have no messages/);
});
