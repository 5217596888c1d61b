import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { readBoundedFile } from './bounded-file.ts';
import { externalOf } from '../../test/support/config-fixture.ts';
import { loadConfig } from './load.ts';
import { describeProblem } from './problem.ts';

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dyndns-load-'));
});

after(async () => {
  await rm(folder, { recursive: true });
});

const seed = [
  "secret: '12345678'",
  'nameserver: 127.0.0.1',
  'zones:',
  '  - name: dyndns.example.com',
  '    tsig_key: tPyvZA==',
  '',
].join('\n');

async function put(name: string, text: string | Uint8Array, mode = 0o600): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

async function load(flag: string | undefined, environment: Record<string, string> = {}, workingDirectory = folder) {
  return await loadConfig({ flag, environment, workingDirectory });
}

async function failure(path: string): Promise<string> {
  const loaded = await load(path);
  assert.ok(loaded.kind === 'failed', loaded.kind);
  return loaded.problems.map(describeProblem).join('\n');
}

test('a file that the flag names', async () => {
  const path = await put('seed.yml', seed);
  const loaded = await load('seed.yml');
  assert.ok(loaded.kind === 'loaded');
  assert.equal(loaded.config.file, path);
  assert.deepEqual(loaded.config.secrets, ['12345678']);
  assert.deepEqual(loaded.config.warnings, []);
});

test('a file that the environment names', async () => {
  await put('seed.yml', seed);
  const loaded = await load(undefined, { dyndns_CONFIG_FILE: 'seed.yml' });
  assert.equal(loaded.kind, 'loaded');
});

test('.dyndns.yml in the working directory, though nobody named it', async () => {
  const home = join(folder, 'home');
  await mkdir(home);
  await put('home/.dyndns.yml', seed);
  const loaded = await load(undefined, {}, home);
  assert.ok(loaded.kind === 'loaded');
  assert.equal(loaded.config.file, join(home, '.dyndns.yml'));
});

test('a file that is named must exist; no other place is tried', async () => {
  await put('.dyndns.yml', seed);
  assert.equal(
    await failure('nothing.yml'),
    `${join(folder, 'nothing.yml')}: this file, named by --config, cannot be read: there is no such file; name a configuration file that can be read`,
  );
  const loaded = await load(undefined, { DYNDNS_CONFIG_FILE: 'nothing.yml' });
  assert.ok(loaded.kind === 'failed');
  assert.match(loaded.problems[0]?.message ?? '', /environment variable DYNDNS_CONFIG_FILE/);
  await rm(join(folder, '.dyndns.yml'));
});

test('nothing anywhere: the places that were searched come back', async () => {
  const empty = join(folder, 'empty');
  await mkdir(empty);
  const loaded = await load(undefined, {}, empty);
  if (loaded.kind === 'loaded' && loaded.config.file === '/etc/dyndns.yml') return;
  assert.deepEqual(loaded, {
    kind: 'absent',
    searched: [join(empty, '.dyndns.yml'), '/etc/dyndns.yml', join(empty, 'dyndns-data/dyndns.yml')],
  });
});

test('a file of another make', async () => {
  assert.match(await failure('.'), /it is a directory/);
  assert.match(await failure(await put('latin1.yml', Uint8Array.of(0x61, 0x3a, 0x20, 0xe4))), /it is not UTF-8 text/);
  const huge = await put('huge.yml', '');
  await truncate(huge, 9 * 1024 * 1024);
  assert.match(await failure(huge), /larger than 8 MiB/);
  assert.match(await failure(join(await put('file', ''), 'below.yml')), /a part of its path is no directory/);
  assert.match(await failure(`${'x'.repeat(300)}.yml`), /its name is too long/);
});

async function makePipe(name: string): Promise<string> {
  const path = join(folder, name);
  await promisify(execFile)('mkfifo', [path]);
  return path;
}

test('a secret comes from a regular file only: a pipe would wait, and a device never end', async () => {
  const pipe = await makePipe('secret.pipe');
  for (const path of [pipe, '/dev/zero']) {
    const file = await put('strange.yml', seed.replace("secret: '12345678'", `secret_file: ${path}`));
    assert.match(await failure(file), /:1:14: .* cannot be read: it is no regular file; name a file/);
    const key = await put('strange-key.yml', seed.replace('tsig_key: tPyvZA==', `tsig_key_file: ${path}`));
    assert.match(await failure(key), /:5:20: .* cannot be read: it is no regular file; name a file/);
  }
});

test('a configuration may come through a pipe, whose writer may be late', async () => {
  const pipe = await makePipe('late.pipe');
  const loading = load(pipe);
  const writing = writeFile(pipe, seed);
  assert.equal((await loading).kind, 'loaded');
  await writing;
});

test('a configuration that never ends is read no further than the bound', async () => {
  assert.match(await failure('/dev/zero'), /larger than 8 MiB/);
});

test('a pipe that nobody writes to is given up', async () => {
  const read = await readBoundedFile(await makePipe('silent.pipe'), { mustBeRegular: false, silenceMs: 20 });
  assert.deepEqual(read, { kind: 'unreadable', reason: 'nothing came from it in time' });
});

test('whoever waits for a pipe can be told to stop', async () => {
  const stop = new AbortController();
  const flag = await makePipe('idle.pipe');
  const loading = loadConfig({ flag, environment: {}, workingDirectory: folder }, stop.signal);
  stop.abort();
  const loaded = await loading;
  assert.ok(loaded.kind === 'failed');
  assert.match(loaded.problems[0]?.message ?? '', /it was waited for until the stop/);
});

test('a configuration that everybody may read is taken with a warning', async () => {
  await put('open.yml', seed, 0o644);
  const loaded = await load('open.yml');
  assert.ok(loaded.kind === 'loaded');
  assert.equal(loaded.config.warnings.length, 1);
  assert.match(loaded.config.warnings[0] ?? '', /open\.yml: every user of this machine may read/);
});

test('files with secrets are found beside the configuration, and warned of when everybody may read them', async () => {
  await mkdir(join(folder, 'etc'));
  await put('etc/secret', 'firstSecret1\nsecondSecret2\n');
  await put('etc/zone.key', 'key "zone-key" { algorithm hmac-sha256; secret "Zm9vYmFyMTIz"; };', 0o604);
  const path = await put(
    'etc/files.yml',
    'secret_file: secret\nnameserver: ::1\nzones:\n  - {name: example.com, tsig_key_file: zone.key}\n',
  );
  const loaded = await load(path);
  assert.ok(loaded.kind === 'loaded');
  assert.deepEqual(loaded.config.secrets, ['firstSecret1', 'secondSecret2']);
  const { key } = externalOf(loaded.config.zones[0]);
  assert.equal(key.name.toString(), 'zone-key.');
  assert.equal(key.algorithm, 'hmac-sha256');
  assert.equal(Buffer.from(key.secret).toString(), 'foobar123');
  assert.equal(loaded.config.warnings.length, 1);
  assert.match(loaded.config.warnings[0] ?? '', /zone\.key: every user/);
});

test('a file with a secret that cannot be read is told where it is named', async () => {
  const path = await put('lost.yml', seed.replace("secret: '12345678'", 'secret_file: lost'));
  assert.equal(
    await failure(path),
    `${path}:1:14: ${join(folder, 'lost')} cannot be read: there is no such file; name a file that this service may read`,
  );
});
