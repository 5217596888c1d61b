import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { dyndns, launcher } from './cli-process.ts';

let home: TemporaryDirectory;

before(async () => {
  home = await createTemporaryDirectory('cli');
});

after(async () => {
  await home[Symbol.asyncDispose]();
});

const seed = `secret: S3cretS3cret
nameserver: 127.0.0.1
zones:
  - name: dyndns.example.com
    tsig_key: UzNjcmV0a2V5
`;

test('--version names the package’s version', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  for (const flag of ['--version', '-v']) {
    assert.deepEqual(await dyndns([flag]), { exitCode: 0, stdout: `dyndns ${version}\n`, stderr: '' });
  }
});

test('--help lists every command, every exit code and where the configuration is', async () => {
  const { exitCode, stdout, stderr } = await dyndns(['--help']);
  assert.equal(exitCode, 0);
  assert.equal(stderr, '');
  for (const word of [
    'serve',
    'config',
    'update FQDN [IP…]',
    'delete FQDN',
    '--config FILE',
    '/etc/dyndns.yml',
    '$STATE_DIRECTORY',
    './dyndns-data',
  ])
    assert.ok(stdout.includes(word), word);
  assert.match(stdout, /^ {2}0 {3}done/m);
  assert.match(stdout, /^ {2}78 {2}the configuration/m);
});

for (const command of ['serve', 'config', 'update', 'delete']) {
  test(`${command} --help has examples`, async () => {
    const { exitCode, stdout } = await dyndns([command, '--help']);
    assert.equal(exitCode, 0);
    assert.match(stdout, new RegExp(`^Usage: dyndns ${command} `));
    assert.match(stdout, new RegExp(`^Examples:\n {2}.*${command}`, 'm'));
    assert.match(stdout, /^ {2}-c, --config FILE/m);
  });
}

test('--help of a command lists the exit codes that it can end with, and no others', async () => {
  const codesOf = async (command: string) =>
    (await dyndns([command, '--help'])).stdout.match(/^ {2}\d+(?= {2})/gm)?.map(Number);
  assert.deepEqual(await codesOf('config'), [0, 2, 70, 78]);
  assert.deepEqual(await codesOf('check'), [0, 1, 2, 70, 78]);
  assert.deepEqual(await codesOf('update'), [0, 1, 2, 69, 70, 75, 78]);
});

test('a wrong command line is refused with a suggestion', async () => {
  assert.deepEqual(await dyndns(['updaet', 'x']), {
    exitCode: 2,
    stdout: '',
    stderr: 'dyndns: there is no command "updaet"; did you mean update?\n"dyndns --help" shows how it is used.\n',
  });
  assert.equal((await dyndns([])).exitCode, 2);
  assert.equal((await dyndns(['serve', '--port', 'http'])).exitCode, 2);
});

test('config shows what is in force, without a secret', async () => {
  await home.write('seed.yml', seed, 0o600);
  const result = await dyndns(['--config', 'seed.yml', 'config'], { directory: home.path });
  assert.equal(result.exitCode, 0);
  assert.equal(result.stderr, '');
  assert.doesNotMatch(result.stdout, /S3cret|UzNj/);
  const shown = parse(result.stdout);
  assert.equal(shown.secret, '<redacted>');
  assert.equal(shown.zones[0].tsig_key, '<redacted>');
  assert.equal(shown.ttl.default, 300);
});

test('config --json is one line of JSON in a pipe', async () => {
  const path = await home.write('open.yml', seed, 0o644);
  const result = await dyndns(['config', '--json', '-c', path]);
  assert.equal(result.exitCode, 0);
  assert.equal(result.stdout.trimEnd().split('\n').length, 1);
  const shown = JSON.parse(result.stdout);
  assert.equal(shown.file, path);
  assert.equal(shown.zones[0].name, 'dyndns.example.com');
  assert.equal(shown.warnings.length, 1);
  assert.match(result.stderr, /^warning: .*open\.yml: every user of this machine may read/);
});

