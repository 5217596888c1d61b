import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';

import { Rcode } from '../../src/dns/codes.ts';
import { encodeMessage, makeQuery } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import type { PollerRequest, PollOrder, PollTally } from './udp-poller.ts';

/** The worker of {@link ./udp-poller.ts}. */

const lostAfterMs = 1000;
/** How many questions go out at once at the most, when the loop was held up. */
const maxBurst = 50;

const { port, questions, pollsPerSecond } = workerData as PollOrder;
const wires = questions.map(({ name, type }) => encodeMessage(makeQuery({ id: 0, name: Name.parse(name), type })));
const tallies = questions.map(({ name, type }) => ({
  name,
  type,
  sent: 0,
  answers: 0,
  empty: 0,
  nxdomain: 0,
  servfail: 0,
  otherErrors: 0,
  lost: 0,
}));
/** By message ID, oldest first, since IDs are given in order and a Map keeps the order of insertion. */
const underWay = new Map<number, { readonly question: number; readonly sentAtMs: number }>();
const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
const startedAtMs = performance.now();
let asked = 0;
let isStopping = false;

function ask(): void {
  const id = asked % 0x10000;
  const question = asked % questions.length;
  const wire = wires[question];
  const tally = tallies[question];
  if (!wire || !tally) return;
  const copy = Buffer.from(wire);
  copy.writeUInt16BE(id);
  asked += 1;
  tally.sent += 1;
  if (underWay.has(id)) tally.lost += 1;
  underWay.set(id, { question, sentAtMs: performance.now() });
  socket.send(copy);
}

function forgetTheLost(): void {
  const oldestMs = performance.now() - lostAfterMs;
  for (const [id, { question, sentAtMs }] of underWay) {
    if (sentAtMs > oldestMs) return;
    underWay.delete(id);
    const tally = tallies[question];
    if (tally) tally.lost += 1;
  }
}

function received(wire: Buffer): void {
  if (wire.length < 12) return;
  const sent = underWay.get(wire.readUInt16BE(0));
  const tally = sent && tallies[sent.question];
  if (!tally) return;
  underWay.delete(wire.readUInt16BE(0));
  const rcode = wire.readUInt16BE(2) & 0xf;
  const answerCount = wire.readUInt16BE(6);
  if (rcode === Rcode.NXDOMAIN) tally.nxdomain += 1;
  else if (rcode === Rcode.SERVFAIL) tally.servfail += 1;
  else if (rcode !== Rcode.NOERROR) tally.otherErrors += 1;
  else if (answerCount === 0) tally.empty += 1;
  else tally.answers += 1;
}

function beat(): void {
  forgetTheLost();
  if (isStopping) return;
  const due = ((performance.now() - startedAtMs) / 1000) * pollsPerSecond * questions.length;
  // What could not be asked in time is left out for good, lest a pause end in a flood.
  if (due - asked > 10 * maxBurst) asked = Math.floor(due) - maxBurst;
  for (let burst = 0; asked < due && burst < maxBurst; burst += 1) ask();
}

function stop(): void {
  isStopping = true;
  const settling = setInterval(() => {
    forgetTheLost();
    if (underWay.size > 0) return;
    clearInterval(settling);
    answer();
  }, 5);
}

function answer(): void {
  parentPort?.postMessage(tallies satisfies readonly PollTally[]);
}

socket.on('message', received);
// A nameserver that is down answers by ICMP; such a poll is lost, and the loop goes on.
socket.on('error', () => {});
socket.connect(port, '127.0.0.1', () => setInterval(beat, 1));
parentPort?.on('message', (request: PollerRequest) => {
  if (request === 'stop') stop();
  else answer();
});
