import assert from 'node:assert/strict';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';

import { hasOwnNetwork, runInOwnNetwork } from '../support/own-network.ts';
import { requirePeer } from '../support/peers.ts';

const script = join(import.meta.dirname, '../support/notify-in-own-network.ts');

test('NOTIFY comes from the address that serves, and a BIND that knows no other one takes it', async (t) => {
  if (!requirePeer(t, 'named', 'dig', 'ip')) return;
  if (!(await hasOwnNetwork())) return t.skip('networks of its own are for root alone');
  const { exitCode, stdout, stderr } = await runInOwnNetwork([process.execPath, script], { timeoutMs: 120_000 });
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), { answer: '203.0.113.7' });
});
