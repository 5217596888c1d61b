import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';

import { openDatagramChannel } from './datagram-channel.ts';

for (const [type, address] of [
  ['udp4', '127.0.0.1'],
  ['udp6', '::1'],
] as const) {
  test(`datagrams go out over ${type}, and answers come back`, async (t) => {
    const peer = createSocket(type);
    peer.on('message', (wire, { port }) => peer.send(wire.toReversed(), port, address));
    peer.bind(0, address);
    const isListening = await once(peer, 'listening').catch(() => undefined);
    if (isListening === undefined) return t.skip(`this machine has no ${address}`);
    const received = Promise.withResolvers<readonly [Uint8Array, string, number]>();
    await using channel = openDatagramChannel(
      (...datagram) => received.resolve(datagram),
      () => undefined,
    );
    channel.send(Uint8Array.of(1, 2, 3), address, peer.address().port);
    const [wire, from, port] = await received.promise;
    assert.deepEqual([[...wire], from, port], [[3, 2, 1], address, peer.address().port]);
    peer.close();
  });
}

test('datagrams leave from the address that is chosen for them', async () => {
  const peer = createSocket('udp4');
  const sources = new Set<string>();
  const both = Promise.withResolvers<void>();
  peer.on('message', (_wire, { address }) => void (sources.add(address).size === 2 && both.resolve()));
  peer.bind(0, '127.0.0.1');
  await once(peer, 'listening');
  let source: string | undefined = '127.0.0.7';
  await using channel = openDatagramChannel(
    () => {},
    () => source,
  );
  channel.send(new Uint8Array(12), '127.0.0.1', peer.address().port);
  source = undefined;
  channel.send(new Uint8Array(12), '127.0.0.1', peer.address().port);
  await both.promise;
  assert.deepEqual(sources, new Set(['127.0.0.7', '127.0.0.1']));
  peer.close();
});

test('what cannot be sent is lost, and nothing is sent after the end', async () => {
  // No machine has this address (RFC 5737).
  const sourceFor = (target: string) => (target === '127.0.0.3' ? '192.0.2.1' : undefined);
  const channel = openDatagramChannel(() => assert.fail('nothing is there to be received'), sourceFor);
  channel.send(new Uint8Array(12), 'no address', 53);
  channel.send(new Uint8Array(12), '127.0.0.3', 9);
  channel.send(new Uint8Array(70_000), '127.0.0.1', 9);
  channel.send(new Uint8Array(12), '127.0.0.1', 9);
  await new Promise((resolve) => void setTimeout(resolve, 20));
  await channel[Symbol.asyncDispose]();
  channel.send(new Uint8Array(12), '127.0.0.1', 9);
  await channel[Symbol.asyncDispose]();
});
