import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findLimit } from './use.ts';

const use = (title: string, runShare: number, waitShare: number) => ({
  title,
  cpuShare: runShare + 0.1,
  busiestThread: { runShare, waitShare },
});

test('a thread that is always at work is the limit', () => {
  const limit = findLimit([use('BIND', 0.5, 0), use('service', 0.93, 0.05)]);
  assert.deepEqual(limit, { what: 'service', busiest: 'service 93 % + 5 %' });
});

test('a thread that waits in line lacks a core', () => {
  assert.equal(findLimit([use('BIND', 0.5, 0.1), use('service', 0.6, 0.35)]).what, 'cores, for service');
});

test('where no thread wants a whole core, all wait for the disk or for each other', () => {
  assert.equal(findLimit([use('BIND', 0.5, 0.1), use('service', 0.6, 0.1)]).what, 'disk or round trips');
});
