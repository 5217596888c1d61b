import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import type { CreatedTokenView, HistoryView, HostView, TokenView } from '../../src/door/administration-orders.ts';
import { digValues } from '../support/dig.ts';
import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { secret as administratorSecret } from '../interop/seed-service.ts';
import { requirePeer } from '../support/peers.ts';
import { dyndns } from './cli-process.ts';

const zone = 'dyn.example.test';

let embedded: EmbeddedService;

before(async () => {
  embedded = await launchEmbedded(zone, { records: '@ A 192.0.2.53\n' });
});

after(async () => {
  await embedded[Symbol.asyncDispose]();
});

async function cli<Told = unknown>(...args: readonly string[]): Promise<Told> {
  const { configurationFile, directory } = embedded.service;
  const { exitCode, stdout, stderr } = await dyndns([...args, '-c', configurationFile, '--json'], { directory });
  assert.equal(exitCode, 0, stdout + stderr);
  return JSON.parse(stdout) as Told;
}

async function refused(...args: readonly string[]): Promise<string> {
  const { configurationFile, directory } = embedded.service;
  const { exitCode, stdout, stderr } = await dyndns([...args, '-c', configurationFile], { directory });
  assert.notEqual(exitCode, 0, stdout);
  return stderr;
}

function held(name: string, type: string): Promise<readonly string[]> {
  return digValues({ port: embedded.dnsPort, name, type });
}

function basic(secret: string): RequestInit {
  return { headers: { authorization: `Basic ${Buffer.from(`router:${secret}`).toString('base64')}` } };
}

async function update(secret: string, name: string, address: string) {
  const { status, body } = await embedded.service.get(`/nic/update?hostname=${name}&myip=${address}`, basic(secret));
  return [status, body];
}

test('a token made beside the service works at once, and what it does is remembered', async () => {
  const { token, secret } = await cli<CreatedTokenView>('token', 'create', '--name', `home.${zone}`, '--type', 'A');
  assert.deepEqual(await update(secret, `home.${zone}`, '192.0.2.1'), [200, 'good 192.0.2.1']);
  assert.deepEqual(await update(secret, `home.${zone}`, '192.0.2.2'), [200, 'good 192.0.2.2']);
  assert.deepEqual(await update(secret, `other.${zone}`, '192.0.2.2'), [200, 'nohost']);
  const history = await cli<readonly HistoryView[]>('history', `home.${zone}`);
  assert.deepEqual(
    history.map(({ type, before: old, after: young, credential, dialect, outcome }) => [
      type,
      old.join(),
      young.join(),
      credential,
      dialect,
      outcome,
    ]),
    [
      ['A', '192.0.2.1', '192.0.2.2', `token:${token.id}`, 'dyndns2', 'changed'],
      ['A', '', '192.0.2.1', `token:${token.id}`, 'dyndns2', 'changed'],
    ],
  );
  const listed = (await cli<readonly TokenView[]>('token', 'list')).find(({ id }) => id === token.id);
  assert.equal(listed?.last_use?.dialect, 'dyndns2');
  const rotated = await cli<CreatedTokenView>('token', 'rotate', token.id, '--overlap', '1h');
  assert.deepEqual(await update(secret, `home.${zone}`, '192.0.2.3'), [200, 'good 192.0.2.3']);
  assert.deepEqual(await update(rotated.secret, `home.${zone}`, '192.0.2.4'), [200, 'good 192.0.2.4']);
  await cli('token', 'edit', token.id, '--name', `away.${zone}`);
  assert.deepEqual(await update(rotated.secret, `home.${zone}`, '192.0.2.5'), [200, 'nohost']);
  await cli('token', 'block', token.id);
  assert.deepEqual(await update(rotated.secret, `away.${zone}`, '192.0.2.5'), [200, 'abuse']);
  await cli('token', 'unblock', token.id);
  await cli('token', 'revoke', token.id);
  assert.deepEqual(await update(rotated.secret, `away.${zone}`, '192.0.2.5'), [401, 'badauth']);
});

