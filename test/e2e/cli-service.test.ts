import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { TsigKey } from '../../src/dns/tsig.ts';
import { type FakeNameserver, startFakeNameserver } from '../support/fake-nameserver.ts';
import { freePort } from '../support/free-port.ts';
import type { RunningProcess } from '../support/process.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { dyndns, launcher, startDyndns } from './cli-process.ts';

const zone = Name.parse('dyndns.example.com.');
const key: TsigKey = { name: zone, algorithm: 'hmac-sha512', secret: Buffer.from('S3cretKey') };
const fqdn = 'home.dyndns.example.com';
const host = Name.parse(fqdn);
const startTimeoutMs = 20_000;

let home: TemporaryDirectory;
let nameserver: FakeNameserver;

before(async () => {
  home = await createTemporaryDirectory('cli-service');
  nameserver = await startFakeNameserver(zone, key);
});

after(async () => {
  await nameserver[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

function configuration(changes: { secret?: string; port?: number; listen?: string; tsigKey?: string } = {}): string {
  const { secret = 'firstSecret', port = nameserver.port, listen = '127.0.0.1:0' } = changes;
  return `secret: ${secret}
nameserver: 127.0.0.1
port: ${port}
http: {listen: '${listen}'}
zones:
  - name: dyndns.example.com
    tsig_key: ${changes.tsigKey ?? Buffer.from(key.secret).toString('base64')}
`;
}

async function write(name: string, text: string): Promise<string> {
  return await home.write(name, text, 0o600);
}

test('update and delete change a zone over the wire', async () => {
  const path = await write('change.yml', configuration());
  const updated = await dyndns(['-c', path, 'update', fqdn, '192.0.2.1', '2001:db8::1']);
  assert.deepEqual(updated, {
    exitCode: 0,
    stdout: `UPDATED: ${fqdn}. A None -> 192.0.2.1\nUPDATED: ${fqdn}. AAAA None -> 2001:db8::1\n`,
    stderr: '',
  });
  assert.equal(nameserver.records(host, Type.AAAA).length, 1);
  const messages = nameserver.updates.length;
  const unchanged = await dyndns(['-c', path, 'update', fqdn, '192.0.2.1', '2001:db8::1']);
  assert.deepEqual([unchanged.exitCode, unchanged.stdout.match(/^UNCHANGED/gm)?.length], [0, 2]);
  assert.equal(nameserver.updates.length, messages);
  const deleted = await dyndns(['-c', path, 'delete', fqdn, '--json']);
  assert.deepEqual([deleted.exitCode, JSON.parse(deleted.stdout).changed], [0, true]);
  assert.deepEqual(nameserver.records(host, Type.A), []);
});

test('a nameserver that is not there ends with 69', async () => {
  const path = await write('nobody.yml', configuration({ port: 1 }));
  const { exitCode, stdout, stderr } = await dyndns(['-c', path, 'update', fqdn, '192.0.2.1']);
  assert.deepEqual([exitCode, stdout], [69, '']);
  assert.match(stderr, /^DNS_SERVER_ERROR: .*could not be reached/);
});

test('a wrong key ends with 1, and is in no message', async () => {
  const tsigKey = Buffer.from('WrongS3cretKey').toString('base64');
  const path = await write('key.yml', configuration({ tsigKey }));
  const { exitCode, stdout, stderr } = await dyndns(['-c', path, 'update', fqdn, '192.0.2.1']);
  assert.deepEqual([exitCode, stdout], [1, '']);
  assert.match(stderr, /^DNS_SERVER_ERROR: .*signature.*\n.*tsig_key/);
  assert.ok(!stderr.includes(tsigKey));
});

/** Waits until the service says where it listens. */
async function baseUrl(service: RunningProcess): Promise<string> {
  await service.waitUntil(() => Promise.resolve(/ listens on http:.*\n/.test(service.output())), startTimeoutMs);
  return / listens on (http:\S+)\n/.exec(service.output())?.[1] ?? '';
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.text();
  return response.status;
}

async function waitForOutput(service: RunningProcess, text: string): Promise<void> {
  await service.waitUntil(() => Promise.resolve(service.output().includes(text)), startTimeoutMs);
}

test('serve answers, reloads, survives a broken configuration, and stops with 0', async () => {
  const path = await write('serve.yml', configuration());
  await using service = startDyndns(['serve', '--config', path]);
  const base = await baseUrl(service);
  assert.match(await (await fetch(`${base}/`)).text(), /^dyndns v\d+\.\d+\.\d+\n$/);
  assert.equal(await statusOf(`${base}/update-by-path/firstSecret/${fqdn}/192.0.2.7`), 200);
  assert.equal(nameserver.records(host, Type.A).length, 1);

  await write('serve.yml', configuration({ secret: '[firstSecret, secondSecret]' }));
  service.signal('SIGHUP');
  await waitForOutput(service, 'was read again');
  for (const secret of ['firstSecret', 'secondSecret'])
    assert.equal(await statusOf(`${base}/update-by-path/${secret}/${fqdn}/192.0.2.7`), 200);

  await write('serve.yml', configuration({ secret: 'third-Secret' }));
  service.signal('SIGHUP');
  await waitForOutput(service, 'the old one stays in force');
  assert.ok(service.output().includes(`${path}:1:9: secret has other characters than letters and digits`));
  assert.equal(await statusOf(`${base}/update-by-path/secondSecret/${fqdn}/192.0.2.7`), 200);
  assert.equal(await statusOf(`${base}/update-by-path/third-Secret/${fqdn}/192.0.2.7`), 403);

  await write('serve.yml', configuration({ secret: 'thirdSecret' }));
  service.signal('SIGHUP');
  await service.waitUntil(
    async () => (await statusOf(`${base}/update-by-path/thirdSecret/${fqdn}/192.0.2.7`)) === 200,
    startTimeoutMs,
  );
  assert.equal(await statusOf(`${base}/update-by-path/firstSecret/${fqdn}/192.0.2.7`), 403);
  assert.deepEqual(await service.stop(startTimeoutMs), { exitCode: 0, signal: null });
  assert.doesNotMatch(service.output(), /Secret\b(?! )/);
});

test('a port that is taken is told in words, and ends with 1', async () => {
  const path = await write('taken.yml', configuration());
  await using first = startDyndns(['serve', '--config', path]);
  const { port } = new URL(await baseUrl(first));
  const { exitCode, stderr } = await dyndns(['serve', '--config', path, '--port', port]);
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    new RegExp(`^dyndns: cannot listen on 127\\.0\\.0\\.1:${port}: node dyndns\\.js \\(process ${first.pid}\\)`),
  );
});

test('a service whose output nobody reads goes on', async () => {
  const path = await write('unread.yml', configuration());
  const port = await freePort();
  const child = spawn(process.execPath, [launcher, 'serve', '-c', path, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = Promise.withResolvers<number | null>();
  child.once('exit', (exitCode) => exited.resolve(exitCode));
  child.stdout.destroy();
  child.stderr.destroy();
  try {
    const url = `http://127.0.0.1:${port}/`;
    while (child.exitCode === null && !(await fetch(url).catch(() => undefined))?.ok) await sleep(20);
    for (const address of ['192.0.2.8', '192.0.2.9'])
      assert.equal(await statusOf(`${url}update-by-path/firstSecret/${fqdn}/${address}`), 200);
  } finally {
    child.kill('SIGTERM');
  }
  assert.equal(await exited.promise, 0);
});
