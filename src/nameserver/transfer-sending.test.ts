import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';

import { MessageStream } from '../dns/message-stream.ts';
import { sendTransfer } from './transfer-sending.ts';

/** Both ends of a connection. */
async function open() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await accepted;
  socket.on('error', () => {});
  client.on('error', () => {});
  const dispose = async () => {
    client.destroy();
    socket.destroy();
    await new Promise((resolve) => void server.close(resolve));
  };
  return { client, socket, [Symbol.asyncDispose]: dispose };
}

/** Messages of 16 KiB, and what is known of them. */
function messages(count: number) {
  const state = { made: 0, isOver: false };
  async function* make(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      while (state.made < count) {
        state.made += 1;
        yield new Uint8Array(16 * 1024).fill(state.made);
      }
    } finally {
      state.isOver = true;
    }
  }
  return { state, messages: make() };
}

test('all messages arrive, framed', async () => {
  await using pair = await open();
  const stream = new MessageStream();
  const firstOctets: number[] = [];
  pair.client.on('data', (chunk) => {
    const framing = stream.push(chunk);
    assert.ok(framing.kind === 'messages');
    for (const message of framing.messages) firstOctets.push(message[0]!);
  });
  assert.equal(await sendTransfer(pair.socket, messages(100).messages, 5000), 'sent');
  pair.socket.end();
  await once(pair.client, 'end');
  assert.deepEqual(
    firstOctets,
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
});

test('while the client takes nothing, no more messages are made; then it is given up', async () => {
  await using pair = await open();
  pair.client.pause();
  const { state, messages: all } = messages(100_000);
  assert.equal(await sendTransfer(pair.socket, all, 200), 'idle');
  // What the kernel holds for both sides is some megabytes, whatever we do.
  assert.ok(state.made < 2000, `${state.made}`);
  assert.ok(pair.socket.writableLength < 200_000, `${pair.socket.writableLength}`);
  assert.ok(state.isOver);
});

test('a client that goes ends it', async () => {
  await using pair = await open();
  pair.client.pause();
  const { state, messages: all } = messages(100_000);
  const end = sendTransfer(pair.socket, all, 10_000);
  setTimeout(() => pair.client.destroy(), 50);
  assert.equal(await end, 'closed');
  assert.ok(state.isOver);
});