test('a token is a key for DNS UPDATE within its scope', async (t) => {
  if (!requirePeer(t, 'nsupdate', 'dig')) return;
  const created = await cli<CreatedTokenView>('token', 'create', '--name', `box.${zone}`, '--tsig', 'hmac-sha256');
  assert.ok(created.tsig);
  const { key_name: name, secret } = created.tsig;
  const key = { name, secret, algorithm: 'hmac-sha256' } as const;
  const send = async (...commands: string[]) => (await embedded.update(commands, key)).status;
  assert.equal(await send(`add box.${zone} 60 A 192.0.2.7`), 'NOERROR');
  assert.equal(await send(`add _acme-challenge.box.${zone} 60 TXT "proof"`), 'NOERROR');
  assert.equal(await send(`add other.${zone} 60 A 192.0.2.7`), 'REFUSED');
  assert.equal(await send(`add box.${zone} 60 A 192.0.2.8`, `add other.${zone} 60 A 192.0.2.7`), 'REFUSED');
  assert.equal(await send(`add box.${zone} 60 TXT "no"`), 'REFUSED');
  assert.equal(await send(`delete ${zone}`), 'REFUSED');
  assert.deepEqual(await held(`box.${zone}`, 'A'), ['192.0.2.7']);
  const history = await cli<readonly HistoryView[]>('history', `box.${zone}`);
  assert.deepEqual(
    history.map(({ dialect, credential, after: young }) => [dialect, credential, young.join()]),
    [['dns', `token:${created.token.id}`, '192.0.2.7']],
  );
  assert.equal(await send(`delete box.${zone} A`), 'NOERROR');
  await cli('token', 'revoke', created.token.id);
  assert.notEqual(await send(`add box.${zone} 60 A 192.0.2.9`), 'NOERROR');
});

test('hosts are set, listed, followed and forgotten, beside the service and without it', async () => {
  const names = async () => (await cli<readonly HostView[]>('host', 'list', '--text', 'site')).map(({ name }) => name);
  await cli('host', 'set', `site.${zone}`, '--ttl', '60', '--interface-id', '::1');
  const args = ['host', 'set', `nas-site.${zone}`, '--follows', `site.${zone}`, '--interface-id', '::a'];
  assert.equal((await cli<HostView>(...args)).follows, `site.${zone}`);
  assert.deepEqual(await names(), [`nas-site.${zone}`, `site.${zone}`]);
  assert.match(
    await refused('host', 'set', `site.${zone}`, '--follows', `nas-site.${zone}`),
    /The host site\.dyn\.example\.test would follow itself: it follows nas-site\.dyn\.example\.test, which follows site\.dyn\.example\.test\.\n$/,
  );
  assert.match(
    await refused('host', 'delete', `site.${zone}`),
    /The host nas-site\.dyn\.example\.test follows it; dyndns host set nas-site\.dyn\.example\.test --no-follows lets go\.\n$/,
  );
  const { secret } = await cli<CreatedTokenView>('token', 'create', '--zone', zone);
  const path = `/nic/update?hostname=site.${zone}&ip6lanprefix=2001:db8:7::/64`;
  const { body } = await embedded.service.get(path, basic(secret));
  assert.equal(body, 'good 2001:db8:7::1');
  assert.deepEqual(await held(`nas-site.${zone}`, 'AAAA'), ['2001:db8:7::a']);
  await embedded.service.stop();
  const { followers } = await cli<HostView>('host', 'show', `site.${zone}`);
  assert.deepEqual(followers, [`nas-site.${zone}`]);
  await cli('host', 'set', `nas-site.${zone}`, '--no-follows');
  await cli('host', 'delete', `site.${zone}`);
  assert.deepEqual(await names(), [`nas-site.${zone}`]);
  await embedded.service.restart();
  assert.deepEqual(await update(secret, `site.${zone}`, '192.0.2.1'), [200, 'good 192.0.2.1']);
});

test('what a command tells as JSON is what the API tells', async () => {
  const name = `twin.${zone}`;
  const options = ['--network', '127.0.0.0/8', '--expires', '90d', '--tsig', 'hmac-sha256'];
  const { token, secret, tsig } = await cli<CreatedTokenView>('token', 'create', '--zone', zone, ...options);
  await cli(
    'host',
    'set',
    `of-${name}`,
    '--ttl',
    '60',
    '--interface-id',
    '::5',
    '--wildcard',
    '--expires-after',
    '30d',
  );
  await update(secret, `of-${name}`, '192.0.2.1');
  await cli('host', 'set', name, '--follows', `of-${name}`, '--description', 'in the attic');
  await cli('token', 'rotate', token.id, '--overlap', '1h');
  await cli('token', 'block', token.id);
  const { state, ...shown } = await cli<TokenView>('token', 'show', token.id);
  assert.equal(state, 'blocked');
  assert.deepEqual(shown, await rest(`/tokens/${token.id}`));
  assert.equal(tsig?.key_name, shown.secrets.findLast(({ kind }) => kind === 'tsig')?.key_name);
  for (const each of [name, `of-${name}`]) {
    const { followers, ...host } = (await cli<readonly HostView[]>('host', 'list', '--text', each)).at(-1)!;
    assert.deepEqual(followers, []);
    assert.deepEqual(host, await rest(`/hosts/${host.name}`));
    const history = await cli<readonly HistoryView[]>('history', each);
    assert.deepEqual({ updates: history, next_cursor: null }, await rest(`/updates?name=${each}`));
  }
});

