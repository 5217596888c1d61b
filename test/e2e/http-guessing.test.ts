import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';

import { delayGuess } from '../../src/http/guess-delay.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { exchangeKept, listenFixture } from './http-fixture.ts';

test('on the URLs of the seed, too, whoever guesses waits longer and longer for the same answer', async () => {
  const targets = [
    (guess: string) => `/update-by-query?secret=${guess}&fqdn=home.example.com`,
    (guess: string) => `/update-by-path/${guess}/home.example.com`,
    (guess: string) => `/metrics?secret=${guess}`,
  ];
  await Promise.all(
    targets.map(async (target) => {
      await using fixture = await listenFixture({ ledger: new MemoryLedger(), trustedProxies: ['127.0.0.1'] });
      const answers: string[] = [];
      const tookMs: number[] = [];
      await Promise.all(
        Array.from({ length: 19 }, async (_, index) => {
          const startedAtMs = performance.now();
          const head = `GET ${target(`guess${index}`)} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n`;
          answers.push((await exchangeKept(fixture.port, head)).replace(/^date: .*$/im, ''));
          tookMs.push(performance.now() - startedAtMs);
        }),
      );
      assert.equal(new Set(answers).size, 1, answers.join('\n'));
      assert.match(answers[0]!, /^HTTP\/1\.1 403 /);
      // In whatever order they come: fifteen of them wait from 133 ms to 2 s, evenly.
      const least = tookMs.toSorted((a, b) => a - b);
      for (const [index, ms] of least.slice(4).entries())
        assert.ok(ms >= (2000 / 15) * (index + 1) - 5, `${index} ${ms}`);
    }),
  );
});

test('nobody is waited for who has gone', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [message] = (await once(server, 'request')) as [IncomingMessage];
    const startedAtMs = performance.now();
    await delayGuess(20, message);
    assert.ok(performance.now() - startedAtMs >= 19);
    const waiting = Array.from({ length: 20 }, () => delayGuess(3_600_000, message));
    socket.destroy();
    await Promise.all(waiting);
    await delayGuess(3_600_000, message);
  } finally {
    server.close();
  }
});
