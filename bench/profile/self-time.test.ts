import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type CpuProfile, digestProfile } from './self-time.ts';

const frame = (id: number, functionName: string, url = '', lineNumber = 0) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

const profile: CpuProfile = {
  nodes: [
    frame(1, '(idle)'),
    frame(2, '(garbage collector)'),
    frame(3, 'signRequest', 'file:///code/src/dns/tsig.ts', 72),
    frame(4, '', 'file:///code/src/primary/rfc2136/batcher.ts', 9),
    frame(5, 'lookup', 'file:///code/node_modules/find-my-way/router.js', 4),
    frame(6, 'writeGeneric', 'node:internal/stream_base_commons', 150),
    frame(7, 'writev'),
  ],
  samples: [1, 2, 3, 3, 4, 5, 6, 7],
  timeDeltas: [5000, 1000, 2000, 2000, 3000, 500, 250, 250],
};

test('what waits is no work', () => {
  const { busyMilliseconds, idleMilliseconds } = digestProfile(profile, '/code/');
  assert.equal(idleMilliseconds, 5);
  assert.equal(busyMilliseconds, 9);
});

test('functions are named with their places, most first', () => {
  assert.deepEqual(digestProfile(profile, '/code/').functions.slice(0, 3), [
    { what: 'signRequest src/dns/tsig.ts:73', milliseconds: 4 },
    { what: '(anonymous) src/primary/rfc2136/batcher.ts:10', milliseconds: 3 },
    { what: '(garbage collector)', milliseconds: 1 },
  ]);
});

test('areas are folders of ours, packages, and parts of Node', () => {
  assert.deepEqual(
    digestProfile(profile, '/code/').areas.map(({ what }) => what),
    [
      'src/dns',
      'src/primary/rfc2136',
      '(garbage collector)',
      'find-my-way',
      'node:internal/stream_base_commons',
      'V8 and native functions',
    ],
  );
});
