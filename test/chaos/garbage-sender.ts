import { decode } from 'dns-packet';
import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

import { Type } from '../../src/dns/codes.ts';
import { encodeMessage, makeQuery } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { framed, MessageFrames } from '../../src/nameserver/message-frames.ts';
import { garbage, wellFormedAddress, wellFormedName } from './garbage-material.ts';

/** What a thread that sends garbage to a nameserver on 127.0.0.1 is started with. */
export interface GarbageOrder {
  readonly port: number;
  readonly seed: number;
  readonly packets: number;
  /** The second octet of the addresses that it sends from, so that threads differ. */
  readonly network: number;
}

/** What it tells at its end. */
export type GarbageReport =
  | {
      readonly kind: 'done';
      /** Well-formed questions among the garbage; all were answered. */
      readonly questions: number;
      /** How often each kind of answer came back, by opcode and rcode; an independent codec could read each. */
      readonly answers: Readonly<Record<string, number>>;
    }
  /** Something was not answered, or not as it should be; the last messages before it, in hexadecimal. */
  | { readonly kind: 'fault'; readonly reason: string; readonly batch: readonly string[] };

/** Few enough for the kernel to keep them all while the nameserver is busy: what it drops would not be tried. */
const udpBatch = 48;
const tcpBatch = 96;
/** Of so many batches, one goes over TCP. */
const tcpEvery = 4;
/** Answers to one network are limited, so there are many. */
const networks = 32;
const answerTimeoutMs = 10_000;

const { port, seed, packets, network } = workerData as GarbageOrder;
const material = garbage(seed);
let lastId = 0;
const answers: Record<string, number> = {};

let batch: readonly Uint8Array[] = [];
try {
  const sockets = await Promise.all(
    Array.from({ length: networks }, (_, number) => openSocket(`127.${network}.${number}.1`)),
  );
  let questions = 0;
  for (let sent = 0; sent < packets; questions += 1) {
    const isTcp = questions % tcpEvery === tcpEvery - 1;
    batch = Array.from({ length: isTcp ? tcpBatch : udpBatch }, () => material.next().value);
    sent += batch.length;
    await (isTcp ? sendOverTcp(batch) : sendOverUdp(sockets[questions % networks]!, batch));
  }
  for (const socket of sockets) socket.close();
  report({ kind: 'done', questions, answers });
} catch (error) {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  report({ kind: 'fault', reason, batch: batch.map((octets) => Buffer.from(octets).toString('hex')) });
}

function report(told: GarbageReport): void {
  parentPort?.postMessage(told);
}

async function openSocket(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => void socket.bind({ address, port: 0 }, resolve));
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  return socket;
}

async function sendOverUdp(socket: Socket, messages: readonly Uint8Array[]): Promise<void> {
  const { id, wire } = question();
  await answered(`over UDP, ID ${id}`, (resolve, reject) => {
    socket.removeAllListeners('message').removeAllListeners('error');
    socket.on('error', reject);
    socket.on('message', (answer) => void (isTheAnswer(answer, id, reject) && resolve()));
    for (const message of messages) socket.send(message);
    socket.send(wire);
  });
}

async function sendOverTcp(messages: readonly Uint8Array[]): Promise<void> {
  const { id, wire } = question();
  const socket = connect({ port, host: '127.0.0.1', localAddress: `127.${network}.0.1`, noDelay: true });
  const frames = new MessageFrames();
  await answered(`over TCP, ID ${id}`, (resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed before the answer came')));
    socket.on('data', (piece) => {
      frames.push(piece);
      for (let answer = frames.next(); answer !== undefined; answer = frames.next())
        if (isTheAnswer(answer, id, reject)) resolve();
    });
    socket.write(Buffer.concat([...messages, wire].map(framed)));
  }).finally(() => socket.destroy());
}

function question(): { readonly id: number; readonly wire: Uint8Array } {
  lastId = (lastId + 1) & 0xffff;
  const id = lastId;
  return { id, wire: encodeMessage(makeQuery({ id, name: Name.parse(wellFormedName), type: Type.A })) };
}

async function answered(
  what: string,
  send: (resolve: () => void, reject: (error: Error) => void) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const deadline = setTimeout(() => reject(new Error(`no answer to a well-formed question ${what}`)), answerTimeoutMs);
  send(resolve, reject);
  await promise.finally(() => clearTimeout(deadline));
}

/** Every message that comes back has to be an answer that somebody else's codec can read. */
function isTheAnswer(wire: Uint8Array, id: number, reject: (error: Error) => void): boolean {
  try {
    const answer = decode(Buffer.from(wire));
    if (answer.type !== 'response') throw new Error('it is no answer');
    const kind = `opcode ${(wire[2]! >>> 3) & 0xf} rcode ${wire[3]! & 0xf}`;
    answers[kind] = (answers[kind] ?? 0) + 1;
    if (answer.id !== id || answer.questions?.[0]?.name !== wellFormedName) return false;
    const [record] = answer.answers ?? [];
    if (record?.type !== 'A' || record.data !== wellFormedAddress) throw new Error(JSON.stringify(answer));
    return true;
  } catch (error) {
    reject(new Error(`the answer ${Buffer.from(wire).toString('hex')}`, { cause: error }));
    return false;
  }
}
