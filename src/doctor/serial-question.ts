import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

import { Opcode, Rcode, rcodeName, Type } from '../dns/codes.ts';
import { encodeMessage, makeQuery, type Message } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import type { Endpoint } from '../primary/rfc2136/connection.ts';
import { judgeDelivery } from './answer.ts';
import { type Delivery, Dialogue } from './dialogue.ts';

/** What a nameserver of the zone says when it is asked as the world asks it: without a signature. */
export type SerialAnswer =
  | { readonly kind: 'serial'; readonly serial: number }
  | { readonly kind: 'silent' }
  /** `answer` completes "it does not serve the zone: …". */
  | { readonly kind: 'lame'; readonly answer: string };

export interface SerialQuestioning {
  readonly freshId: () => number;
  readonly timeoutMs: number;
}

const udpAttempts = 2;

/** Asks one nameserver for the zone's serial, over UDP as resolvers do, then over TCP where that stays unanswered. */
export async function askSerial(
  endpoint: Endpoint,
  zone: Name,
  { freshId, timeoutMs }: SerialQuestioning,
): Promise<SerialAnswer> {
  const asked = { opcode: Opcode.QUERY, name: zone, type: Type.SOA };
  const question = () => encodeMessage(makeQuery({ id: freshId(), name: zone, type: Type.SOA }));
  for (let attempt = 0; attempt < udpAttempts; attempt++) {
    const answer = judgeDelivery(await askOverUdp(endpoint, question(), timeoutMs), asked);
    if (answer.kind === 'unsigned') return judgeSerial(answer.message, zone);
  }
  await using dialogue = new Dialogue(endpoint, timeoutMs);
  const answer = judgeDelivery(await dialogue.ask(question(), timeoutMs, true), asked);
  if (answer.kind === 'unsigned') return judgeSerial(answer.message, zone);
  return answer.kind === 'not-dns' ? { kind: 'lame', answer: `it seems to be ${answer.peer}` } : { kind: 'silent' };
}

export function judgeSerial(message: Message, zone: Name): SerialAnswer {
  if (message.rcode !== Rcode.NOERROR) return { kind: 'lame', answer: `it answers ${rcodeName(message.rcode)}` };
  if (!message.aa) return { kind: 'lame', answer: 'it answers without authority' };
  for (const { name, rdata } of message.answers)
    if (rdata.kind === 'SOA' && name.equals(zone)) return { kind: 'serial', serial: rdata.serial };
  return { kind: 'lame', answer: 'it answers without the SOA of the zone' };
}

/** RFC 1982 §3.2; half way round, where the RFC leaves it undefined, counts as behind. */
export function isSerialAtLeast(serial: number, other: number): boolean {
  return (serial - other) >>> 0 < 0x8000_0000;
}

/** The socket is connected, so that only this peer's datagrams come in; the ID tells late ones from ours. */
async function askOverUdp(endpoint: Endpoint, wire: Uint8Array, timeoutMs: number): Promise<Delivery> {
  const { promise, resolve } = Promise.withResolvers<Delivery>();
  const socket = createSocket(isIPv6(endpoint.address) ? 'udp6' : 'udp4');
  const timer = setTimeout(() => resolve({ kind: 'silence' }), timeoutMs);
  socket.on('error', (error: NodeJS.ErrnoException) =>
    resolve({ kind: 'unreachable', reason: error.code ?? error.message }),
  );
  socket.on('message', (answer) => {
    if (answer[0] === wire[0] && answer[1] === wire[1]) resolve({ kind: 'answer', wire: Uint8Array.from(answer) });
  });
  socket.on('connect', () => socket.send(wire));
  socket.connect(endpoint.port, endpoint.address);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}
