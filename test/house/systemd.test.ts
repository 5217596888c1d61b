import assert from 'node:assert/strict';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';

import { hasOwnNetwork } from '../support/own-network.ts';
import { requirePeer } from '../support/peers.ts';
import { startProcess } from '../support/process.ts';
import { runCommand } from '../support/run-command.ts';
import { underRestrictions, type UnitSettings, unitSettings } from '../support/systemd-unit.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { fencedBlocks } from './fenced-blocks.ts';
import { succeed } from './follow-blocks.ts';
import { repositoryRoot } from './walk-through.ts';

const read = (path: string) => readFile(join(repositoryRoot, path), 'utf8');
const unit = 'packaging/systemd/dyndns.service';
const dropIn = 'packaging/systemd/dyndns.service.d/nameserver.conf';
const socket = 'packaging/systemd/dyndns.socket';
const startTimeoutMs = 20_000;
const noPrivilege = /port 53, UDP: ports below 1024 need CAP_NET_BIND_SERVICE/;

describe('what systemd is given for hosted zones', () => {
  test('the page shows it whole', async () => {
    const shown = fencedBlocks(await read('docs/operator/embedded.md')).filter(({ from }) => from !== undefined);
    assert.deepEqual(
      shown.map(({ from }) => from),
      [dropIn, socket],
    );
    for (const { from = '', text } of shown) assert.equal(text, await read(from));
  });

  test('systemd takes it, and finds it locked up', async (t) => {
    if (!requirePeer(t, 'systemd-analyze', 'kill')) return;
    await using directory = await createTemporaryDirectory('units');
    for (const path of [unit, dropIn, socket]) {
      const text = (await read(path)).replaceAll('/opt/dyndns', repositoryRoot.replace(/\/$/, ''));
      await directory.write(path.replace(/^packaging\/systemd\//, ''), text);
    }
    for (const name of ['dyndns.service', 'dyndns.socket'])
      assert.deepEqual(await runCommand('systemd-analyze', ['verify', join(directory.path, name)]), {
        exitCode: 0,
        stdout: '',
        stderr: '',
      });
    const service = join(directory.path, 'dyndns.service');
    succeed(
      await runCommand('systemd-analyze', ['security', '--offline=yes', '--threshold=25', '--no-pager', service]),
    );
  });

  test('port 53 is had under its restrictions, at addresses and wildcards, and not without the drop-in', async (t) => {
    if (!requirePeer(t, 'ip', 'dig')) return;
    if (!(await hasOwnNetwork())) return t.skip('networks of its own are for root alone');
    const hosting = unitSettings(await read(unit), await read(dropIn));
    // os.networkInterfaces() asks by AF_NETLINK; what else would be missing is seen below.
    assert.deepEqual(hosting.get('RestrictAddressFamilies'), ['AF_INET', 'AF_INET6', 'AF_UNIX', 'AF_NETLINK']);
    for (const listen of [['192.0.2.53:53'], ['0.0.0.0:53', '[::]:53']])
      assert.match(await startUnder(hosting, listen), /^ns1\.dyndns\.example\.com\.$/m);
    const without = async (line: RegExp, from = dropIn) => {
      const lacking = async (path: string) =>
        path === from ? (await read(path)).replaceAll(line, '') : await read(path);
      return startUnder(unitSettings(await lacking(unit), await lacking(dropIn)), ['192.0.2.53:53']);
    };
    assert.match(await without(/^PrivateUsers=.*$/gm), noPrivilege);
    assert.match(await without(/^.*CAP_NET_BIND_SERVICE$/gm), noPrivilege);
    assert.match(await without(/^StateDirectory=.*$/gm, unit), /dyndns\.db cannot be opened: EROFS/);
  });
});

/** What the nameserver answers where the service starts, else what the service says at its end. */
async function startUnder(settings: UnitSettings, listen: readonly string[]): Promise<string> {
  await using directory = await createTemporaryDirectory('units', 'nobody');
  const directories = { state: join(directory.path, 'state'), cache: join(directory.path, 'cache') };
  for (const path of Object.values(directories)) {
    await mkdir(path);
    await chmod(path, 0o777);
  }
  const zones = [{ name: 'dyndns.example.com', nameserver: 'embedded' }];
  const dns = { listen, ns: ['ns1.dyndns.example.com 192.0.2.53'], resolver: '127.0.0.1:1' };
  const configuration = await directory.write(
    'dyndns.yml',
    JSON.stringify({ secret: 'changeThisSecret', dns, zones }),
    0o600,
  );
  const [node = '', ...args] = settings.get('ExecStart') ?? [];
  const words = [node, ...args].map((word) =>
    word
      .replace('/etc/dyndns.yml', configuration)
      .replace(/^\/opt\/dyndns\/node_modules\/\.bin\/node$/, process.execPath)
      .replace(/^\/opt\/dyndns/, repositoryRoot),
  );
  const environment = (settings.get('Environment') ?? []).map((each) => each.split('=') as [string, string]);
  const [command = '', ...rest] = underRestrictions(settings, directories, ['ip address add 192.0.2.53/24 dev lo']);
  await using service = startProcess({
    title: 'dyndns',
    command,
    args: [...rest, ...words, '--port', '0'],
    directory: '/',
    environment: {
      ...Object.fromEntries(environment),
      ...(settings.has('StateDirectory') ? { STATE_DIRECTORY: directories.state } : {}),
      CACHE_DIRECTORY: directories.cache,
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    },
  });
  const ask = ['--target', String(service.pid), '--net', 'dig', '-r', '+short', '+time=1', '+tries=1', '@192.0.2.53'];
  let answer = '';
  const isAnswering = async () => {
    answer = (await runCommand('nsenter', [...ask, 'dyndns.example.com', 'NS'])).stdout;
    return answer.includes('ns1');
  };
  // It fails when the service ends, and then has said why.
  await service.waitUntil(isAnswering, startTimeoutMs).catch(() => {});
  return answer.includes('ns1') ? answer : service.output();
}
