import type { Socket } from 'node:net';

import { frames } from '../dns/message-stream.ts';

/** What became of a transfer. */
export type TransferEnd =
  | 'sent' // all of it is on its way
  | 'closed' // the client has gone
  | 'idle'; // the client takes nothing, and its connection is to be closed

/**
 * Sends a transfer over TCP, each message with its length in front (RFC 1035 §4.2.2), and the next one when the client has
 * taken enough of those before. Other answers on the same connection may go between.
 *
 * @param idleTimeoutMs  how long the client may take nothing at all
 */
export async function sendTransfer(
  socket: Socket,
  messages: AsyncIterable<Uint8Array>,
  idleTimeoutMs: number,
): Promise<TransferEnd> {
  for await (const message of messages) {
    if (socket.destroyed || !socket.writable) return 'closed';
    if (socket.write(frames([message]))) continue;
    const end = await untilDrained(socket, idleTimeoutMs);
    if (end !== 'drained') return end;
  }
  return 'sent';
}

async function untilDrained(socket: Socket, idleTimeoutMs: number): Promise<'drained' | 'closed' | 'idle'> {
  const { promise, resolve } = Promise.withResolvers<'drained' | 'closed' | 'idle'>();
  const drained = () => resolve('drained');
  const closed = () => resolve('closed');
  socket.once('drain', drained);
  socket.once('close', closed);
  const deadline = setTimeout(() => resolve('idle'), idleTimeoutMs);
  // Between the write and now it may have gone, and would say so no more.
  if (socket.destroyed) closed();
  const end = await promise;
  clearTimeout(deadline);
  socket.off('drain', drained);
  socket.off('close', closed);
  return end;
}
