import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { listenHttp } from '../../src/http/server.ts';
import {
  exchangeRaw,
  type FixtureOptions,
  type ListeningFixture,
  listenFixture,
  makeFixture,
  parseAnswer,
  type RawAnswer,
  request,
  secondSecret,
  secret,
} from './http-fixture.ts';

const host = 'Host: dyndns.example.com';
const www = `/update-by-path/${secret}/www.dyndns1.dev`;

async function get(fixture: ListeningFixture, target: string, ...headers: string[]): Promise<RawAnswer> {
  return request(fixture.port, [`GET ${target} HTTP/1.1`, host, ...headers]);
}

function messages(fixture: ListeningFixture): string[] {
  return fixture.logLines.map((line) => {
    const { level, msg } = JSON.parse(line) as { level: string; msg: string };
    return `${level}: ${msg}`;
  });
}

const clients: readonly (readonly [name: string, options: FixtureOptions, headers: readonly string[], text: string])[] =
  [
    [
      'a trusted proxy names the client',
      { trustedProxies: ['127.0.0.1'] },
      ['X-Forwarded-For: 198.51.100.7'],
      'UPDATED: www.dyndns1.dev. A None -> 198.51.100.7\nUNCHANGED: www.dyndns1.dev. AAAA None\n',
    ],
    [
      'a trusted proxy names an IPv6 client',
      { trustedProxies: ['127.0.0.1'] },
      ['X-Forwarded-For: 2001:db8::7'],
      'UNCHANGED: www.dyndns1.dev. A None\nUPDATED: www.dyndns1.dev. AAAA None -> 2001:db8::7\n',
    ],
    [
      'what the client forged is not believed',
      { trustedProxies: ['127.0.0.1'] },
      ['X-Forwarded-For: 203.0.113.1, 198.51.100.7'],
      'UPDATED: www.dyndns1.dev. A None -> 198.51.100.7\nUNCHANGED: www.dyndns1.dev. AAAA None\n',
    ],
    [
      'nor in a header of its own',
      { trustedProxies: ['127.0.0.1'] },
      ['X-Forwarded-For: 203.0.113.1', 'X-Forwarded-For: 198.51.100.7'],
      'UPDATED: www.dyndns1.dev. A None -> 198.51.100.7\nUNCHANGED: www.dyndns1.dev. AAAA None\n',
    ],
    [
      'a proxy that is not trusted is taken for the client, and says so',
      {},
      ['X-Forwarded-For: 198.51.100.7'],
      "IP_ADDRESS_ERROR: The client's own address '127.0.0.1' cannot be used: it is the address of this service or its proxy, " +
        'not of the client; name the address in the request, or let the proxy send X-Forwarded-For and list it under http.trusted_proxies.\n',
    ],
  ];
for (const [name, options, headers, text] of clients) {
  test(`the client's own address: ${name}`, async () => {
    await using fixture = await listenFixture(options);
    assert.equal((await get(fixture, www, ...headers)).body, text);
  });
}

test('a private address of the connection is taken, with a warning in the log', async () => {
  await using fixture = await listenFixture({ trustedProxies: ['127.0.0.1'] });
  const answer = await get(fixture, www, 'X-Forwarded-For: 192.168.1.7');
  assert.equal(answer.body, 'UPDATED: www.dyndns1.dev. A None -> 192.168.1.7\nUNCHANGED: www.dyndns1.dev. AAAA None\n');
  assert.ok(
    messages(fixture).includes('WARNING: www.dyndns1.dev.: the connection came from the private address 192.168.1.7'),
  );
});

