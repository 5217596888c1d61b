import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseHttpLoad } from './http-load.ts';

const output = (wrong: number, text: string) => `Running 3s test @ http://127.0.0.1:18181
  77109 requests in 3.02s, 13.60MB read
RESULT issued=77174 right=${77_109 - wrong} wrong=${wrong} socketFaults=0 timeouts=0 microseconds=3016007 medianMicroseconds=2100 p99Microseconds=9577
WRONG ${text}
`;

test('a run without faults counts', () => {
  assert.deepEqual(parseHttpLoad(output(0, '')), {
    issued: 77_174,
    right: 77_109,
    seconds: 3.016007,
    medianMs: 2.1,
    p99Ms: 9.577,
    faults: [],
  });
});

test('one wrong answer is a fault, and is quoted', () => {
  const { faults } = parseHttpLoad(output(1, '200 UNCHANGED: n1.bench.example. A 10.0.0.1\n'));
  assert.deepEqual(faults, [
    '1 answers were not as they should be, first: 200 UNCHANGED: n1.bench.example. A 10.0.0.1',
  ]);
});

test('no result is an error that shows what was said', () => {
  assert.throws(() => parseHttpLoad('unable to connect to 127.0.0.1:1\n'), /unable to connect/);
});