async function rest(path: string): Promise<unknown> {
  const authorization = `Bearer ${administratorSecret}`;
  const { status, body } = await embedded.service.get(`/api/v1${path}`, { headers: { authorization } });
  assert.equal(status, 200, body);
  return JSON.parse(body);
}

test('what is wrong is told in words', async () => {
  assert.match(await refused('token', 'create'), /needs --name or --zone/);
  assert.match(
    await refused('token', 'create', '--name', 'home.example.net'),
    /in none of the zones .*dyn\.example\.test/,
  );
  assert.match(await refused('token', 'create', '--name', `x.${zone}`, '--type', 'NS'), /for the administrator/);
  assert.match(
    await refused('token', 'create', '--name', `x.${zone}`, '--network', '192.0.2.1/24'),
    /192\.0\.2\.0\/24/,
  );
  assert.match(await refused('token', 'create', '--name', `x.${zone}`, '--expires', 'soon'), /90d/);
  assert.match(await refused('token', 'show', 'nobody'), /There is no token nobody/);
  assert.match(await refused('host', 'set', `x.${zone}`, '--interface-id', '192.0.2.1'), /--interface-id takes/);
  assert.match(await refused('host', 'show', `nobody.${zone}`), /There is no host/);
  assert.match(
    await refused('host', 'set', 'nas.example.org'),
    /The name nas\.example\.org lies in none of the zones \(dyn\.example\.test\)\.\n$/,
  );
});

test('a token that can make no name is made with a word about it', async () => {
  const { configurationFile, directory } = embedded.service;
  const run = async (...args: readonly string[]) =>
    await dyndns([...args, '-c', configurationFile, '--json'], { directory });
  const scope = ['--name', `*.none.${zone}`];
  const made = await run('token', 'create', ...scope, '--max-names', '0');
  assert.equal(made.exitCode, 0);
  assert.match(made.stderr, /makes no new name.* hosts already/);
  const { token } = JSON.parse(made.stdout) as CreatedTokenView;
  assert.match((await run('token', 'edit', token.id, '--max-names', '0')).stderr, /makes no new name/);
  assert.equal((await run('token', 'edit', token.id, '--max-names', '1')).stderr, '');
  assert.equal((await run('token', 'create', ...scope)).stderr, '');
});

test('a history of nothing says whose it would be', async () => {
  const { configurationFile, directory } = embedded.service;
  const told = async (name: string) => (await dyndns(['history', name, '-c', configurationFile], { directory })).stdout;
  assert.equal(await told(`quiet.${zone}`), `Nothing is known of updates of quiet.${zone}.\n`);
  assert.equal(
    await told('foo.example.org'),
    'Nothing is known of updates of foo.example.org, which is in none of the zones.\n',
  );
});

test('the secret is told with what to do with it, and once', async () => {
  const { configurationFile, directory } = embedded.service;
  const create = ['token', 'create', '--zone', zone, '--tsig', 'hmac-sha512', '--description', 'for people'];
  const { stdout } = await dyndns([...create, '-c', configurationFile], { directory });
  const secret = /dyn[0-9A-Za-z]{27}/.exec(stdout)?.[0];
  assert.ok(secret, stdout);
  assert.match(stdout, /curl -u "router:\$TOKEN"/);
  assert.match(
    stdout,
    /key "[a-z2-7]+\.token\.dyndns\." \{\n {2}algorithm hmac-sha512;\n {2}secret "[A-Za-z0-9+/=]+";\n\};/,
  );
  const id = /^id +(\w+)$/m.exec(stdout)?.[1] ?? '';
  const edit = ['token', 'edit', id, '--description', 'for other people', '--type', 'A'];
  const { stdout: edited } = await dyndns([...edit, '-c', configurationFile], { directory });
  assert.match(edited, /^description +for other people$/m);
  assert.match(edited, /^types +A$/m);
  const { stdout: list } = await dyndns(['token', 'list', '-c', configurationFile], { directory });
  assert.match(list, /for other people/);
  assert.ok(!list.includes(secret));
});
