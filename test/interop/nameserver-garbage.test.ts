import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';

import { corpusFolder, readInputs } from '../../fuzz/corpus.ts';
import { mutate } from '../../fuzz/mutate.ts';
import { SeededRandom } from '../../fuzz/random.ts';
import { respondTarget } from '../../fuzz/targets/respond.ts';
import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { framed } from '../../src/nameserver/message-frames.ts';
import { defaultResponseRateLimits } from '../../src/nameserver/response-rate-limiter.ts';
import { queryWire } from '../support/ask.ts';
import { openTestNameserver } from '../support/open-nameserver.ts';
import { parseRecordLines } from '../support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../support/served-zones.ts';
import { TcpClient } from '../support/tcp-client.ts';
import { queryOverUdp } from '../support/udp-query.ts';

const packets = 50_000;
const packetsPerBatch = 200;
const mostGrowthOctets = 150e6;

function openServer() {
  const records = parseRecordLines(['example. SOA 1', 'example. NS ns.test.', 'w.example. A 192.0.2.1']);
  return openTestNameserver({
    zones: new MemoryServedZones([new MemoryServedZone({ origin: Name.parse('example.'), records })]),
    cookies: { current: new Uint8Array(16) },
    rateLimits: { ...defaultResponseRateLimits, perSecond: 1_000_000 },
  });
}

/** Requests of every kind, each with a few octets changed. */
function* garbage(seed: number): Generator<Uint8Array, void, undefined> {
  const corpus = ['respond', 'message', 'tsig']
    .flatMap((name) => readInputs(corpusFolder, name))
    .map(({ octets }) => octets);
  const material = { random: new SeededRandom(seed), corpus, dictionary: respondTarget.dictionary, maxOctets: 1400 };
  for (let count = 0; count < packets; count += 1) yield mutate(material.random.pick(corpus), material);
}

async function isAnswering(port: number): Promise<void> {
  const answer = await queryOverUdp({ port, name: 'w.example.', type: Type.A, timeoutMs: 5000 });
  assert.equal(answer?.answers.length, 1);
}

function send(socket: Socket, packet: Uint8Array, port: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.send(packet, port, '127.0.0.1', () => resolve());
  return promise;
}

test(`${packets} mutated packets over UDP: it goes on answering`, async () => {
  await using server = await openServer();
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  const before = process.memoryUsage().rss;
  let inBatch: Promise<void>[] = [];
  for (const packet of garbage(1)) {
    inBatch.push(send(socket, packet, server.port));
    if (inBatch.length < packetsPerBatch) continue;
    await Promise.all(inBatch);
    inBatch = [];
    await isAnswering(server.port);
  }
  socket.close();
  await isAnswering(server.port);
  assert.ok(process.memoryUsage().rss - before < mostGrowthOctets);
});

test(`${packets} mutated messages over TCP: it goes on answering`, async () => {
  await using server = await openServer();
  const before = process.memoryUsage().rss;
  let batch: Uint8Array[] = [];
  for (const message of garbage(2)) {
    batch.push(framed(message));
    if (batch.length < packetsPerBatch) continue;
    await using client = await TcpClient.open(server.port);
    client.sendRaw(Buffer.concat([...batch, framed(queryWire('w.example.', Type.A))]));
    client.socket.end();
    client.socket.resume();
    await once(client.socket, 'end');
    batch = [];
  }
  await isAnswering(server.port);
  assert.ok(process.memoryUsage().rss - before < mostGrowthOctets);
});

test('a stream that is no DNS ends, and others go on', async () => {
  await using server = await openServer();
  let count = 0;
  for (const octets of garbage(3)) {
    if (count === 500) break;
    count += 1;
    await using client = await TcpClient.open(server.port);
    client.sendRaw(octets);
    client.socket.end();
    client.socket.resume();
    await once(client.socket, 'end');
  }
  await isAnswering(server.port);
});
