import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CreatedTokenView, HistoryView } from '../../src/door/administration-orders.ts';
import type { TsigAlgorithm } from '../../src/dns/tsig.ts';
import { nsupdate } from '../support/nsupdate.ts';
import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { keyArgument, type TestKey } from '../support/test-key.ts';
import { launchTokenService, type TokenService } from '../support/token-service.ts';

const zone = 'dyndns.example.test';

function keyOf({ tsig }: CreatedTokenView): TestKey {
  assert.ok(tsig);
  return { name: tsig.key_name, algorithm: tsig.algorithm as TsigAlgorithm, secret: tsig.secret };
}

/** What nsupdate is told to one message with these lines. */
async function told({ dnsPort }: TokenService, key: TestKey, ...lines: readonly string[]): Promise<string> {
  const commands = lines.map((line) => (line.startsWith('prereq') ? line : `update ${line}`));
  return (await nsupdate({ port: dnsPort, zone, key, commands })).status;
}

test('a token as key of DNS UPDATE changes what is in its scope, and nothing else', async (t) => {
  if (!requirePeer(t, 'nsupdate', 'dig')) return;
  await using opened = await launchTokenService('embedded', zone);
  const root = await opened.token('--zone', zone, '--tsig', 'hmac-sha512');
  assert.equal(await told(opened, keyOf(root), `add other.${zone} 60 A 192.0.2.1`), 'NOERROR');
  const home = await opened.token('--name', `home.${zone}`, '--tsig', 'hmac-sha256');
  const key = keyOf(home);
  const rows: readonly (readonly [lines: readonly string[], status: string])[] = [
    [[`add home.${zone} 60 A 192.0.2.7`], 'NOERROR'],
    [[`add HOME.${zone} 60 AAAA 2001:db8::7`], 'NOERROR'],
    [[`add _acme-challenge.home.${zone} 60 TXT x`], 'NOERROR'],
    [[`add home.${zone} 60 TXT x`], 'REFUSED'],
    [[`add home.${zone} 60 MX 0 home.${zone}.`], 'REFUSED'],
    [[`add home.${zone} 60 NS home.${zone}.`], 'REFUSED'],
    [[`add other.${zone} 60 A 192.0.2.7`], 'REFUSED'],
    [[`add *.home.${zone} 60 A 192.0.2.7`], 'REFUSED'],
    [[`add sub.home.${zone} 60 A 192.0.2.7`], 'REFUSED'],
    [[`add ${zone} 60 A 192.0.2.7`], 'REFUSED'],
    [[`delete other.${zone} A`], 'REFUSED'],
    [[`delete other.${zone}`], 'REFUSED'],
    [[`delete ${zone}`], 'REFUSED'],
    [[`delete other.${zone} A 192.0.2.1`], 'REFUSED'],
    [[`add home.${zone} 60 AAAA fe80::1`], 'REFUSED'],
    // All or nothing: what is allowed is not done beside what is not.
    [[`add home.${zone} 60 A 192.0.2.99`, `add other.${zone} 60 A 192.0.2.99`], 'REFUSED'],
    [[`delete home.${zone} A`, `add home.${zone} 60 A 192.0.2.8`], 'NOERROR'],
  ];
  for (const [lines, status] of rows) assert.equal(await told(opened, key, ...lines), status, lines.join('; '));
  assert.deepEqual(await opened.values(`home.${zone}`, 'A'), ['192.0.2.8']);
  assert.deepEqual(await opened.values(`home.${zone}`, 'AAAA'), ['2001:db8::7']);
  assert.deepEqual(await opened.values(`other.${zone}`, 'A'), ['192.0.2.1']);
  const history = await opened.cli<readonly HistoryView[]>('history', `home.${zone}`);
  assert.deepEqual(
    history.map(({ dialect, credential, before, after }) => [dialect, credential, before.join(), after.join()]),
    [
      ['dns', `token:${home.token.id}`, '192.0.2.7', '192.0.2.8'],
      ['dns', `token:${home.token.id}`, '', '2001:db8::7'],
      ['dns', `token:${home.token.id}`, '', '192.0.2.7'],
    ],
  );
  // All of the zone is for those who may change all of it.
  const transfer = (by: TestKey) =>
    runCommand('dig', ['-p', `${opened.dnsPort}`, '@127.0.0.1', zone, 'AXFR', '-y', keyArgument(by)]);
  assert.match((await transfer(key)).stdout, /Transfer failed/);
  assert.match((await transfer(keyOf(root))).stdout, /other\.dyndns\.example\.test\.\s+60\s+IN\s+A\s+192\.0\.2\.1/);
});