test('a wrong configuration: every mistake with its place, and exit code 78', async () => {
  const path = await home.write('wrong.yml', seed.replace('127.0.0.1', 'localhost').replace('name:', 'nam:'), 0o600);
  for (const command of [['config'], ['serve'], ['update', 'a.example'], ['delete', 'a.example']]) {
    const { exitCode, stdout, stderr } = await dyndns([...command, '--config', path]);
    assert.equal(exitCode, 78, command[0]);
    assert.equal(stdout, '');
    const places = stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(path.length).split(': ')[0]);
    assert.deepEqual(places, [':2:13', ':4:5', ':4:5']);
    assert.doesNotMatch(stderr, /S3cret|UzNj/);
  }
});

test('the environment names a configuration; one that is not there is refused', async () => {
  const path = await home.write('env.yml', seed, 0o600);
  for (const variable of ['dyndns_CONFIG_FILE', 'DYNDNS_CONFIG_FILE']) {
    const { exitCode, stdout } = await dyndns(['config'], { environment: { [variable]: path } });
    assert.equal(exitCode, 0);
    assert.ok(stdout.startsWith(`# ${path}\n`));
    const missing = await dyndns(['config'], { environment: { [variable]: `${path}.missing` } });
    assert.equal(missing.exitCode, 78);
    assert.match(
      missing.stderr,
      new RegExp(`named by the environment variable ${variable}, cannot be read: there is no`),
    );
  }
});

test('.dyndns.yml in the working directory is found', async () => {
  const path = await home.write('found/.dyndns.yml', seed, 0o600);
  const { stdout } = await dyndns(['config'], { directory: `${home.path}/found` });
  assert.ok(stdout.startsWith(`# ${path}\n`));
});

test('check without a configuration says what it needs, and where it looked', async (t) => {
  const directory = await createTemporaryDirectory('cli-empty');
  await using _ = directory;
  const { exitCode, stdout, stderr } = await dyndns(['check'], { directory: directory.path });
  if (!stderr.includes('/etc/dyndns.yml')) return t.skip('this machine has an /etc/dyndns.yml');
  assert.equal(exitCode, 78);
  assert.equal(stdout, '');
  assert.ok(stderr.includes(`${directory.path}/.dyndns.yml\n`));
  assert.match(stderr, /^ {2}secret: '[0-9a-f]{32}'/m);
  assert.match(stderr, /^ {2}zones:\n {4}- name: dyndns\.example\.com$/m);
});

test('a reader that goes away early is no fault', async () => {
  const path = await home.write('many.yml', `${seed}${manyZones(5000)}`, 0o600);
  const pipeline = `{ "${process.execPath}" "${launcher}" config -c "${path}"; echo "exit $?" >&2; } | head -n 1`;
  const { stdout, stderr } = await runCommand('sh', ['-c', pipeline]);
  assert.equal(stdout, `# ${path}\n`);
  assert.equal(stderr, 'exit 0\n');
});

function manyZones(count: number): string {
  return Array.from({ length: count }, (_, index) => `  - {name: z${index}.example, tsig_key: UzNjcmV0a2V5}\n`).join(
    '',
  );
}

test('on a terminal that can, words are set off; with NO_COLOR they are not', async (t) => {
  const path = await home.write('tty.yml', seed, 0o600);
  const command = `"${process.execPath}" "${launcher}" -c "${path}" delete outside.example`;
  const inTerminal = async (environment: Record<string, string>) =>
    await runCommand('script', ['-qec', command, '/dev/null'], { environment: { TERM: 'xterm', ...environment } });
  const probe = await inTerminal({}).catch(() => undefined);
  if (!probe) return t.skip('script (Debian package bsdutils) is not installed');
  assert.ok(probe.stdout.startsWith('\u001B[31mDNS_NAME_ERROR\u001B[39m: The fully'), probe.stdout);
  assert.match((await inTerminal({ NO_COLOR: '1' })).stdout, /^DNS_NAME_ERROR: The fully/);
});
