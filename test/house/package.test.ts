import assert from 'node:assert/strict';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { repositoryRoot } from './walk-through.ts';

const npmTimeoutMs = 120_000;
/** What npm says to those who have settings of their own is not about us. */
const environment = { npm_config_loglevel: 'error' };

interface Pack {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

async function pack(...args: readonly string[]): Promise<Pack> {
  const { exitCode, stdout, stderr } = await runCommand('npm', ['pack', '--json', ...args], {
    directory: repositoryRoot,
    environment,
    timeoutMs: npmTimeoutMs,
  });
  assert.equal(exitCode, 0, stderr);
  // Before it comes what the build says.
  return JSON.parse(stdout.slice(stdout.indexOf('[\n')))[0];
}

test('the package has what it needs and nothing else, and runs', async (t) => {
  await using directory = await createTemporaryDirectory('package');
  const { filename, files } = await pack('--pack-destination', directory.path);

  await t.test('launcher, dist, the operators’ pages, packaging, and what every package has', () => {
    const paths = files.map(({ path }) => path);
    assert.ok(paths.includes('dist/main.js') && paths.includes('dist/app.js'));
    const others = paths.filter((path) => !/^dist\/[a-z0-9/-]+\.js$/.test(path));
    assert.deepEqual(others.sort(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/dyndns.js',
      ...[
        'README',
        'api',
        'certificates',
        'cli',
        'clients',
        'configuration',
        'embedded',
        'http',
        'limits',
        'metrics',
        'nameservers',
        'nginx',
        'tokens',
        'upgrade',
      ].map((page) => `docs/operator/${page}.md`),
      'package.json',
      'packaging/dyndns.yml',
      'packaging/nginx/dyndns.conf',
      'packaging/systemd/dyndns.service',
      'packaging/systemd/dyndns.service.d/nameserver.conf',
      'packaging/systemd/dyndns.socket',
    ]);
    assert.ok(!paths.some((path) => path.includes('.test.')));
  });

  await t.test('npm pack --dry-run says the same', async () => {
    const dry = await pack('--dry-run', '--ignore-scripts');
    assert.deepEqual(
      dry.files.map(({ path }) => path),
      files.map(({ path }) => path),
    );
  });

  await t.test('it runs from there, with its dependencies beside it', async () => {
    const { exitCode } = await runCommand('tar', ['-xzf', join(directory.path, filename), '-C', directory.path]);
    assert.equal(exitCode, 0);
    const place = join(directory.path, 'package');
    await symlink(join(repositoryRoot, 'node_modules'), join(place, 'node_modules'));
    const configuration = join(place, 'packaging/dyndns.yml');
    await directory.write('dyndns.key', 'tPyvZA==\n', 0o600);
    const dyndns = (...args: readonly string[]) =>
      runCommand(process.execPath, [join(place, 'bin/dyndns.js'), ...args], { directory: directory.path });
    assert.match((await dyndns('--version')).stdout, /^dyndns \d+\.\d+\.\d+\n$/);
    const missing = await dyndns('--config', configuration, 'config');
    assert.equal(missing.exitCode, 78);
    assert.match(missing.stderr, /dyndns\.yml:\d+:\d+: \/etc\/dyndns\.key cannot be read/);

    // What runs in threads of its own is there as well.
    const zones = [{ name: 'dyndns.example.com' }];
    const hosted = { secret: 'changeThisSecret', dns: { resolver: '127.0.0.1:1' }, zones };
    const file = await directory.write('hosted.yml', JSON.stringify(hosted), 0o600);
    const updated = await dyndns('--config', file, 'update', 'home.dyndns.example.com', '192.0.2.1');
    assert.match(updated.stdout, /^UPDATED: /, updated.stderr);
    const checked = await dyndns('--config', file, 'check', '--json');
    assert.match(checked.stdout, /"step":"database","status":"passed","note":"[^"]* is sound/);
  });
});

test('systemd starts the service with the settings of Node that the launcher asks for', async () => {
  const read = (path: string) => readFile(join(repositoryRoot, path), 'utf8');
  const first = /^#!\/usr\/bin\/env -S ((?:\S+=\S+ )+)node (.+)$/m.exec(await read('bin/dyndns.js'));
  const unit = await read('packaging/systemd/dyndns.service');
  assert.ok(first);
  assert.equal(/^ExecStart=\S+\/node (.+) \/opt\/dyndns\/bin\/dyndns\.js /m.exec(unit)?.[1], first[2]);
  assert.ok(unit.includes(`\nEnvironment=${first[1]?.trimEnd()}\n`));
});
