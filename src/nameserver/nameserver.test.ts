import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';
import { describe, test } from 'node:test';

import { queryWire } from '../../test/support/ask.ts';
import { freePort } from '../../test/support/free-port.ts';
import { openTestNameserver } from '../../test/support/open-nameserver.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { queryOverUdp } from '../../test/support/udp-query.ts';
import { Class, Type } from '../dns/codes.ts';
import { decodeMessage } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { signRequest, type TsigKey } from '../dns/tsig.ts';
import { encodeUpdate } from '../dns/update.ts';
import { systemClock } from '../updates/clock.ts';
import { type ListenAddress, openNameserver } from './nameserver.ts';
import { defaultResponseRateLimits } from './response-rate-limiter.ts';
import { parseSocketTable } from './socket-table.ts';

const key: TsigKey = { name: Name.parse('k.'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(7) };
const origin = Name.parse('example.');
const lines = ['example. SOA 1', 'example. NS ns.test.', 'w.example. A 192.0.2.1'];

function makeZones(commit: () => Promise<void> = async () => {}) {
  return new MemoryServedZones([
    new MemoryServedZone({ origin, records: parseRecordLines(lines), keys: [key], commit }),
  ]);
}

function open(...listen: readonly ListenAddress[]) {
  return openNameserver({ zones: makeZones(), clock: systemClock, listen });
}

describe('a nameserver', () => {
  test('listens at several addresses, of both families, and nowhere when it has ended', async () => {
    const port = await freePort();
    const opened = await open({ address: '127.0.0.1', port }, { address: '127.0.0.2', port }, { address: '::1', port });
    assert.ok(opened.kind === 'open', 'reason' in opened ? opened.reason : '');
    assert.equal(opened.nameserver.addresses.length, 3);
    const socket = createSocket('udp6');
    socket.send(queryWire('w.example.', Type.A), port, '::1');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    assert.equal(decodeMessage(answer).answers.length, 1);
    socket.close();
    await opened.nameserver[Symbol.asyncDispose]();
    assert.equal(await queryOverUdp({ port, name: 'w.example.', type: Type.A }), undefined);
  });

  test('shares an address with others where it is told to', async () => {
    const port = await freePort();
    const listen = [{ address: '127.0.0.1', port }];
    const options = { zones: makeZones(), clock: systemClock, listen, reusePort: true };
    const both = [await openNameserver(options), await openNameserver(options)];
    assert.deepEqual(
      both.map(({ kind }) => kind),
      ['open', 'open'],
    );
    for (const opened of both) if (opened.kind === 'open') await opened.nameserver[Symbol.asyncDispose]();
  });

  test('answers an UPDATE over UDP that is under way when it ends', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = await openTestNameserver({ zones: makeZones(() => promise) });
    const socket = createSocket('udp4');
    const update = { id: 5, zone: origin, zoneClass: Class.IN, prerequisites: [], operations: [] };
    const { wire } = signRequest(encodeUpdate(update), key, systemClock.unixSeconds());
    const answered = once(socket, 'message');
    socket.send(wire, server.port, '127.0.0.1');
    // When this is answered, the UPDATE has been received.
    await queryOverUdp({ port: server.port, name: 'w.example.', type: Type.A });
    const ended = server[Symbol.asyncDispose]();
    resolve();
    const [answer] = (await answered) as [Buffer];
    assert.equal(decodeMessage(answer).rcode, 0);
    await ended;
    socket.close();
  });

  test('limits what goes to an address over UDP, and lets some slip through', async () => {
    const rateLimits = { ...defaultResponseRateLimits, perSecond: 1, slip: 1 };
    await using server = await openTestNameserver({ zones: makeZones(), rateLimits });
    const ask = () => queryOverUdp({ port: server.port, name: 'w.example.', type: Type.A, timeoutMs: 2000 });
    assert.equal((await ask())?.tc, false);
    const next = await Promise.all([ask(), ask(), ask()]);
    assert.ok(next.some((answer) => answer?.tc === true));
  });
});

describe('a port that is taken', () => {
  test('is told, with the program that has it, and then it listens nowhere', async () => {
    const other = createServer();
    const [free, taken] = [await freePort(), await freePort()];
    other.listen(taken, '127.0.0.1');
    await once(other, 'listening');
    const opened = await open({ address: '127.0.0.1', port: free }, { address: '127.0.0.1', port: taken });
    other.close();
    assert.ok(opened.kind === 'failed');
    const owner = `node.* \\(process ${process.pid}\\)`;
    assert.match(opened.reason, new RegExp(`^127\\.0\\.0\\.1, port ${taken}, TCP: ${owner} listens there already; `));
    const again = await open({ address: '127.0.0.1', port: free });
    assert.ok(again.kind === 'open');
    await again.nameserver[Symbol.asyncDispose]();
  });

  test('over UDP too', async () => {
    const other = createSocket('udp4');
    other.bind(0, '127.0.0.1');
    await once(other, 'listening');
    const opened = await open({ address: '127.0.0.1', port: other.address().port });
    other.close();
    assert.match('reason' in opened ? opened.reason : '', /UDP: node.* \(process \d+\) listens there already/);
  });

  test('and an address that is not ours', async () => {
    const opened = await open({ address: '192.0.2.1', port: 5300 });
    assert.match('reason' in opened ? opened.reason : '', /^192\.0\.2\.1, port 5300, UDP: this machine does not have/);
  });
});

test('the kernel’s table of sockets is read', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:14B4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
   1: 0100007F:0035 0100007F:1234 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 100 0 0 10 0
`;
  assert.deepEqual(parseSocketTable(text), [
    { port: 5300, inode: '4711', isListening: true },
    { port: 53, inode: '4712', isListening: false },
  ]);
});
