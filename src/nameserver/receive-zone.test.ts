import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';

import { parseRecordLines } from '../../test/support/record-lines.ts';
import { makeTestKey } from '../../test/support/test-key.ts';
import { additionOf, axfrQuery, origin, recordLine, tsigKey, zoneOf } from '../../test/support/transfer-fixture.ts';
import { openZoneService } from '../../test/support/open-zone-service.ts';
import { serveInMemory } from '../../test/support/served-zones.ts';
import { perform, zoneLines } from '../../test/support/zone-fixture.ts';
import { Rcode, Type } from '../dns/codes.ts';
import { decodeMessage, encodeMessage, type Message } from '../dns/message.ts';
import { frames } from '../dns/message-stream.ts';
import { type TsigKey, verifyRequest } from '../dns/tsig.ts';
import { ResponseStreamSigner } from '../dns/tsig-stream.ts';
import { defaultReceptionLimits, type ReceptionEvent, type ReceptionLimits, receiveZone } from './receive-zone.ts';

const now = 1_700_000_000;
const key = tsigKey(makeTestKey('xfr-key', 'hmac-sha256'));
const name = origin.toString();
const [soa, ns, a] = parseRecordLines([`${name} SOA 7`, `${name} NS ns.${name}`, `a.${name} A 192.0.2.1`]);
const records = [soa!, ns!, a!];

interface Received {
  readonly lines: readonly string[];
  readonly end: ReceptionEvent | undefined;
}

async function receive(port: number, signer?: TsigKey, limits: Partial<ReceptionLimits> = {}): Promise<Received> {
  const lines: string[] = [];
  let end: ReceptionEvent | undefined;
  const source = { zone: origin, address: '127.0.0.1', port, key: signer };
  for await (const event of receiveZone(source, () => now, { ...defaultReceptionLimits, ...limits })) {
    assert.equal(end, undefined, 'nothing comes after the end');
    if (event.kind === 'records') lines.push(...event.records.map(recordLine));
    else end = event;
  }
  return { lines, end };
}

/** A server that answers the first query on each connection as it is told. */
async function startServer(answer: (socket: Socket, query: Uint8Array) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (chunk) => answer(socket, Uint8Array.from(chunk.subarray(2))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispose = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => void server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: dispose };
}

type Change = Partial<Message>;

function message(query: Uint8Array, changes: Change): Uint8Array {
  const { id } = decodeMessage(query);
  return encodeMessage({ ...axfrQuery(), id, qr: true, aa: true, ...changes });
}

/** The end of a transfer in these messages, which the server closes after. */
async function endOf(...changes: readonly Change[]): Promise<string> {
  await using server = await startServer((socket, query) =>
    socket.end(frames(changes.map((each) => message(query, each)))),
  );
  const { end } = await receive(server.port);
  return end?.kind === 'failed' ? end.fault.code : (end?.kind ?? 'none');
}

test('a zone of ours comes whole, signed and unsigned', async () => {
  const zone = zoneOf(3000);
  perform(zone, additionOf(`new.${name} TXT x`));
  await using server = await openZoneService([serveInMemory(zone, key)], ['127.0.0.1']);
  // The server signs with the real time.
  const source = { zone: origin, address: '127.0.0.1', port: server.port };
  for (const signer of [undefined, key]) {
    const lines: string[] = [];
    let end: ReceptionEvent | undefined;
    for await (const event of receiveZone({ ...source, key: signer }, () => Math.floor(Date.now() / 1000))) {
      if (event.kind === 'records') lines.push(...event.records.map(recordLine));
      else end = event;
    }
    assert.deepEqual(end, { kind: 'complete', recordCount: 3003 });
    assert.deepEqual(lines.sort(), zoneLines(zone));
  }
});

test('the transfer ends where the SOA record comes again, be it in one message or in many', async () => {
  assert.equal(await endOf({ answers: [...records, soa!] }), 'complete');
  const single = [...records, soa!].map((record) => ({ answers: [record] }));
  assert.equal(await endOf(...single), 'complete');
  assert.equal(await endOf(...single.map((each) => Object.assign(each, { questions: [] }))), 'complete');
});

