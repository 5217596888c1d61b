import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** One for each connection, however many requests wait on it. */
const ends = new WeakMap<Socket, AbortSignal>();

/**
 * Waits before somebody is told that his secret is wrong, as long as he is there to hear it.
 *
 * @param delayMs  as `Authentication` has it
 */
export async function delayGuess(delayMs: number, { socket }: IncomingMessage): Promise<void> {
  try {
    await wait(delayMs, undefined, { signal: endOf(socket) });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
  }
}

function endOf(socket: Socket): AbortSignal {
  const known = ends.get(socket);
  if (known) return known;
  const end = new AbortController();
  if (socket.destroyed) end.abort();
  else socket.once('close', () => end.abort());
  ends.set(socket, end.signal);
  return end.signal;
}
