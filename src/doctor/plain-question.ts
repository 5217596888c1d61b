import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

import { Opcode } from '../dns/codes.ts';
import { encodeMessage, makeQuery, type Message } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import type { Endpoint } from '../primary/rfc2136/connection.ts';
import { type Asked, judgeDelivery } from './answer.ts';
import { type Delivery, Dialogue } from './dialogue.ts';

/** What a nameserver says when it is asked as the world asks it: without a signature, without recursion. */
export type PlainAnswer =
  | { readonly kind: 'told'; readonly message: Message }
  /** `reason` is the operating system's word, or `no answer`. */
  | { readonly kind: 'silent'; readonly reason: string }
  /** `peer` completes "it seems to be …". */
  | { readonly kind: 'not-dns'; readonly peer: string };

export interface PlainQuestion {
  readonly name: Name;
  readonly type: number;
}

export interface Questioning {
  readonly freshId: () => number;
  readonly timeoutMs: number;
}

const udpAttempts = 2;

/** Over UDP as resolvers do, then over TCP where that stays unanswered, or is cut short. */
export async function askPlainly(
  endpoint: Endpoint,
  question: PlainQuestion,
  questioning: Questioning,
): Promise<PlainAnswer> {
  const answer = await askOverUdp(endpoint, question, questioning);
  return answer.kind === 'told' ? answer : await askOverTcp(endpoint, question, questioning);
}

/** A datagram may get lost, so it is sent twice, each with half of the time. */
export async function askOverUdp(
  endpoint: Endpoint,
  question: PlainQuestion,
  { freshId, timeoutMs }: Questioning,
): Promise<PlainAnswer> {
  let answer: PlainAnswer = { kind: 'silent', reason: 'no answer' };
  for (let attempt = 0; attempt < udpAttempts && answer.kind === 'silent'; attempt++)
    answer = judge(await exchangeDatagrams(endpoint, queryOf(question, freshId), timeoutMs / udpAttempts), question);
  return answer;
}

export async function askOverTcp(
  endpoint: Endpoint,
  question: PlainQuestion,
  { freshId, timeoutMs }: Questioning,
): Promise<PlainAnswer> {
  await using dialogue = new Dialogue(endpoint, timeoutMs);
  return judge(await dialogue.ask(queryOf(question, freshId), timeoutMs, true), question);
}

function queryOf({ name, type }: PlainQuestion, freshId: () => number): Uint8Array {
  return encodeMessage(makeQuery({ id: freshId(), name, type }));
}

function judge(delivery: Delivery, { name, type }: PlainQuestion): PlainAnswer {
  const asked: Asked = { opcode: Opcode.QUERY, name, type };
  const answer = judgeDelivery(delivery, asked);
  switch (answer.kind) {
    case 'proven':
    case 'unsigned':
    case 'tsig-error':
      return { kind: 'told', message: answer.message };
    case 'not-dns':
      return answer;
    case 'forged':
      return { kind: 'not-dns', peer: answer.reason };
    case 'unreachable':
      return { kind: 'silent', reason: answer.reason };
    case 'closed':
      return { kind: 'silent', reason: 'it hangs up' };
    case 'connect-timeout':
    case 'silence':
      return { kind: 'silent', reason: 'no answer' };
  }
}

/** The socket is connected, so that only this peer's datagrams come in; the ID tells late ones from ours. */
async function exchangeDatagrams(endpoint: Endpoint, wire: Uint8Array, timeoutMs: number): Promise<Delivery> {
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
