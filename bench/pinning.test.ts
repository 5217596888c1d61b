import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parsePinning } from './pinning.ts';

test('each role gets its cores, and what is not named stays free', () => {
  assert.deepEqual(parsePinning('service=0,nameserver=1-3'), {
    service: ['taskset', '--cpu-list', '0'],
    nameserver: ['taskset', '--cpu-list', '1-3'],
    load: [],
  });
});

test('what cannot be read is quoted', () => {
  for (const text of ['', 'service', 'service=', 'client=1', 'service=0;nameserver=1']) {
    const pinning = parsePinning(text);
    assert.match(typeof pinning === 'string' ? pinning : 'read', /--pin wants .*is not of that form/);
  }
});
