import assert from 'node:assert/strict';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { isRoot } from '../support/unprivileged.ts';
import { dyndns } from './cli-process.ts';

const zone = 'dyn.example.test';
const said = (path: string) =>
  `${path} belongs to the user root, and this one may not do that with it. Run the command as the user of the service: sudo -u root dyndns …`;

test('a database of another user is not taken for none: whose it is, and who is to ask, is said', async (t) => {
  if (!isRoot()) return t.skip('only root can make files of two users');
  await using home = await createTemporaryDirectory('other-user', 'nobody');
  const data = join(home.path, 'data');
  const path = join(data, 'zones.db');
  await mkdir(data);
  await home.write('.dyndns.yml', `secret: firstSecret\ndatabase: sqlite:${path}\nzones: [{name: ${zone}}]\n`, 0o600);
  await home.write('good.zone', '$TTL 60\n@ SOA a b 5 2 3 4 5\nhome A 192.0.2.1\n');
  const file = join(home.path, '.dyndns.yml');
  const imported = await dyndns(['-c', file, 'zone', 'import', zone, 'good.zone'], { directory: home.path });
  assert.equal(imported.exitCode, 0, imported.stderr);
  assert.equal((await dyndns(['-c', file, 'backup', 'sound.db'], { directory: home.path })).exitCode, 0);
  await chmod(join(home.path, 'sound.db'), 0o644);
  const commands = [
    ['zone', 'list'],
    ['zone', 'show', zone],
    ['zone', 'export', zone],
    ['backup', 'copy.db'],
    ['zone', 'import', zone, 'good.zone'],
    ['zone', 'import', zone, 'good.zone', '--dry-run'],
    ['update', `home.${zone}`, '192.0.2.2'],
    ['restore', 'sound.db'],
  ];
  // The directory hides it, as under systemd; or the file itself is closed.
  for (const mode of [0o700, 0o755]) {
    await chmod(data, mode);
    for (const args of commands) {
      const { exitCode, stdout, stderr } = await dyndns(['-c', file, ...args], {
        directory: home.path,
        asNobody: true,
      });
      assert.equal(exitCode, 1, args.join(' '));
      assert.equal(stdout, '');
      assert.ok(stderr.includes(said(path)), `${args.join(' ')}: ${stderr}`);
    }
  }
});

test('a directory is no backup, and is called one', async () => {
  await using home = await createTemporaryDirectory('restore-directory');
  await home.write('.dyndns.yml', `secret: firstSecret\ndatabase: sqlite:zones.db\nzones: [{name: ${zone}}]\n`, 0o600);
  const { exitCode, stderr } = await dyndns(['restore', '.'], { directory: home.path });
  assert.equal(exitCode, 1);
  assert.equal(stderr, `dyndns: ${home.path} is a directory. Name a file in it that "dyndns backup" has written.\n`);
});
