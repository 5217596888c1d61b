import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { TransferChannel } from './serve-transfer.ts';
import { sendWithPatience } from './transfer-patience.ts';

/** A client that has read when the test says so. */
function open() {
  const reading = Promise.withResolvers<boolean>();
  const state = { brokenOff: 0 };
  const channel: TransferChannel = {
    send: () => reading.promise,
    breakOff: () => {
      state.brokenOff += 1;
      reading.resolve(false);
    },
    signal: new AbortController().signal,
  };
  return { channel, state, read: () => reading.resolve(true) };
}

test('a client that does not read is waited for as long as nobody else waits, and then no more', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { channel, state } = open();
  let areOthersWaiting = false;
  const sending = sendWithPatience(channel, new Uint8Array(1), () => areOthersWaiting);
  t.mock.timers.tick(8500);
  assert.equal(state.brokenOff, 0);
  areOthersWaiting = true;
  t.mock.timers.tick(1000);
  assert.equal(state.brokenOff, 1);
  assert.equal(await sending, false);
  t.mock.timers.tick(5000);
  assert.equal(state.brokenOff, 1);
});

test('a client that reads goes on, whoever waits', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { channel, state, read } = open();
  const sending = sendWithPatience(channel, new Uint8Array(1), () => true);
  t.mock.timers.tick(900);
  read();
  assert.equal(await sending, true);
  t.mock.timers.tick(5000);
  assert.equal(state.brokenOff, 0);
});
