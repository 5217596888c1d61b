import assert from 'node:assert/strict';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';

import { hasOwnNetwork, runInOwnNetwork } from '../support/own-network.ts';
import { requirePeer } from '../support/peers.ts';

const script = join(import.meta.dirname, '../support/wildcard-in-own-network.ts');

test('at a wildcard address, each address of the machine answers for itself, also one that comes later', async (t) => {
  if (!requirePeer(t, 'dig', 'ip')) return;
  if (!(await hasOwnNetwork())) return t.skip('networks of its own are for root alone');
  const { exitCode, stdout, stderr } = await runInOwnNetwork([process.execPath, script], { timeoutMs: 120_000 });
  assert.equal(exitCode, 0, stderr);
  const { answered, complaints, second } = JSON.parse(stdout) as Record<string, unknown>;
  const addresses = ['127.0.0.1', '::1', '192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'];
  const places = addresses.flatMap((address) => [address, `${address} TCP`]);
  const later = ['192.0.2.3, added', '2001:db8::3, added', '192.0.2.2, gone', '192.0.2.2, back'];
  assert.deepEqual(answered, Object.fromEntries([...places, ...later].map((place) => [place, true])));
  assert.deepEqual(complaints, []);
  // Who has it is told, as for any address that is taken.
  assert.match(String(second), /^0\.0\.0\.0, port 53, UDP: .+ \(process \d+\) listens there already/);
});
