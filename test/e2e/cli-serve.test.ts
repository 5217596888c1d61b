import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunningService } from '../../src/cli/services.ts';
import type { Config } from '../../src/config/config.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { type CommandLine, commandLine } from './cli-in-process.ts';

const right = `secret: abcdefgh
nameserver: 127.0.0.1
http: {listen: ['127.0.0.1:8080', '[::1]:8080', '[::1]:8081']}
zones: [{name: dyndns.example.com, tsig_key: Zm9v}]
`;

let home: TemporaryDirectory;
let started: Config[];
let reloaded: Config[];
let disposals: number;
let startFault: Error | undefined;
let reloadGate: Promise<void> | undefined;
let reloadFault: Error | undefined;

before(async () => {
  home = await createTemporaryDirectory('cli-serve');
});

after(async () => {
  await home[Symbol.asyncDispose]();
});

beforeEach(async () => {
  started = [];
  reloaded = [];
  disposals = 0;
  startFault = undefined;
  reloadGate = undefined;
  reloadFault = undefined;
  await home.write('.dyndns.yml', right, 0o600);
});

let running: { cli: CommandLine; end: Promise<number> } | undefined;

afterEach(async () => {
  running?.cli.signals.emit('SIGTERM');
  await running?.end;
  running = undefined;
});

function startService(config: Config): Promise<RunningService> {
  started.push(config);
  if (startFault) return Promise.reject(startFault);
  return Promise.resolve({
    addresses: config.http.listen,
    dnsAddresses: [],
    handedOver: [],
    reload: async (next: Config) => {
      reloaded.push(next);
      await reloadGate;
      if (reloadFault) throw reloadFault;
    },
    [Symbol.asyncDispose]: () => {
      disposals += 1;
      return Promise.resolve();
    },
  });
}

async function serve(...args: string[]): Promise<CommandLine> {
  const cli = commandLine({ services: { startService }, workingDirectory: home.path });
  const end = cli.run('serve', ...args);
  running = { cli, end };
  await until(() => cli.stdout() !== '');
  return cli;
}

/** The runner's own deadline bounds it. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await turn();
}

async function stop(signal: string): Promise<number | undefined> {
  running?.cli.signals.emit(signal);
  return await running?.end;
}

test('serve says where it listens, and ends with 0 when it is told to', async () => {
  const cli = await serve();
  const lines = cli.stdout().trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/^dyndns \S+ /, '')),
    [
      'listens on http://127.0.0.1:8080',
      'listens on http://[::1]:8080',
      'listens on http://[::1]:8081',
      `Its configuration is ${home.path}/.dyndns.yml`,
    ],
  );
  assert.equal(await stop('SIGTERM'), 0);
  assert.equal(disposals, 1);
  assert.deepEqual(cli.signals.eventNames(), []);
});

test('SIGINT stops it too', async () => {
  await serve();
  assert.equal(await stop('SIGINT'), 0);
});

test('--port stands in for the port of every address, each host once', async () => {
  const cli = await serve('--port', '9090');
  assert.deepEqual(started[0]?.http.listen, [
    { host: '127.0.0.1', port: 9090 },
    { host: '::1', port: 9090 },
  ]);
  cli.signals.emit('SIGHUP');
  await until(() => reloaded.length > 0);
  assert.deepEqual(reloaded[0]?.http.listen, started[0]?.http.listen);
});

test('SIGHUP reads the configuration again', async () => {
  const cli = await serve();
  await home.write('.dyndns.yml', right.replace('abcdefgh', '[abcdefgh, ijklmnop]'), 0o600);
  cli.signals.emit('SIGHUP');
  await until(() => cli.stderr() !== '');
  assert.deepEqual(reloaded[0]?.secrets, ['abcdefgh', 'ijklmnop']);
  assert.equal(cli.stderr(), `dyndns: the configuration was read again from ${home.path}/.dyndns.yml\n`);
});

test('a broken new configuration leaves the old one in force, and says what is wrong', async () => {
  const cli = await serve();
  await home.write('.dyndns.yml', right.replace('127.0.0.1\n', 'localhost\nport: 0\n'), 0o600);
  cli.signals.emit('SIGHUP');
  await until(() => cli.stderr().includes('old one'));
  const lines = cli.stderr().trimEnd().split('\n');
  assert.match(lines[0] ?? '', /\.dyndns\.yml:2:13: nameserver is a text of 9 characters, which is no IP address/);
  assert.match(lines[1] ?? '', /\.dyndns\.yml:3:7: port is 0/);
  assert.equal(lines[2], 'dyndns: the new configuration is wrong; the old one stays in force');
  assert.deepEqual(reloaded, []);
  await home.write('.dyndns.yml', right, 0o600);
  cli.signals.emit('SIGHUP');
  await until(() => reloaded.length > 0);
});

test('a new configuration that cannot be put in force does not end the service', async () => {
  reloadFault = listenError('EADDRINUSE', '127.0.0.1');
  const cli = await serve();
  cli.signals.emit('SIGHUP');
  await until(() => cli.stderr() !== '');
  assert.match(
    cli.stderr(),
    /could not be put in force: cannot listen on 127\.0\.0\.1:8080: (?:another program|.+ \(process \d+\)) listens/,
  );
  assert.equal(await stop('SIGTERM'), 0);
});

test('many SIGHUPs at once are answered by the reload under way and one more', async () => {
  const gate = Promise.withResolvers<void>();
  reloadGate = gate.promise;
  const cli = await serve();
  cli.signals.emit('SIGHUP');
  await until(() => reloaded.length === 1);
  for (let count = 0; count < 100; count += 1) cli.signals.emit('SIGHUP');
  gate.resolve();
  assert.equal(await stop('SIGTERM'), 0);
  assert.equal(reloaded.length, 2);
});

test('a reload that never ends does not hold up the end', async () => {
  const never = Promise.withResolvers<void>();
  reloadGate = never.promise;
  const cli = await serve();
  cli.signals.emit('SIGHUP');
  await until(() => reloaded.length === 1);
  assert.equal(await stop('SIGTERM'), 0);
  assert.equal(disposals, 1);
});

function listenError(code: string, address: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'listen', address, port: 8080 });
}

const listenFaults: readonly (readonly [code: string, words: RegExp])[] = [
  [
    'EADDRINUSE',
    /^dyndns: cannot listen on \[::1\]:8080: (?:another program|.+ \(process \d+\)) listens there already/,
  ],
  ['EACCES', /this user may not listen there/],
  ['EADDRNOTAVAIL', /this machine has no such address/],
  ['EAFNOSUPPORT', /EAFNOSUPPORT/],
];
for (const [code, words] of listenFaults) {
  test(`${code} is told in words`, async () => {
    startFault = listenError(code, '::1');
    const cli = commandLine({ services: { startService }, workingDirectory: home.path });
    assert.equal(await cli.run('serve'), 1);
    assert.match(cli.stderr(), words);
    assert.deepEqual(cli.signals.eventNames(), []);
  });
}

test('any other error is a fault of our own, and passes', async () => {
  startFault = new Error('unheard of');
  const cli = commandLine({ services: { startService }, workingDirectory: home.path });
  await assert.rejects(cli.run('serve'), /unheard of/);
});

for (const port of ['-1', '65536', 'http', '']) {
  test(`--port=${port} is refused before anything starts`, async () => {
    const cli = commandLine({ services: { startService }, workingDirectory: home.path });
    assert.equal(await cli.run('serve', `--port=${port}`), 2);
    assert.deepEqual(started, []);
  });
}
