import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';

import type { HistoryView } from '../../src/door/administration-orders.ts';
import { requirePeer } from '../support/peers.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { launchTokenService, primaryKinds, type TokenService } from '../support/token-service.ts';
import { openTlsFront } from '../support/tls-front.ts';

const zone = 'dyndns.example.test';

/** Runs ddclient once with this configuration, and a cache of its own. */
async function ddclient(lines: readonly string[], directory: string, cache = 'cache'): Promise<CommandResult> {
  const file = `${directory}/ddclient.conf`;
  await writeFile(file, ['daemon=0', ...lines, ''].join('\n'), { mode: 0o600 });
  return await runCommand('ddclient', ['-daemon=0', '-file', file, '-cache', `${directory}/${cache}`, '-verbose'], {
    directory,
  });
}

async function tryDdclient(opened: TokenService): Promise<void> {
  await using directory = await createTemporaryDirectory('ddclient');
  const [home, nas] = [`home.${zone}`, `nas.${zone}`];
  const { secret } = await opened.token('--name', `${home},${nas}`);
  const account = [`server=127.0.0.1:${opened.service.port}`, 'login=user1', `password='${secret}'`];
  const ipv4 = (address: string) => ['ssl=no', 'use=no', 'usev4=ipv4', `ipv4=${address}`];
  const first = await ddclient([...ipv4('203.0.113.7'), 'protocol=dyndns2', ...account, home], directory.path);
  assert.match(first.stdout + first.stderr, /SUCCESS:.*good: IP address set to 203\.0\.113\.7/, first.stderr);
  assert.deepEqual(await opened.values(home, 'A'), ['203.0.113.7']);
  const again = await ddclient([...ipv4('203.0.113.7'), 'protocol=dyndns2', ...account, home], directory.path);
  assert.equal(again.exitCode, 0);
  assert.doesNotMatch(again.stdout + again.stderr, /FAILED|WARNING: .*abusive|SENDING|GET \//);
  const two = await ddclient(
    [...ipv4('203.0.113.8'), 'protocol=dyndns2', ...account, `${home},${nas}`],
    directory.path,
    'two',
  );
  assert.match(two.stdout + two.stderr, /SUCCESS:.*home\.[^]*SUCCESS:.*nas\./, two.stdout);
  for (const name of [home, nas]) assert.deepEqual(await opened.values(name, 'A'), ['203.0.113.8'], name);
  const ipv6 = ['ssl=no', 'use=ip', 'ip=2001:db8::7', 'protocol=dyndns2', ...account, home];
  const six = await ddclient(ipv6, directory.path, 'six');
  assert.match(six.stdout + six.stderr, /SUCCESS/, six.stdout + six.stderr);
  assert.deepEqual(await opened.values(home, 'AAAA'), ['2001:db8::7']);
  assert.deepEqual(await opened.values(home, 'A'), ['203.0.113.8']);
  // These two speak TLS whatever they are told.
  await using front = await openTlsFront(opened.service.port);
  const secure = [`server=127.0.0.1:${front.port}`, 'login=user1', `password='${secret}'`];
  const trust = ['ssl=yes', `ssl_ca_file=${front.trustFile}`];
  for (const [protocol, address] of [
    ['noip', '203.0.113.9'],
    ['duckdns', '203.0.113.10'],
  ] as const) {
    const lines = [...trust, 'use=ip', `ip=${address}`, `protocol=${protocol}`, ...secure, home];
    const told = await ddclient(lines, directory.path, protocol);
    assert.match(told.stdout + told.stderr, /SUCCESS/, `${protocol}: ${told.stdout}${told.stderr}`);
    assert.deepEqual(await opened.values(home, 'A'), [address], protocol);
  }
  const wrong = await ddclient(
    [...ipv4('203.0.113.11'), 'protocol=dyndns2', account[0]!, 'login=user1', "password='wrong'", home],
    directory.path,
    'wrong',
  );
  assert.match(wrong.stdout + wrong.stderr, /FAILED:\s+.*authoriz/i);
  assert.deepEqual(await opened.values(home, 'A'), ['203.0.113.10']);
}

async function tryWgetAndCurl({ service, token, values, cli }: TokenService): Promise<void> {
  const name = `web.${zone}`;
  const { secret } = await token('--name', name);
  const url = (address: string) => `${service.baseUrl}/nic/update?hostname=${name}&myip=${address}`;
  // GNU wget asks without, and sends the password when it is told to.
  const wget = await runCommand('wget', [
    '-q',
    '-O-',
    '-S',
    '--no-config',
    '--user=router',
    `--password=${secret}`,
    url('203.0.113.20'),
  ]);
  assert.equal(wget.stdout, 'good 203.0.113.20', wget.stderr);
  assert.deepEqual(wget.stderr.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 401', 'HTTP/1.1 200'], 'asked without, then with');
  assert.deepEqual(await values(name, 'A'), ['203.0.113.20']);
  for (const [address, ...args] of [
    ['203.0.113.21', '-u', `router:${secret}`],
    ['203.0.113.22', '-H', `Authorization: Bearer ${secret}`],
  ]) {
    const curl = await runCommand('curl', ['-sS', ...args, url(address!)]);
    assert.equal(curl.stdout, `good ${address}`, curl.stderr);
    assert.deepEqual(await values(name, 'A'), [address]);
  }
  const form = ['-d', `hostname=${name}`, '-d', 'myip=203.0.113.23', '-d', `password=${secret}`];
  const posted = await runCommand('curl', ['-sS', ...form, `${service.baseUrl}/nic/update`]);
  assert.equal(posted.stdout, 'good 203.0.113.23', posted.stderr);
  const deleted = await runCommand('curl', [
    '-sS',
    '-u',
    `x:${secret}`,
    `${service.baseUrl}/nic/delete?hostname=${name}`,
  ]);
  assert.equal(deleted.stdout, 'good');
  assert.deepEqual(await values(name, 'A'), []);
  const history = await cli<readonly HistoryView[]>('history', name);
  assert.deepEqual(
    history.map(({ after }) => after.join()),
    ['', '203.0.113.23', '203.0.113.22', '203.0.113.21', '203.0.113.20'],
  );
}

async function tryInadyn({ service, token, values }: TokenService): Promise<void> {
  await using directory = await createTemporaryDirectory('inadyn');
  const name = `ina.${zone}`;
  const { secret } = await token('--name', name);
  const file = await directory.write(
    'inadyn.conf',
    `period = 300
custom dyndns {
    username = router
    password = ${secret}
    ddns-server = 127.0.0.1:${service.port}
    ddns-path = "/nic/update?hostname=%h&myip=%i"
    hostname = ${name}
    checkip-command = "echo 203.0.113.30"
    ssl = false
}
`,
    0o600,
  );
  const told = await runCommand('inadyn', [
    '-1',
    '-n',
    '-l',
    'debug',
    '-f',
    file,
    '--cache-dir',
    directory.path,
    '-P',
    `${directory.path}/inadyn.pid`,
  ]);
  assert.deepEqual(await values(name, 'A'), ['203.0.113.30'], told.stdout + told.stderr);
}

for (const kind of primaryKinds)
  test(`clients that people have, on ${kind}`, async (t) => {
    if (!requirePeer(t, 'ddclient', 'wget', 'curl', 'inadyn', 'openssl', 'named', 'dig')) return;
    await using opened = await launchTokenService(kind, zone);
    await t.test('ddclient', () => tryDdclient(opened));
    await t.test('wget and curl', () => tryWgetAndCurl(opened));
    await t.test('inadyn', () => tryInadyn(opened));
  });
