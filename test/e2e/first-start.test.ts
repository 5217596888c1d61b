import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { hasOwnNetwork, runInOwnNetwork } from '../support/own-network.ts';
import { requirePeer } from '../support/peers.ts';
import { repositoryRoot } from '../support/supervised-command.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { isRoot } from '../support/unprivileged.ts';
import { dyndns } from './cli-process.ts';

const launcher = join(repositoryRoot, 'bin/dyndns.js');

/** The command that the README has for a first token, in its own words but for the way to the program. */
const makesToken = /^node_modules\/\.bin\/node bin\/dyndns\.js (token create .*)$/m.exec(
  readFileSync(join(repositoryRoot, 'README.md'), 'utf8'),
)?.[1];

/** Starts the service, runs what it told to try, and ends it by Ctrl-C; the ports are the usual ones, in a network of our own. */
const session = `
"$0" serve >"$1" 2>"$1.errors" & service=$!
for _ in $(seq 100); do grep -q DNS "$1" && break; sleep 0.1; done
sleep 0.2
grep -E '^  (curl|dig) ' "$1" | sed "s/curl/curl -sS/; s/SECRET/$2/" >lines
sh lines
dig +noall +comments @127.0.0.1 -p 5300 dyndns.example.com SOA | grep -c 'flags: qr aa'
dig +tcp +short @127.0.0.1 -p 5300 dyndns.example.com NS
"$0" delete home.dyndns.example.com >deleted
"$0" ${makesToken} >token
awk '/^token / { print $2 }' token | bash -c "$(grep ' curl ' token | sed 's/curl/curl -sS/')"
echo
kill -INT $service
wait $service
echo "exit $?"
`;

test('without a configuration and without a question, a service that works, and goes on after a new start', async (t) => {
  if (!requirePeer(t, 'dig', 'curl')) return;
  if (!(await hasOwnNetwork())) return t.skip('this user may not make a network of his own');
  await using directory = await createTemporaryDirectory('first-start');
  const environment = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, STATE_DIRECTORY: undefined };
  const start = (out: string, secret = '') =>
    runInOwnNetwork(['sh', '-c', session, launcher, out, secret], { directory: directory.path, environment });

  const first = await start('first');
  const zone = 'dyndns.example.com.';
  assert.deepEqual(first.stdout.split('\n'), [
    `UPDATED: home.${zone} A None -> 203.0.113.7`,
    `UNCHANGED: home.${zone} AAAA None`,
    '203.0.113.7',
    '1',
    zone,
    'good 203.0.113.7',
    'exit 0',
    '',
  ]);
  const made = join(directory.path, 'dyndns-data/dyndns.yml');
  assert.equal((await stat(made)).mode & 0o777, 0o600);

  // The lines to try come again, for the first start may not have come so far as to print them; what is no terminal may be a log.
  const secret = /^secret: '(\w+)'/m.exec(await readFile(made, 'utf8'))?.[1] ?? '';
  const second = await start('second', secret);
  assert.ok(!(await readFile(join(directory.path, 'second'), 'utf8')).includes(secret));
  assert.deepEqual(second.stdout.split('\n').slice(0, 3), [
    `UNCHANGED: home.${zone} A 203.0.113.7`,
    `UNCHANGED: home.${zone} AAAA None`,
    '203.0.113.7',
  ]);
});

test('where no configuration can be made, the cause is told and what would be right', async (t) => {
  if (!isRoot()) return t.skip('only root can make a directory that another user may not write to');
  await using directory = await createTemporaryDirectory('no-first-start');
  await chmod(directory.path, 0o755);
  const environment = { STATE_DIRECTORY: undefined };
  const { exitCode, stderr } = await dyndns(['serve'], { directory: directory.path, environment, asNobody: true });
  assert.equal(exitCode, 78);
  assert.equal(
    stderr,
    `dyndns: a first configuration cannot be made: this user may not write to ${directory.path}/dyndns-data (EACCES); start it in a directory of your own, name another by the environment variable STATE_DIRECTORY, or a configuration by --config FILE\n`,
  );
});
