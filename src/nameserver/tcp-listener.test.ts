import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';

import { queryWire } from '../../test/support/ask.ts';
import { openTestNameserver } from '../../test/support/open-nameserver.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { TcpClient } from '../../test/support/tcp-client.ts';
import { Class, Opcode, rcodeName, Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { signRequest, type TsigKey } from '../dns/tsig.ts';
import { encodeUpdate } from '../dns/update.ts';
import { systemClock } from '../updates/clock.ts';
import type { NameserverLimits } from './limits.ts';
import { framed } from './message-frames.ts';
import type { ServeTransfer } from './serve-transfer.ts';

const key: TsigKey = { name: Name.parse('k.'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(7) };
const origin = Name.parse('example.');
const records = parseRecordLines([
  'example. SOA 1',
  'example. NS ns.test.',
  ...Array.from({ length: 20 }, (_, index) => `h${index}.example. A 192.0.2.${index}`),
  ...Array.from({ length: 90 }, (_, index) => `big.example. TXT ${'x'.repeat(60)}${index}`),
]);

interface Settings {
  readonly limits?: Partial<NameserverLimits>;
  readonly commit?: () => Promise<void>;
  readonly serveTransfer?: ServeTransfer;
}

function open({ limits, commit, serveTransfer }: Settings = {}) {
  const served = new MemoryServedZone({ origin, records, keys: [key], ...(commit ? { commit } : {}) });
  const zones = new MemoryServedZones([served]);
  return openTestNameserver({ zones, ...(limits ? { limits } : {}), ...(serveTransfer ? { serveTransfer } : {}) });
}

const query = (index: number) => queryWire(`h${index}.example.`, Type.A);
const askedName = (message: { readonly questions: readonly { readonly name: Name }[] } | undefined) =>
  message?.questions[0]?.name.toString();
const update = () => {
  const message = encodeUpdate({ id: 5, zone: origin, zoneClass: Class.IN, prerequisites: [], operations: [] });
  return signRequest(message, key, systemClock.unixSeconds()).wire;
};

describe('requests of one connection', () => {
  test('come one behind the other, and all are answered', async () => {
    await using server = await open();
    await using client = await TcpClient.open(server.port);
    client.send(...Array.from({ length: 20 }, (_, index) => query(index)));
    for (let index = 0; index < 20; index += 1) assert.equal(askedName(await client.receive()), `h${index}.example.`);
  });

  test('may be cut anywhere', async () => {
    await using server = await open();
    await using client = await TcpClient.open(server.port);
    client.socket.setNoDelay(true);
    for (const octet of framed(query(1))) {
      client.sendRaw(Uint8Array.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(askedName(await client.receive()), 'h1.example.');
  });

  test('are answered out of order where one takes longer (RFC 7766 §7)', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using server = await open({ commit: () => promise });
    await using client = await TcpClient.open(server.port);
    client.send(update(), query(1));
    assert.equal(askedName(await client.receive()), 'h1.example.');
    resolve();
    const late = await client.receive();
    assert.deepEqual([late?.opcode, rcodeName(late?.rcode ?? -1)], [Opcode.UPDATE, 'NOERROR']);
  });

  test('are read no further while too many are under way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using server = await open({ commit: () => promise, limits: { tcpRequestsUnderWay: 2 } });
    await using client = await TcpClient.open(server.port);
    client.send(update(), query(1), update(), query(2));
    assert.equal(askedName(await client.receive()), 'h1.example.');
    client.send(query(3));
    resolve();
    const seen = [];
    for (let count = 0; count < 4; count += 1) seen.push(askedName(await client.receive()));
    const expected = ['example.', 'example.', 'h2.example.', 'h3.example.'];
    assert.deepEqual(
      seen.toSorted((a = '', b = '') => a.localeCompare(b)),
      expected,
    );
  });

  test('are answered though the client has said that it will send no more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using server = await open({ commit: () => promise });
    await using client = await TcpClient.open(server.port);
    client.send(update());
    client.socket.end();
    await once(client.socket, 'finish');
    resolve();
    assert.equal((await client.receive())?.opcode, Opcode.UPDATE);
    assert.equal(await client.receive(), undefined);
  });

  test('under way are answered when the nameserver ends, and no others', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = await open({ commit: () => promise, limits: { endMs: 20_000 } });
    await using client = await TcpClient.open(server.port);
    client.send(update(), query(1));
    assert.equal(askedName(await client.receive()), 'h1.example.');
    const ended = server[Symbol.asyncDispose]();
    resolve();
    assert.equal((await client.receive())?.opcode, Opcode.UPDATE);
    assert.equal(await client.receive(), undefined);
    client.socket.end();
    await ended;
    await assert.rejects(TcpClient.open(server.port));
  });
});