test('a key works as long as its token does', async (t) => {
  if (!requirePeer(t, 'nsupdate')) return;
  await using opened = await launchTokenService('embedded', zone);
  const line = (last: number) => `add home.${zone} 60 A 192.0.2.${last}`;
  const first = await opened.token('--name', `home.${zone}`, '--tsig', 'hmac-sha256');
  const overlapping = await opened.cli<CreatedTokenView>('token', 'rotate', first.token.id, '--overlap', '1h');
  for (const [index, token] of [first, overlapping].entries())
    assert.equal(await told(opened, keyOf(token), line(index + 1)), 'NOERROR');
  const young = await opened.cli<CreatedTokenView>('token', 'rotate', first.token.id);
  for (const old of [first, overlapping]) assert.match(await told(opened, keyOf(old), line(3)), /NOTAUTH|REFUSED/);
  assert.equal(await told(opened, keyOf(young), line(4)), 'NOERROR');
  await opened.cli('token', 'block', first.token.id);
  assert.equal(await told(opened, keyOf(young), line(5)), 'REFUSED');
  await opened.cli('token', 'unblock', first.token.id);
  assert.equal(await told(opened, keyOf(young), line(6)), 'NOERROR');
  await opened.service.restart();
  assert.equal(await told(opened, keyOf(young), line(7)), 'NOERROR');
  await opened.cli('token', 'revoke', first.token.id);
  assert.match(await told(opened, keyOf(young), line(8)), /NOTAUTH|REFUSED/);
  await opened.service.restart();
  assert.match(await told(opened, keyOf(young), line(9)), /NOTAUTH|REFUSED/);
  const far = await opened.token('--name', `home.${zone}`, '--network', '198.51.100.0/24', '--tsig', 'hmac-sha256');
  assert.equal(await told(opened, keyOf(far), line(10)), 'REFUSED');
  const soon = await opened.token('--name', `home.${zone}`, '--expires', '2s', '--tsig', 'hmac-sha256');
  assert.equal(await told(opened, keyOf(soon), line(11)), 'NOERROR');
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assert.equal(await told(opened, keyOf(soon), line(12)), 'REFUSED');
  assert.deepEqual(
    await opened.values(`home.${zone}`, 'A'),
    [1, 11, 2, 4, 6, 7].map((last) => `192.0.2.${last}`),
  );
});

test('a key of some networks counts over TCP, where nobody forges where he comes from', async (t) => {
  if (!requirePeer(t, 'nsupdate')) return;
  await using opened = await launchTokenService('embedded', zone);
  const restricted = ['--name', `home.${zone}`, '--network', '127.0.0.0/8', '--tsig', 'hmac-sha256'];
  const key = keyOf(await opened.token(...restricted));
  const { dnsPort: port } = opened;
  const update = async (transport: 'udp' | 'tcp', last: number) =>
    (await nsupdate({ port, zone, key, transport, commands: [`update add home.${zone} 60 A 192.0.2.${last}`] })).status;
  assert.equal(await update('udp', 1), 'REFUSED');
  assert.deepEqual(await opened.values(`home.${zone}`, 'A'), []);
  assert.equal(await update('tcp', 2), 'NOERROR');
  assert.deepEqual(await opened.values(`home.${zone}`, 'A'), ['192.0.2.2']);
});

test('an UPDATE that is refused makes no name, and takes none of those that a token may have', async (t) => {
  if (!requirePeer(t, 'nsupdate')) return;
  await using opened = await launchTokenService('embedded', zone);
  const key = keyOf(await opened.token('--zone', zone, '--max-names', '1', '--tsig', 'hmac-sha256'));
  const [first, second] = [`add one.${zone} 60 A 192.0.2.1`, `add two.${zone} 60 A 192.0.2.2`];
  assert.equal(await told(opened, key, `prereq yxrrset one.${zone} A`, first), 'NXRRSET');
  assert.equal(await told(opened, key, first, second), 'REFUSED');
  assert.equal(await told(opened, key, second), 'NOERROR');
  assert.equal(await told(opened, key, first), 'REFUSED');
  assert.deepEqual(await opened.values(`one.${zone}`, 'A'), []);
});
