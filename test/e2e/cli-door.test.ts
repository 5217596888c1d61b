import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { freePort } from '../support/free-port.ts';
import { launchService } from '../support/launch-service.ts';
import { requirePeer } from '../support/peers.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { isRoot } from '../support/unprivileged.ts';
import { configurationOf } from '../interop/seed-service.ts';
import { dyndns, startDyndns } from './cli-process.ts';

const zone = 'dyn.example.test';
const records = '@ A 192.0.2.53\n';
const small = '$TTL 60\n@ SOA a b 1 2 3 4 5\nhome A 192.0.2.1\nmore TXT "x"\n';

let embedded: EmbeddedService;

before(async () => {
  embedded = await launchEmbedded(zone, { records });
  await writeFile(join(embedded.service.directory, 'small.zone'), small);
});

after(async () => {
  await embedded[Symbol.asyncDispose]();
});

function cli(...args: readonly string[]) {
  const { configurationFile, directory } = embedded.service;
  return dyndns(['-c', configurationFile, ...args], { directory });
}

const socketPath = () => join(embedded.service.directory, 'zones.db-socket');

/** The same command lines beside the service and without it, in the same order. */
const lines: readonly (readonly string[])[] = [
  ['update', `a.${zone}`, '192.0.2.1', '2001:db8::1'],
  ['update', `a.${zone}`, '192.0.2.1', '2001:db8::1', '--json'],
  ['update', `a.${zone}`, '192.0.2.2', '--ttl', '120', '--json'],
  ['update', `*.w.${zone}`, '192.0.2.2'],
  ['delete', `a.${zone}`, '--json'],
  ['delete', `a.${zone}`],
  ['delete', `*.w.${zone}`],
  ['update', zone, '192.0.2.9'],
  ['update', zone, '192.0.2.9', '--json'],
  ['update', 'a.example.net', '192.0.2.1', '--json'],
  ['update', `a.${zone}`, '192.0.2'],
  ['zone', 'import', zone, 'small.zone', '--dry-run'],
  ['zone', 'import', 'other.example', 'small.zone'],
];

test('update and delete beside the service tell what they tell without it', async () => {
  const beside = [];
  for (const args of lines) beside.push(await cli(...args));
  assert.equal(beside[0]?.exitCode, 0, beside[0]?.stderr);
  assert.equal(beside[7]?.exitCode, 1);
  await embedded.service.stop();
  const without = [];
  for (const args of lines) without.push(await cli(...args));
  await embedded.service.restart();
  const serials = (text: string) => text.replaceAll(/\b\d{10}\b/g, 'SERIAL');
  for (const [index, args] of lines.entries()) {
    assert.equal(serials(beside[index]?.stdout ?? ''), serials(without[index]?.stdout ?? ''), args.join(' '));
    assert.equal(beside[index]?.stderr, without[index]?.stderr, args.join(' '));
    assert.equal(beside[index]?.exitCode, without[index]?.exitCode, args.join(' '));
  }
});

test('what is done through the door is served at once, and logged', async (t) => {
  if (!requirePeer(t, 'dig')) return;
  assert.equal((await cli('update', `at-once.${zone}`, '192.0.2.77')).exitCode, 0);
  const { answers } = await embedded.query(`at-once.${zone}`, 'A');
  assert.deepEqual(
    answers.map(({ value }) => value),
    ['192.0.2.77'],
  );
  assert.equal((await cli('zone', 'import', zone, 'small.zone', '--replace')).exitCode, 0);
  assert.equal((await embedded.query(`at-once.${zone}`, 'A')).status, 'NXDOMAIN');
  assert.equal((await embedded.query(`more.${zone}`, 'TXT')).answers.length, 1);
});