test('what is no transfer of the zone is malformed, and says why', async () => {
  const [otherSoa, outside, upper] = parseRecordLines([
    `${name} SOA 8`,
    'a.other.test. A 192.0.2.1',
    `A.${name} SOA 7`,
  ]);
  for (const changes of [
    [{ answers: [ns!, soa!] }],
    [{ answers: [upper!, soa!] }],
    [{ answers: [soa!, outside!, soa!] }],
    [{ answers: [soa!, ns!, otherSoa!] }],
    [{ answers: [soa!, ns!, soa!, a!] }],
    [{ answers: [soa!, { ...a!, class: 3, rdata: { kind: 'opaque', octets: new Uint8Array(4) } as const }] }],
    [{ answers: [] }],
    [{ answers: [soa!] }, { answers: [] }],
    [{ answers: records, tc: true }],
    [{ answers: records, qr: false }],
    [{ answers: records, questions: [{ ...axfrQuery().questions[0]!, type: Type.A }] }],
  ])
    assert.equal(await endOf(...changes), 'malformed');
});

test('a server that says no, or ends early', async () => {
  assert.equal(await endOf({ rcode: Rcode.REFUSED }), 'refused');
  assert.equal(await endOf({ answers: records }, { rcode: Rcode.SERVFAIL }), 'refused');
  assert.equal(await endOf({ answers: records }), 'closed');
  assert.equal(await endOf(), 'closed');
});

test('what is no DNS, silence, and a port where nobody listens', async () => {
  const code = ({ end }: Received) => (end?.kind === 'failed' ? end.fault.code : end?.kind);
  await using broken = await startServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(2000)));
  assert.equal(code(await receive(broken.port)), 'malformed');
  await using short = await startServer((socket) => socket.write(Uint8Array.of(0, 1, 0)));
  assert.equal(code(await receive(short.port)), 'malformed');
  await using silent = await startServer(() => {});
  assert.equal(code(await receive(silent.port, undefined, { idleTimeoutMs: 50 })), 'timed-out');
  await using dripping = await startServer((socket, query) => {
    socket.write(frames([message(query, { answers: [soa!] })]));
    const timer = setInterval(() => socket.write(frames([message(query, { answers: [a!] })])), 5);
    socket.on('close', () => clearInterval(timer));
  });
  assert.equal(code(await receive(dripping.port, undefined, { deadlineMs: 100 })), 'timed-out');
  const gone = await startServer(() => {});
  await gone[Symbol.asyncDispose]();
  assert.equal(code(await receive(gone.port)), 'unreachable');
});

test('there is an end to how much may come', async () => {
  await using server = await startServer((socket, query) =>
    socket.end(frames([message(query, { answers: [...records, soa!] })])),
  );
  const { lines, end } = await receive(server.port, undefined, { maxRecords: 2 });
  assert.ok(end?.kind === 'failed' && end.fault.code === 'too-large');
  assert.deepEqual(lines, []);
});

test('with a key, nothing is believed that no signature covers', async () => {
  const serve = (isSigned: (index: number) => boolean, damage?: number) =>
    startServer((socket, query) => {
      const verdict = verifyRequest(query, () => key, now);
      assert.ok(verdict.kind === 'verified');
      const signer = new ResponseStreamSigner(key, verdict.mac);
      const wires = [...records, soa!].map((record, index) => {
        const wire = message(query, { answers: [record] });
        const sent = isSigned(index) ? signer.sign(wire, now) : wire;
        if (index === damage) sent[sent.length - 20]! ^= 1;
        return sent;
      });
      socket.end(frames(wires));
    });
  const outcome = async (server: Awaited<ReturnType<typeof serve>>) => {
    await using closing = server;
    const { lines, end } = await receive(closing.port, key);
    return [lines.length, end?.kind === 'failed' ? end.fault.code : end?.kind];
  };
  assert.deepEqual(await outcome(await serve(() => true)), [3, 'complete']);
  assert.deepEqual(await outcome(await serve(() => false)), [0, 'signature']);
  assert.deepEqual(await outcome(await serve(() => true, 2)), [2, 'signature']);
  assert.deepEqual(await outcome(await serve((index) => index < 3)), [3, 'signature']);
});

test('the connection ends when nobody wants more', async () => {
  const ended = Promise.withResolvers<void>();
  await using server = await startServer((socket, query) => {
    socket.once('close', () => ended.resolve());
    socket.write(frames([message(query, { answers: records })]));
  });
  const source = { zone: origin, address: '127.0.0.1', port: server.port, key: undefined };
  for await (const event of receiveZone(source, () => now)) {
    assert.equal(event.kind, 'records');
    break;
  }
  await ended.promise;
});
