import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';

import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { Questioner } from './questioner.ts';

const zone = Name.parse('dyn.example.test');

test('when the time of the examination is over, nothing is asked any more, save in time granted', async (t) => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    socket.on('data', () => socket.end());
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  t.after(() => server.close());
  let nowMs = 0;
  await using questioner = new Questioner({
    endpoint: { address: '127.0.0.1', port: (server.address() as AddressInfo).port },
    key: { name: zone, algorithm: 'hmac-sha512', secret: randomBytes(32) },
    clock: { unixSeconds: () => 1_700_000_000, monotonicMs: () => nowMs },
    connectTimeoutMs: 10_000,
    answerTimeoutMs: 10_000,
    examinationMs: 30_000,
    freshId: () => randomInt(0x10000),
  });
  assert.equal((await questioner.query(zone, Type.SOA)).kind, 'closed');
  nowMs = 30_000;
  assert.equal((await questioner.query(zone, Type.SOA)).kind, 'silence');
  assert.equal((await questioner.update(zone, [], [])).kind, 'silence');
  assert.equal(connections, 1);
  questioner.grantMs(10_000);
  assert.equal((await questioner.update(zone, [], [])).kind, 'closed');
  assert.equal(connections, 2);
});