test('the socket is for its owner alone, also where everybody may look into the directory', async () => {
  assert.equal((await lstat(socketPath())).mode & 0o7777, 0o600);
  if (!isRoot()) return;
  const { configurationFile, directory } = embedded.service;
  await chmod(directory, 0o755);
  await chmod(configurationFile, 0o644);
  const asNobody = await dyndns(['-c', configurationFile, 'update', `x.${zone}`, '192.0.2.1'], {
    directory: '/',
    asNobody: true,
  });
  assert.equal(asNobody.exitCode, 1, asNobody.stdout);
  assert.match(asNobody.stderr, /zones\.db/);
  await chmod(directory, 0o700);
  await chmod(configurationFile, 0o600);
});

test('the socket of a killed service is replaced, and one that is stopped leaves none', async () => {
  await embedded.service.kill9();
  assert.ok((await lstat(socketPath())).isSocket());
  const alone = await cli('update', `alone.${zone}`, '192.0.2.4');
  assert.equal(alone.exitCode, 0, alone.stderr);
  await embedded.service.restart();
  const again = await cli('update', `alone.${zone}`, '192.0.2.4', '--json');
  assert.equal(JSON.parse(again.stdout).changed, false, again.stderr);
  await embedded.service.stop();
  await assert.rejects(lstat(socketPath()), { code: 'ENOENT' });
  await embedded.service.restart();
});

test('a file in the place of the socket is left alone, and said', async () => {
  const { service } = embedded;
  await service.stop();
  await writeFile(socketPath(), 'mine');
  try {
    await service.restart();
    const deadlineMs = performance.now() + 10_000;
    while (!service.log().includes('Commands cannot ask this service: the socket') && performance.now() < deadlineMs)
      await delay(20);
    assert.match(service.log(), /Commands cannot ask this service: the socket .* cannot be made/);
    assert.equal(await readFile(socketPath(), 'utf8'), 'mine');
    const refused = await cli('update', `x.${zone}`, '192.0.2.1');
    assert.equal(refused.exitCode, 69, refused.stderr);
    assert.match(refused.stderr, /in use by process \d+:.*nobody listens at .*try again in a moment/);
    const asData = await cli('update', `x.${zone}`, '192.0.2.1', '--json');
    assert.deepEqual([asData.exitCode, asData.stderr, JSON.parse(asData.stdout).error.code], [69, '', 'unreachable']);
  } finally {
    await service.stop();
    await rm(socketPath(), { force: true });
    await service.restart();
  }
});

test('commands that come at once, without a service, wait for one another', async () => {
  await embedded.service.stop();
  const results = await Promise.all([1, 2, 3, 4].map((n) => cli('update', `n${n}.${zone}`, '192.0.2.1')));
  assert.deepEqual(
    results.map(({ exitCode }) => exitCode),
    [0, 0, 0, 0],
    results.map(({ stderr }) => stderr).join('\n'),
  );
  await embedded.service.restart();
});

test('commands while the service starts and stops end in one of three ways, and none is half done', async (t) => {
  const codes = new Map<number | null, number>();
  const over = new AbortController();
  const changing = (async () => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const name = `race${n}.${zone}`;
      const { exitCode, stderr } = await cli('update', name, '192.0.2.1', '2001:db8::1');
      codes.set(exitCode, (codes.get(exitCode) ?? 0) + 1);
      assert.ok(exitCode === 0 || exitCode === 69 || exitCode === 75, `${exitCode} ${stderr}`);
      if (exitCode !== 0) assert.notEqual(stderr, '');
    }
  })();
  for (let round = 0; round < 3; round += 1) await embedded.service.restart();
  over.abort();
  await changing;
  t.diagnostic(JSON.stringify([...codes]));
  const { stdout } = await cli('zone', 'show', zone, '--json');
  const shown = JSON.parse(stdout).records.filter(({ name }: { name: string }) => name.startsWith('race'));
  const types = new Map<string, string[]>();
  for (const { name, type } of shown) types.set(name, [...(types.get(name) ?? []), type]);
  for (const [name, held] of types) assert.deepEqual(held.sort(), ['A', 'AAAA'], name);
});