test('a TTL is clamped, a given one is sent, and an absent one is kept', async () => {
  await using fixture = await listenFixture();
  const ttls = async (ttl: string): Promise<unknown> => {
    const target = `/update-by-query?secret=${secret}&fqdn=www.dyndns1.dev&ip_1=192.0.2.1${ttl}`;
    assert.equal((await get(fixture, target)).status, 200);
    return fixture.primaries[0]?.writes.map(({ after }) => after?.ttlSeconds);
  };
  assert.deepEqual(await ttls(''), [300]);
  assert.deepEqual(await ttls('&ttl=60'), [300, 60]);
  assert.deepEqual(await ttls(''), [300, 60]);
  assert.deepEqual(await ttls('&ttl=0'), [300, 60, 30]);
  assert.deepEqual(await ttls(`&ttl=${'9'.repeat(400)}`), [300, 60, 30, 86_400]);
});

test('both secrets of a rotation count, and after a reload only the new ones', async () => {
  await using fixture = await listenFixture({ secrets: [secret, secondSecret] });
  const status = async (given: string) =>
    (await get(fixture, `/update-by-path/${given}/a.dyndns1.dev/192.0.2.1`)).status;
  assert.deepEqual([await status(secret), await status(secondSecret)], [200, 200]);
  fixture.reload({ secrets: [secondSecret] });
  assert.deepEqual([await status(secret), await status(secondSecret)], [403, 200]);
});

test('a reload replaces the trusted proxies on open connections too', async () => {
  await using fixture = await listenFixture();
  const socket = await open(fixture);
  const ask = async () => {
    socket.write(`GET ${www} HTTP/1.1\r\n${host}\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n`);
    return parseAnswer(await nextAnswer(socket)).status;
  };
  assert.equal(await ask(), 400);
  fixture.reload({ trustedProxies: ['127.0.0.1'] });
  assert.equal(await ask(), 200);
  socket.destroy();
});

test('log lines: what changed, what did not, who was refused', async () => {
  await using fixture = await listenFixture();
  await get(fixture, `${www}/192.0.2.1`);
  await get(fixture, `/update-by-path/wrongwrong/www.dyndns1.dev/192.0.2.1`);
  await get(fixture, `/update-by-path/${secret}/${secret}.dyndns1.dev/1.2.3`);
  assert.deepEqual(messages(fixture), [
    'UPDATED: www.dyndns1.dev. A None -> 192.0.2.1',
    'UNCHANGED: www.dyndns1.dev. AAAA None',
    'PARAMETER_ERROR: You specified a wrong secret key.',
    "IP_ADDRESS_ERROR: Invalid IP address '1.2.3'.",
  ]);
  const refused = JSON.parse(fixture.logLines[2] ?? '') as Record<string, unknown>;
  assert.deepEqual(
    { route: refused['route'], status: refused['status'], client: refused['client'] },
    { route: '/update-by-path', status: 403, client: '127.0.0.1' },
  );
});

test('a fault of the nameserver is logged once, with its remedy', async () => {
  await using fixture = await listenFixture();
  for (const primary of fixture.primaries) primary.fault = { code: 'timeout', nameserver: '192.0.2.53' };
  await get(fixture, `${www}/192.0.2.1`);
  assert.deepEqual(messages(fixture), [
    'DNS_SERVER_ERROR: www.dyndns1.dev.: The nameserver 192.0.2.53 did not answer in time. See whether it is overloaded, and whether a firewall drops TCP to its port.',
  ]);
});

test('who sends nonsense all the time does not fill the log', async () => {
  let nowMs = 0;
  const clock = { unixSeconds: () => 0, monotonicMs: () => nowMs };
  await using fixture = await listenFixture({ clock, limits: { loggedRefusalsPerSecond: 3 } });
  const nonsense = async () => assert.equal((await get(fixture, '/nonsense')).status, 404);
  for (let sent = 0; sent < 10; sent += 1) await nonsense();
  assert.equal(fixture.logLines.length, 3);
  nowMs = 1000;
  await nonsense();
  const [, , , summary, next] = messages(fixture);
  assert.equal(summary, 'WARNING: 7 more refused requests were not logged one by one.');
  assert.match(next ?? '', /^PARAMETER_ERROR: There is no such page/);
});

