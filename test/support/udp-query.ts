import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';

import { decodeMessage, encodeMessage, makeQuery, type Message } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';

export interface UdpQuestion {
  readonly port: number;
  readonly name: string;
  /** See `Type` in src/dns/codes.ts. */
  readonly type: number;
  readonly timeoutMs?: number;
}

/** Asks a nameserver on 127.0.0.1 once. @returns undefined when nothing intelligible comes back in time */
export async function queryOverUdp({ port, name, type, timeoutMs = 200 }: UdpQuestion): Promise<Message | undefined> {
  const id = randomInt(0x10000);
  const { promise, resolve } = Promise.withResolvers<Message | undefined>();
  const socket = createSocket('udp4');
  socket.once('message', (wire) => resolve(decode(wire, id)));
  socket.once('error', () => resolve(undefined));
  const deadline = setTimeout(() => resolve(undefined), timeoutMs);
  // Connected, so that a port where nobody listens is an error at once.
  socket.connect(port, '127.0.0.1', () => socket.send(encodeMessage(makeQuery({ id, name: Name.parse(name), type }))));
  const answer = await promise;
  clearTimeout(deadline);
  socket.close();
  return answer;
}

function decode(wire: Uint8Array, id: number): Message | undefined {
  try {
    const message = decodeMessage(wire);
    return message.id === id ? message : undefined;
  } catch {
    return undefined;
  }
}