test('a database whose path is too long for a socket has a door all the same', async () => {
  await using directory = await createTemporaryDirectory('long');
  const long = join(directory.path, 'a'.repeat(100));
  await mkdir(long);
  const path = join(long, 'zones.db');
  const configuration = configurationOf([{ name: zone, tsig_key: 'Zm9v' }], {
    dns: { listen: `127.0.0.1:${await freePort()}` },
    database: `sqlite:${path}`,
  });
  await using service = await launchService({ configuration, readyWhen: 'ready' });
  const updated = await dyndns(['-c', service.configurationFile, 'update', `a.${zone}`, '192.0.2.1']);
  assert.equal(updated.exitCode, 0, updated.stderr);
  assert.ok((await lstat(`${path}-socket`)).isSocket());
});

test('a command that finds a service beginning waits for its door', async () => {
  await using directory = await createTemporaryDirectory('begin');
  const configuration = configurationOf([{ name: zone, tsig_key: 'Zm9v' }], {
    http: { listen: `127.0.0.1:${await freePort()}` },
    dns: { listen: `127.0.0.1:${await freePort()}` },
    database: `sqlite:${join(directory.path, 'zones.db')}`,
  });
  const file = await directory.write('dyndns.yml', JSON.stringify(configuration), 0o600);
  await using service = startDyndns(['-c', file, 'serve']);
  const updated = await dyndns(['-c', file, 'update', `a.${zone}`, '192.0.2.1']);
  assert.equal(updated.exitCode, 0, `${updated.stderr}\n${service.output()}`);
});

/** Octets, and what the answer begins with; empty where there is none to be had. */
const hostile: readonly (readonly [what: string, octets: string, answer: RegExp])[] = [
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['nothing of that name', 'GET /etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n', /^HTTP\/1\.1 404 /],
  ['a path that is none', 'GET http://[ HTTP/1.1\r\nhost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['another method', 'DELETE /v1/update HTTP/1.1\r\nhost: x\r\n\r\n', /^HTTP\/1\.1 405 /],
  ['no content type', 'POST /v1/update HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}', /^HTTP\/1\.1 415 /],
  ['no JSON', post('/v1/update', 'application/json', '{"names":'), /^HTTP\/1\.1 400 [^]*not understood/],
  ['no names', post('/v1/update', 'application/json', '{"names":[]}'), /^HTTP\/1\.1 400 /],
  [
    'an unknown key',
    post('/v1/update', 'application/json', '{"names":[],"__proto__":{"x":1},"y":2}'),
    /^HTTP\/1\.1 400 /,
  ],
  [
    'an address in the wrong type',
    post(
      '/v1/update',
      'application/json',
      `{"names":[{"name":"a.${zone}","intents":[{"kind":"replace","type":"AAAA","values":["192.0.2.1"]}]}]}`,
    ),
    /^HTTP\/1\.1 400 [^]*no values of AAAA/,
  ],
  [
    'a name that is none',
    post('/v1/update', 'application/json', '{"names":[{"name":"a b","intents":[{"kind":"remove","type":"A"}]}]}'),
    /^HTTP\/1\.1 400 [^]*no host name/,
  ],
  ['deep JSON', post('/v1/update', 'application/json', '['.repeat(30_000)), /^HTTP\/1\.1 400 /],
  [
    'too long a body, announced',
    `POST /v1/update HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n`,
    /^HTTP\/1\.1 413 /,
  ],
  [
    'too long a body, in pieces',
    `POST /v1/update HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${`4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(5)}`,
    /^HTTP\/1\.1 413 /,
  ],
  [
    'two lengths',
    'POST /v1/update HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
    /^HTTP\/1\.1 400 /,
  ],
  [
    'headers without end',
    `GET /v1/service HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    /^HTTP\/1\.1 431 /,
  ],
  ['an import of no zone', post(`/v1/zones/${zone}./import?mode=replace`, 'text/dns', '\0\x01\x02'), /"refused"/],
  ['an import without a mode', post(`/v1/zones/${zone}./import`, 'text/dns', small), /^HTTP\/1\.1 400 /],
  [
    'an import of another zone',
    post('/v1/zones/example.net./import?mode=replace', 'text/dns', small),
    /not hosted here/,
  ],
  [
    'an import of an endless include',
    post(`/v1/zones/${zone}./import?mode=replace`, 'text/dns', '$INCLUDE /etc/passwd\n'),
    /INCLUDE is not allowed here/,
  ],
];