test('requests on one connection, sent at once, are answered in order', async () => {
  await using fixture = await listenFixture();
  const targets = [1, 2, 3, 4, 5].map((number) => `/update-by-path/${secret}/h${number}.dyndns1.dev/192.0.2.${number}`);
  const last = `GET / HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`;
  const octets = targets.map((target) => `GET ${target} HTTP/1.1\r\n${host}\r\n\r\n`).join('') + last;
  const bodies = (await exchangeRaw(fixture.port, octets)).match(/^(?:UPDATED: |dyndns ).*$/gm);
  assert.deepEqual(bodies, [
    ...[1, 2, 3, 4, 5].map((number) => `UPDATED: h${number}.dyndns1.dev. A None -> 192.0.2.${number}`),
    'dyndns v0.1.0',
  ]);
});

test('HTTP/1.0 without Host, as old routers speak it', async () => {
  await using fixture = await listenFixture();
  const answer = parseAnswer(await exchangeRaw(fixture.port, `GET ${www}/192.0.2.1 HTTP/1.0\r\n\r\n`));
  assert.equal(answer.body, 'UPDATED: www.dyndns1.dev. A None -> 192.0.2.1\nUNCHANGED: www.dyndns1.dev. AAAA None\n');
  assert.equal(answer.headers.get('content-length'), String(answer.body.length));
});

test('an absolute target, as a proxy may send it', async () => {
  await using fixture = await listenFixture();
  const answer = await get(fixture, `http://dyndns.example.com${www}/192.0.2.1`);
  assert.equal(answer.body, 'UPDATED: www.dyndns1.dev. A None -> 192.0.2.1\nUNCHANGED: www.dyndns1.dev. AAAA None\n');
});

test('HEAD of a page whose text is known tells its length, of an update it does not', async () => {
  await using fixture = await listenFixture();
  const lengthOf = async (target: string) =>
    (await request(fixture.port, [`HEAD ${target} HTTP/1.1`, host])).headers.get('content-length');
  assert.equal(await lengthOf('/'), '14');
  assert.equal(await lengthOf(`${www}/192.0.2.1`), undefined);
  assert.equal(fixture.primaries[0]?.transactions, 0);
});

test('more updates than may be under way are told to come back, and the others are carried out', async () => {
  await using fixture = await listenFixture({ limits: { updatesInFlight: 2 } });
  const [primary] = fixture.primaries;
  assert.ok(primary);
  const gate = Promise.withResolvers<void>();
  primary.gate = gate.promise;
  const waiting = [1, 2].map((number) => get(fixture, `/update-by-path/${secret}/h${number}.dyndns1.dev/192.0.2.1`));
  while (primary.transactions < 2) await delay(5);
  const refused = await get(fixture, `/update-by-path/${secret}/h3.dyndns1.dev/192.0.2.1`);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.equal(refused.body, 'DNS_SERVER_ERROR: Too many updates are under way; try again in a moment.\n');
  assert.equal((await get(fixture, '/healthz')).status, 200);
  gate.resolve();
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ status }) => status),
    [200, 200],
  );
  assert.equal((await get(fixture, `/update-by-path/${secret}/h3.dyndns1.dev/192.0.2.1`)).status, 200);
});

test('a client that goes away before its answer harms nobody', async () => {
  await using fixture = await listenFixture();
  const [primary] = fixture.primaries;
  assert.ok(primary);
  const gate = Promise.withResolvers<void>();
  primary.gate = gate.promise;
  const socket = await open(fixture);
  socket.write(`GET ${www}/192.0.2.1 HTTP/1.1\r\n${host}\r\n\r\n`);
  while (primary.transactions < 1) await delay(5);
  socket.destroy();
  gate.resolve();
  while (primary.writes.length < 1) await delay(5);
  assert.deepEqual(primary.lookUp(Name.parse('www.dyndns1.dev'), Type.A), ['192.0.2.1']);
  assert.doesNotMatch(fixture.logLines.join(''), /CRITICAL/);
});

