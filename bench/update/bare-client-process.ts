/**
 * A client that sends one signed UPDATE after the other over one TCP connection, each as soon as the one before it was
 * answered: what the service does at least for every change, and nothing else.
 *
 * It takes its task as JSON from the command line and prints what came of it as JSON.
 */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

import { Class, Rcode, Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { parseTsigAlgorithm, signRequest, type TsigKey, verifyResponse } from '../../src/dns/tsig.ts';
import { encodeUpdate } from '../../src/dns/update.ts';
import type { BareClientResult, BareClientTask } from './bare-client.ts';
import { changingLabels, nameCount, numberedAddress } from './numbered-names.ts';

const defaultTtlSeconds = 300;

/** Asks and waits for the answer, on a connection that nobody else uses. */
class Dialogue {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #answer: PromiseWithResolvers<Uint8Array> | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#push(chunk));
    socket.on('close', () => this.#answer?.reject(new Error('the nameserver closed the connection')));
  }

  ask(wire: Uint8Array): Promise<Uint8Array> {
    const length = Buffer.of(wire.length >> 8, wire.length & 0xff);
    this.#answer = Promise.withResolvers();
    this.#socket.write(Buffer.concat([length, wire]));
    return this.#answer.promise;
  }

  #push(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    const endsAt = this.#received.length < 2 ? 2 : 2 + this.#received.readUInt16BE(0);
    if (this.#received.length < endsAt) return;
    // One request is under way, so one answer is due; octets after it would spoil its signature.
    const wire = this.#received.subarray(2);
    this.#received = Buffer.alloc(0);
    this.#answer?.resolve(wire);
  }
}

function updateFor(number: number, zone: Name, names: readonly Name[]): Uint8Array {
  const name = names[number % nameCount] ?? zone;
  const address = Uint8Array.from(numberedAddress(number).split('.').map(Number));
  return encodeUpdate({
    id: number & 0xffff,
    zone,
    zoneClass: Class.IN,
    prerequisites: [],
    operations: [
      { kind: 'delete-rrset', name, type: Type.A },
      { kind: 'add', name, type: Type.A, ttl: defaultTtlSeconds, rdata: { kind: 'A', address } },
    ],
  });
}

async function changeOne(dialogue: Dialogue, wire: Uint8Array, key: TsigKey): Promise<void> {
  const unixSeconds = Math.floor(Date.now() / 1000);
  const request = signRequest(wire, key, unixSeconds);
  const answer = await dialogue.ask(request.wire);
  const verdict = verifyResponse(answer, key, request.mac, unixSeconds);
  if (verdict.kind !== 'verified') throw new Error(`an answer is ${verdict.kind}`);
  if (verdict.message.rcode !== Rcode.NOERROR)
    throw new Error(`the nameserver answered rcode ${verdict.message.rcode}`);
}

async function run(task: BareClientTask): Promise<BareClientResult> {
  const algorithm = parseTsigAlgorithm(task.key.algorithm);
  if (algorithm === undefined) throw new Error(`${task.key.algorithm} is no TSIG algorithm`);
  const key: TsigKey = { name: Name.parse(task.key.name), algorithm, secret: Buffer.from(task.key.secret, 'base64') };
  const zone = Name.parse(task.zone);
  const names = Array.from({ length: nameCount }, (_, index) => zone.prepend(`${changingLabels.bareClient}${index}`));
  const socket = createConnection({ host: '127.0.0.1', port: task.port, noDelay: true });
  await once(socket, 'connect');
  const dialogue = new Dialogue(socket);

  const startedAtMs = performance.now();
  const measuredFromMs = startedAtMs + task.warmUpSeconds * 1000;
  const endAtMs = measuredFromMs + task.seconds * 1000;
  const latenciesMs: number[] = [];
  let completed = 0;
  let firstMeasuredAtMs = startedAtMs;
  let nowMs = startedAtMs;
  for (; nowMs < endAtMs; completed++) {
    const sentAtMs = nowMs;
    await changeOne(dialogue, updateFor(task.firstNumber + completed, zone, names), key);
    nowMs = performance.now();
    if (sentAtMs < measuredFromMs) firstMeasuredAtMs = nowMs;
    else latenciesMs.push(nowMs - sentAtMs);
  }
  socket.destroy();
  latenciesMs.sort((a, b) => a - b);
  const percentile = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? Number.NaN;
  return {
    completed,
    measured: latenciesMs.length,
    seconds: (nowMs - firstMeasuredAtMs) / 1000,
    medianMs: percentile(0.5),
    p99Ms: percentile(0.99),
  };
}

const task = JSON.parse(process.argv[2] ?? '{}') as BareClientTask;
console.log(JSON.stringify(await run(task)));