function post(path: string, type: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

test('what hostile hands push through the door is answered, and changes nothing', async (t) => {
  const { stdout: held } = await cli('zone', 'show', zone);
  for (const [what, octets, answer] of hostile)
    await t.test(what, async () => {
      assert.match(await exchange(octets), answer);
    });
  assert.equal((await cli('zone', 'show', zone)).stdout, held);
  assert.equal((await embedded.service.get('/healthz')).status, 200);
});

test('one import at a time: another is told so, and comes when the first has gone', async () => {
  const first = connect(socketPath()).on('error', () => {});
  const whole = post(`/v1/zones/${zone}./import?mode=replace`, 'text/dns', small);
  first.write(whole.slice(0, -5));
  const second = async () => await exchange(post('/v1/zones/example.net./import?mode=replace', 'text/dns', small));
  while (!(await second()).startsWith('HTTP/1.1 503 ')) await delay(10);
  assert.match(await second(), /another import is under way; try again when it is done/);
  first.destroy();
  while ((await second()).startsWith('HTTP/1.1 503 ')) await delay(10);
  assert.match(await second(), /not hosted here/);
});

test('a service that is given its first zone by a reload has a door from then on', async () => {
  await using directory = await createTemporaryDirectory('reload');
  const database = `sqlite:${join(directory.path, 'zones.db')}`;
  const external = { name: 'ext.example', nameserver: '127.0.0.1', port: 1, tsig_key: 'Zm9v' };
  const dns = { listen: `127.0.0.1:${await freePort()}` };
  await using service = await launchService({ configuration: configurationOf([external], { dns, database }) });
  await service.writeConfiguration(
    configurationOf([external, { name: zone, nameserver: 'embedded' }], { dns, database }),
  );
  service.signal('SIGHUP');
  const deadlineMs = performance.now() + 20_000;
  for (;;) {
    if (await lstat(join(directory.path, 'zones.db-socket')).catch(() => undefined)) break;
    assert.ok(performance.now() < deadlineMs, service.log());
    await delay(20);
  }
  const updated = await dyndns(['-c', service.configurationFile, 'update', `a.${zone}`, '192.0.2.1']);
  assert.equal(updated.exitCode, 0, updated.stderr);
  const elsewhere = await dyndns(['-c', service.configurationFile, 'update', 'a.ext.example', '192.0.2.1']);
  assert.equal(elsewhere.exitCode, 69, elsewhere.stderr);
  assert.match(elsewhere.stderr, /The nameserver 127\.0\.0\.1 could not be reached/);
});

test('more connections than the door takes, and those that say nothing, end; others get through', async () => {
  const silent = Array.from({ length: 40 }, () =>
    connect(socketPath())
      .on('error', () => {})
      .resume(),
  );
  const endings = silent.map(async (socket) => await new Promise((resolve) => socket.on('close', resolve)));
  await Promise.all(endings);
  assert.equal((await cli('update', `after.${zone}`, '192.0.2.1')).exitCode, 0);
});

/** Sends octets as they are, and reads to the end. */
async function exchange(octets: string): Promise<string> {
  const socket = connect(socketPath());
  const chunks: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('data', (chunk) => void chunks.push(chunk));
  socket.on('close', () => resolve());
  socket.on('error', () => resolve());
  socket.write(Buffer.from(octets, 'latin1'));
  const impatience = setTimeout(() => socket.destroy(), 20_000);
  await promise;
  clearTimeout(impatience);
  return Buffer.concat(chunks).toString('latin1');
}