describe('a client that costs', () => {
  test('nothing is left: it says nothing, half a prefix, or an octet now and then', async () => {
    await using server = await open({ limits: { tcpIdleMs: 150 } });
    const clients = await Promise.all(Array.from({ length: 3 }, () => TcpClient.open(server.port)));
    clients[1]!.sendRaw(Uint8Array.of(0));
    const [silent, half, dripping] = clients;
    await Promise.all([silent!.closed(), half!.closed(), dripping!.closedWhileSending(Uint8Array.of(9))]);
  });

  test('memory, by not reading, is not read from, and is left', async () => {
    await using server = await open({ limits: { tcpIdleMs: 400, tcpUnsentOctets: 64 * 1024 } });
    await using deaf = await TcpClient.open(server.port);
    const wire = framed(queryWire('big.example.', Type.TXT));
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => wire));
    deaf.socket.write(many);
    await using other = await TcpClient.open(server.port);
    other.send(query(1));
    assert.equal(askedName(await other.receive()), 'h1.example.');
    // 20,000 answers would be 160 MB; what is not even written to the kernel shows that the server has stopped to read.
    const before = process.memoryUsage().rss;
    await deaf.closedWhileSending(wire);
    assert.ok(process.memoryUsage().rss - before < 100e6);
  });

  test('a place has to give it up when there are too many: the longest idle one first', async () => {
    await using server = await open({ limits: { tcpConnections: 3, tcpConnectionsPerNetwork: 2 } });
    await using first = await TcpClient.open(server.port);
    await using second = await TcpClient.open(server.port);
    first.send(query(1));
    await first.receive();
    await using third = await TcpClient.open(server.port);
    await second.closed();
    for (const client of [first, third]) {
      client.send(query(2));
      assert.equal(askedName(await client.receive()), 'h2.example.');
    }
  });

  test('nothing, by the thousand: others go on being answered', async () => {
    await using server = await open({ limits: { tcpConnections: 500, tcpConnectionsPerNetwork: 500 } });
    const idlers: TcpClient[] = [];
    for (let count = 0; count < 1500; count += 1) {
      const idler = await TcpClient.open(server.port);
      if (count % 2 === 0) idler.sendRaw(Uint8Array.of(0, 40, 1, 2));
      idlers.push(idler);
    }
    await using client = await TcpClient.open(server.port);
    client.send(query(3));
    assert.equal(askedName(await client.receive()), 'h3.example.');
    await Promise.all(idlers.map((idler) => idler[Symbol.asyncDispose]()));
  });
});

describe('a connection that holds a place', () => {
  const axfr = queryWire('example.', Type.AXFR);
  const limits = { tcpConnections: 2, tcpConnectionsPerNetwork: 2, tcpStallMs: 100 };

  test('for a transfer that it does not read gives it up', async () => {
    const serveTransfer: ServeTransfer = async (_request, channel) => {
      while (await channel.send(new Uint8Array(60_000)));
    };
    await using server = await open({ limits, serveTransfer });
    const deaf = await Promise.all([TcpClient.open(server.port), TcpClient.open(server.port)]);
    for (const client of deaf) {
      client.socket.pause();
      client.send(axfr);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    await using other = await TcpClient.open(server.port);
    other.send(query(1));
    assert.equal(askedName(await other.receive()), 'h1.example.');
    await Promise.all(deaf.map((client) => client[Symbol.asyncDispose]()));
  });

  test('for a transfer that stands in line gives it up, and one whose transfer goes on does not', async () => {
    const over = Promise.withResolvers<void>();
    let isFirst = true;
    const serveTransfer: ServeTransfer = async (_request, channel) => {
      const isInLine = !isFirst;
      isFirst = false;
      if (isInLine) return over.promise;
      while (await channel.send(query(5))) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await using server = await open({ limits, serveTransfer });
    await using reading = await TcpClient.open(server.port);
    reading.send(axfr);
    assert.equal(askedName(await reading.receive()), 'h5.example.');
    await using inLine = await TcpClient.open(server.port);
    inLine.send(axfr);
    await using third = await TcpClient.open(server.port);
    await inLine.closed();
    third.send(query(1));
    assert.equal(askedName(await third.receive()), 'h1.example.');
    assert.equal(askedName(await reading.receive()), 'h5.example.');
    over.resolve();
  });

  test('though all are owed an answer: the one that has waited longest', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using server = await open({ limits, commit: () => promise });
    await using first = await TcpClient.open(server.port);
    first.send(update(), query(1));
    await first.receive();
    await using second = await TcpClient.open(server.port);
    second.send(update(), query(2));
    await second.receive();
    await using third = await TcpClient.open(server.port);
    await first.closed();
    third.send(query(3));
    assert.equal(askedName(await third.receive()), 'h3.example.');
    resolve();
    assert.equal((await second.receive())?.opcode, Opcode.UPDATE);
  });
});

describe('a transfer', () => {
  const axfr = queryWire('example.', Type.AXFR);
  test('is given to whoever serves it, with the way back', async () => {
    await using server = await open({
      serveTransfer: async ({ type, zone, clientAddress, form }, channel) => {
        assert.deepEqual([type, zone.origin, clientAddress], [Type.AXFR, origin, '127.0.0.1']);
        assert.equal(form.request.id, 4711);
        for (let index = 0; index < 5; index += 1) assert.equal(await channel.send(query(index)), true);
      },
    });
    await using client = await TcpClient.open(server.port);
    client.send(axfr);
    for (let index = 0; index < 5; index += 1) assert.equal(askedName(await client.receive()), `h${index}.example.`);
    client.send(query(6));
    assert.equal(askedName(await client.receive()), 'h6.example.');
  });

  test('waits for a client that does not read, and ends with it', async () => {
    const over = Promise.withResolvers<number>();
    await using server = await open({
      serveTransfer: async (_request, channel) => {
        const message = new Uint8Array(60_000);
        let sent = 0;
        while (sent < 10_000 && (await channel.send(message))) sent += 1;
        over.resolve(sent);
      },
    });
    const client = await TcpClient.open(server.port);
    client.send(axfr);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client[Symbol.asyncDispose]();
    assert.ok((await over.promise) < 500);
  });

  test('is REFUSED where nobody serves it', async () => {
    await using server = await open();
    await using client = await TcpClient.open(server.port);
    client.send(axfr);
    assert.equal(rcodeName((await client.receive())?.rcode ?? -1), 'REFUSED');
  });
});
