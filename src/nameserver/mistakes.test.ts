import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { queryWire } from '../../test/support/ask.ts';
import { openTestNameserver } from '../../test/support/open-nameserver.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { TcpClient } from '../../test/support/tcp-client.ts';
import { queryOverUdp } from '../../test/support/udp-query.ts';
import { Class, rcodeName, Type } from '../dns/codes.ts';
import type { Message } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { signRequest, type TsigKey, verifyResponse } from '../dns/tsig.ts';
import { encodeUpdate } from '../dns/update.ts';
import { systemClock } from '../updates/clock.ts';
import type { NameKey } from '../zone/name-key.ts';
import { framed, MessageFrames } from './message-frames.ts';
import { type MistakeReport, Mistakes } from './mistakes.ts';
import type { ServeTransfer } from './serve-transfer.ts';

const key: TsigKey = { name: Name.parse('k.'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(7) };
const origin = Name.parse('example.');
const bad = 'bad.example.';

/** Zones with a mistake in them: one name makes them throw. */
class FaultyZones extends MemoryServedZones {
  override find(name: NameKey): MemoryServedZone | undefined {
    if (name === Name.parse(bad).key) throw new RangeError('a slip of the pen');
    return super.find(name);
  }
}

async function open(faults: { readonly commit?: () => Promise<void>; readonly serveTransfer?: ServeTransfer } = {}) {
  const records = parseRecordLines(['example. SOA 1', 'example. NS ns.test.', 'www.example. A 192.0.2.1']);
  const { commit, serveTransfer } = faults;
  const served = new MemoryServedZone({ origin, records, keys: [key], ...(commit ? { commit } : {}) });
  const reports: MistakeReport[] = [];
  const server = await openTestNameserver({
    zones: new FaultyZones([served]),
    reportMistake: (report) => reports.push(report),
    ...(serveTransfer ? { serveTransfer } : {}),
  });
  return { server, reports };
}

const said = (message: Message | undefined) => message && [message.id, rcodeName(message.rcode)];
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

describe('a request that our own code fails on', () => {
  test('over UDP is SERVFAIL, is told once with its octets, and others are answered', async () => {
    const { server, reports } = await open();
    await using _ = server;
    for (let count = 0; count < 20; count += 1) {
      const failed = await queryOverUdp({ port: server.port, name: bad, type: Type.A, timeoutMs: 5000 });
      assert.equal(rcodeName(failed?.rcode ?? -1), 'SERVFAIL');
    }
    const good = await queryOverUdp({ port: server.port, name: 'www.example.', type: Type.A, timeoutMs: 5000 });
    assert.deepEqual([rcodeName(good?.rcode ?? -1), good?.answers.length], ['NOERROR', 1]);
    const [report, ...more] = reports;
    assert.deepEqual(more, []);
    assert.match(report?.mistake ?? '', /^RangeError: a slip of the pen\n.*FaultyZones/s);
    // All but the ID, which was a random one.
    assert.equal(report?.requestHex.slice(4), hex(queryWire(bad, Type.A)).slice(4));
  });

  test('over TCP is SERVFAIL, and the connection goes on with those before and behind it', async () => {
    const { server, reports } = await open();
    await using _ = server;
    await using client = await TcpClient.open(server.port);
    client.send(queryWire('www.example.', Type.A), queryWire(bad, Type.A), queryWire('www.example.', Type.A));
    const rcodes = [];
    for (let count = 0; count < 3; count += 1) rcodes.push(said(await client.receive()));
    assert.deepEqual(rcodes, [
      [4711, 'NOERROR'],
      [4711, 'SERVFAIL'],
      [4711, 'NOERROR'],
    ]);
    assert.equal(reports[0]?.requestHex, hex(queryWire(bad, Type.A)));
  });

  test('while it is carried out is SERVFAIL, signed, and may come again', async () => {
    let fails = true;
    const { server, reports } = await open({
      commit: async () => {
        if (fails) throw new TypeError('undefined is not a zone');
      },
    });
    await using _ = server;
    const message = encodeUpdate({ id: 5, zone: origin, zoneClass: Class.IN, prerequisites: [], operations: [] });
    const request = signRequest(message, key, systemClock.unixSeconds());
    for (const rcode of ['SERVFAIL', 'NOERROR']) {
      await using client = await TcpClient.open(server.port);
      client.socket.write(framed(request.wire));
      const verdict = verifyResponse(await firstOctets(client), key, request.mac, systemClock.unixSeconds());
      assert.ok(verdict.kind === 'verified', verdict.kind);
      assert.deepEqual(said(verdict.message), [5, rcode]);
      fails = false;
    }
    assert.deepEqual(
      reports.map(({ requestHex }) => requestHex),
      [hex(request.wire)],
    );
  });

  test('for a transfer is SERVFAIL before the first message, and ends the connection after it', async () => {
    for (const hasBegun of [false, true]) {
      const { server, reports } = await open({
        serveTransfer: async (_request, channel) => {
          if (hasBegun) await channel.send(queryWire('example.', Type.SOA));
          throw new Error('half a zone');
        },
      });
      await using _ = server;
      await using client = await TcpClient.open(server.port);
      client.send(queryWire('example.', Type.AXFR));
      assert.deepEqual(said(await client.receive()), [4711, hasBegun ? 'NOERROR' : 'SERVFAIL']);
      if (hasBegun) assert.equal(await client.receive(), undefined);
      else {
        client.send(queryWire('www.example.', Type.A));
        assert.deepEqual(said(await client.receive()), [4711, 'NOERROR']);
      }
      assert.equal(reports[0]?.requestHex, hex(queryWire('example.', Type.AXFR)));
    }
  });
});

test('however many there are, one is told in ten seconds, with the number of them; a long one is cut', () => {
  let nowMs = 0;
  const reports: MistakeReport[] = [];
  const mistakes = new Mistakes({ monotonicMs: () => nowMs, report: (report) => reports.push(report) });
  const request = new Uint8Array(65_535);
  for (; nowMs < 30_000; nowMs += 10)
    assert.deepEqual(mistakes.answer(request, 'no')?.slice(2, 4), Uint8Array.of(0x80, 2));
  assert.deepEqual(
    reports.map(({ count }) => count),
    [1, 1000, 1000],
  );
  assert.deepEqual([reports[0]?.requestHex.length, reports[0]?.requestOctets], [8192, 65_535]);
  assert.equal(mistakes.total, 3000);
});

test('what is no request gets no answer', () => {
  const mistakes = new Mistakes({ monotonicMs: () => 0, report: () => {} });
  assert.equal(mistakes.answer(new Uint8Array(11), 'no'), undefined);
  assert.equal(mistakes.answer(Uint8Array.of(0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0), 'no'), undefined);
});

/** The next message as it came, for its signature to be verified. */
async function firstOctets({ socket }: TcpClient): Promise<Uint8Array> {
  const frames = new MessageFrames();
  for await (const piece of socket) {
    assert.ok(piece instanceof Uint8Array);
    frames.push(piece);
    const message = frames.next();
    if (message) return message;
  }
  return assert.fail('the connection has ended');
}
