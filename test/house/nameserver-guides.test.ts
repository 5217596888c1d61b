import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import { Rcode, Type } from '../../src/dns/codes.ts';
import { dig } from '../support/dig.ts';
import { freePort } from '../support/free-port.ts';
import { requirePeer } from '../support/peers.ts';
import { startProcess } from '../support/process.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { queryOverUdp } from '../support/udp-query.ts';
import { isRoot, nobody } from '../support/unprivileged.ts';
import { fencedBlocks } from './fenced-blocks.ts';
import { domain, repositoryRoot } from './walk-through.ts';

const guide = fencedBlocks(readFileSync(join(repositoryRoot, 'docs/operator/nameservers.md'), 'utf8'));
const readme = fencedBlocks(readFileSync(join(repositoryRoot, 'README.md'), 'utf8'));
const zoneFile = `/var/lib/bind/${domain}.zone`;
const startTimeoutMs = 20_000;

function blockOf(blocks: typeof guide, file: string): string {
  const found = blocks.find((block) => block.file === file);
  assert.ok(found, `no block is ${file}`);
  // Whoever checks a zone also asks the nameservers that it names; here they are none of the world's.
  return found.text.replaceAll('192.0.2.53', '127.0.0.1');
}

test('what the guide puts into knot.conf lets dyndns change the zone', async (t) => {
  if (!requirePeer(t, 'knotd', 'dig')) return;
  await using directory = await createTemporaryDirectory('knot-guide', 'nobody');
  const port = await freePort();
  await directory.write(`${domain}.zone`, blockOf(readme, zoneFile));
  const configuration = await directory.write(
    'knot.conf',
    `server:
    rundir: "${directory.path}"
    listen: 127.0.0.1@${port}
database:
    storage: "${directory.path}"
template:
  - id: default
    storage: "${directory.path}"
    file: "%s.zone"
${blockOf(guide, '/etc/knot/knot.conf')}`,
  );
  await tryService(t, { command: 'knotd', args: ['-c', configuration], port, directory });
});

test('what the guide tells PowerDNS lets dyndns change the zone, with its caches as they are', async (t) => {
  if (!requirePeer(t, 'pdns_server', 'pdnsutil', 'dig')) return;
  await using directory = await createTemporaryDirectory('powerdns-guide', 'nobody');
  const port = await freePort();
  const path = await directory.write('zones.sqlite', '');
  using database = new DatabaseSync(path);
  database.exec(readFileSync('/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql', 'utf8'));
  if (isRoot()) await chown(path, nobody.uid, nobody.gid);
  await directory.write(
    'pdns.conf',
    `launch=gsqlite3
gsqlite3-database=${path}
local-address=127.0.0.1
local-port=${port}
socket-dir=${directory.path}
security-poll-suffix=
${blockOf(guide, '/etc/powerdns/pdns.conf')}`,
  );
  const zone = await directory.write(`${domain}.zone`, blockOf(readme, zoneFile));
  const commands = guide.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trim().split('\n'));
  for (const command of [`pdnsutil load-zone ${domain} ${zone}`, ...commands]) {
    const [program = '', ...args] = command.split(' ');
    assert.equal(program, 'pdnsutil');
    const { exitCode, stderr } = await runCommand(program, [`--config-dir=${directory.path}`, ...args], {
      asNobody: true,
    });
    assert.equal(exitCode, 0, `${command}: ${stderr}`);
  }
  const args = [`--config-dir=${directory.path}`, '--daemon=no', '--guardian=no', '--disable-syslog', '--write-pid=no'];
  await tryService(t, { command: 'pdns_server', args, port, directory });
});

interface Guided {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly directory: TemporaryDirectory;
}

/** `dyndns check` passes, and updates one after the other are seen at once. */
async function tryService(t: TestContext, { command, args, port, directory }: Guided): Promise<void> {
  await using nameserver = startProcess({ title: command, command, args, asNobody: true });
  await nameserver.waitUntil(
    async () => (await queryOverUdp({ port, name: domain, type: Type.SOA }))?.rcode === Rcode.NOERROR,
    startTimeoutMs,
  );
  const configuration = blockOf(guide, '/etc/dyndns-knot.yml').replace(/^nameserver: .*$/m, `$&\nport: ${port}`);
  const file = await directory.write('dyndns.yml', configuration, 0o600);
  const dyndns = (...words: readonly string[]) =>
    runCommand(process.execPath, [join(repositoryRoot, 'bin/dyndns.js'), '--config', file, ...words], {
      timeoutMs: 60_000,
    });
  await t.test('the check passes', async () => {
    const { exitCode, stdout, stderr } = await dyndns('check');
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /^INFO: The update check passed: /);
  });
  await t.test('updates are made', async () => {
    for (const [before, after] of [
      ['None', '203.0.113.1'],
      ['203.0.113.1', '203.0.113.2'],
      ['203.0.113.2', '203.0.113.3'],
    ]) {
      const { stdout, stderr } = await dyndns('update', `home.${domain}`, after ?? '');
      assert.equal(
        stdout + stderr,
        `UPDATED: home.${domain}. A ${before} -> ${after}\nUNCHANGED: home.${domain}. AAAA None\n`,
      );
      const { answers } = await dig({ port, name: `home.${domain}`, type: 'A' });
      assert.deepEqual(
        answers.map(({ value }) => value),
        [after],
      );
    }
  });
}