test('a body that breaks off changes nothing and is no fault of ours', async () => {
  await using fixture = await listenFixture();
  const head = `POST /update-by-query HTTP/1.1\r\n${host}\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
  const socket = await open(fixture);
  socket.write(`${head}Content-Length: 90\r\n\r\nsecret=${secret}&fqdn=www.dyndns1.dev`);
  await delay(50);
  socket.destroy();
  await delay(50);
  assert.equal(fixture.primaries[0]?.transactions, 0);
  assert.doesNotMatch(fixture.logLines.join(''), /CRITICAL/);
});

const slow: readonly (readonly [name: string, octets: string])[] = [
  ['headers that never end', `GET / HTTP/1.1\r\n${host}\r\nX: `],
  ['a request line that never ends', 'GET /'],
  [
    'a body that never ends',
    `POST /update-by-query HTTP/1.1\r\n${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\nsecret=`,
  ],
];
for (const [name, octets] of slow) {
  test(`${name}: the connection is closed in time, in words`, async () => {
    const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400, connectionsCheckingIntervalMs: 50 };
    await using fixture = await listenFixture({ limits });
    const answer = parseAnswer(await exchangeRaw(fixture.port, octets));
    assert.deepEqual([answer.status, answer.body], [408, 'PARAMETER_ERROR: The request did not arrive in time.\n']);
    assert.equal(answer.headers.get('content-length'), String(answer.body.length));
  });
}

test('more connections than are allowed are closed at once', async () => {
  await using fixture = await listenFixture({ limits: { connections: 2 } });
  const sockets = [await open(fixture), await open(fixture)];
  const third = connect(fixture.port, '127.0.0.1');
  third.on('error', () => {});
  await once(third, 'close');
  for (const socket of sockets) socket.destroy();
});

test('closing lets the request under way finish, and then ends at once', { timeout: 20_000 }, async () => {
  const fixture = await listenFixture({ limits: { closingGraceMs: 600_000 } });
  const [primary] = fixture.primaries;
  assert.ok(primary);
  const gate = Promise.withResolvers<void>();
  primary.gate = gate.promise;
  const silent = await open(fixture);
  const socket = await open(fixture);
  socket.write(`GET ${www}/192.0.2.1 HTTP/1.1\r\n${host}\r\n\r\n`);
  while (primary.transactions < 1) await delay(5);
  const closed = fixture[Symbol.asyncDispose]();
  gate.resolve();
  const answer = parseAnswer(await nextAnswer(socket));
  assert.equal(answer.body, 'UPDATED: www.dyndns1.dev. A None -> 192.0.2.1\nUNCHANGED: www.dyndns1.dev. AAAA None\n');
  assert.equal(answer.headers.get('connection'), 'close');
  await closed;
  silent.destroy();
});

test('closing does not wait for ever for a client that does not finish', async () => {
  const fixture = await listenFixture({ limits: { closingGraceMs: 100 } });
  const socket = await open(fixture);
  socket.write(`GET / HTTP/1.1\r\n${host}\r\n\r\nGET / HTTP/1.1\r\n`);
  await nextAnswer(socket);
  await fixture[Symbol.asyncDispose]();
  await delay(10);
  assert.equal(socket.readableEnded || socket.destroyed, true);
});

test('several addresses are listened on, and when one is taken none', async () => {
  const { services } = makeFixture();
  await using server = await listenHttp(services, [
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.1', port: 0 },
  ]);
  const ports = server.addresses.map(({ port }) => port);
  assert.equal(new Set(ports).size, 2);
  for (const port of ports) assert.equal((await request(port, ['GET / HTTP/1.1', host])).body, 'dyndns v0.1.0\n');
  const taken = { host: '127.0.0.1', port: ports[0] ?? 0 };
  await assert.rejects(
    listenHttp(makeFixture().services, [{ host: '127.0.0.1', port: 0 }, taken]),
    /EADDRINUSE.*127\.0\.0\.1/,
  );
});

async function open({ port }: { port: number }): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** One answer in one piece, which is what Content-Length and a short text make of it on loopback. */
async function nextAnswer(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}
