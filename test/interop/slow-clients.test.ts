import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { requirePeer } from '../support/peers.ts';
import { launchLargeZone, startSlowClients } from '../support/slow-clients.ts';
import { askSteadily, steadyClients } from '../support/steady-clients.ts';

const clients = 2000;
const settleMs = 3000;
const seconds = 5;
/** `npm run bench -- slow-clients` wants a tenth of it. */
const boundMs = 2500;

test('thousands who hold connections, and say or read nothing, shut nobody out', async (t) => {
  if (!requirePeer(t, 'dig')) return;
  await using embedded = await launchLargeZone('slow.example');
  for (const [title, addresses] of [
    ['from fifty addresses', 50],
    ['from the address of all others', 0],
  ] as const)
    await t.test(title, async () => {
      await using slow = startSlowClients(embedded, clients, addresses);
      await sleep(settleMs);
      const results = await askSteadily(await steadyClients(embedded), seconds);
      t.diagnostic(JSON.stringify(await slow.stop()));
      for (const { title: client, answeredMs, repeated, unanswered } of results) {
        const sorted = answeredMs.toSorted((a, b) => a - b);
        const p99Ms = sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Infinity;
        t.diagnostic(
          `${client}: ${answeredMs.length} answers, p99 ${p99Ms.toFixed(0)} ms, asked again ${repeated} times`,
        );
        assert.equal(unanswered, 0, client);
        assert.ok(p99Ms < boundMs, `${client}: ${p99Ms} ms`);
      }
    });
});
