import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Name } from '../../src/dns/name.ts';
import { logWeights } from '../../src/observe/log.ts';
import { makeToken, type TestToken } from '../support/make-token.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import {
  listenFixture,
  type ListeningFixture,
  type RawAnswer,
  request,
  secret as administrator,
} from './http-fixture.ts';

const txt = 'a'.repeat(43);
const here = '198.51.100.7';

function open(registration: 'token' | 'networks' = 'token'): Promise<ListeningFixture> {
  const network = {
    address: { family: 4, octets: Uint8Array.of(198, 51, 100, 0), text: '198.51.100.0' },
    length: 24,
  } as const;
  return listenFixture({
    zones: ['example.com', 'acme.test'],
    ledger: new MemoryLedger(),
    trustedProxies: ['127.0.0.1'],
    logLevel: logWeights.INFO,
    acmeDns: { zone: Name.parse('acme.test.'), registration, networks: [network] },
  });
}

function post(
  { port }: ListeningFixture,
  path: string,
  body: string,
  ...headers: readonly string[]
): Promise<RawAnswer> {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  const lines = [`POST ${path} HTTP/1.1`, 'Host: x', length, 'Content-Type: application/json', ...headers];
  const from = headers.some((each) => each.startsWith('X-Forwarded-For')) ? [] : [`X-Forwarded-For: ${here}`];
  return request(port, [...lines, ...from], body);
}

function basic(token: string): string {
  return `Authorization: Basic ${Buffer.from(`acme:${token}`).toString('base64')}`;
}

interface Account {
  readonly username: string;
  readonly password: string;
  readonly subdomain: string;
  readonly allowfrom: readonly string[];
}

async function register(fixture: ListeningFixture, token: string, body = '', ...headers: string[]): Promise<Account> {
  const registered = await post(fixture, '/register', body, basic(token), ...headers);
  assert.equal(registered.status, 201, registered.body);
  return JSON.parse(registered.body) as Account;
}

async function update(fixture: ListeningFixture, account: Account, ...headers: readonly string[]): Promise<number> {
  const { username, password, subdomain } = account;
  const body = JSON.stringify({ subdomain, txt });
  return (await post(fixture, '/update', body, `X-Api-User: ${username}`, `X-Api-Key: ${password}`, ...headers)).status;
}

function tokenOf({ registry }: ListeningFixture, wanted: Omit<TestToken, 'patterns'> = {}) {
  assert.ok(registry);
  return makeToken(registry, { patterns: ['home.example.com'], ...wanted });
}

test('a registration registers no other, and each one is in the log', async () => {
  await using fixture = await open();
  const { token, secret } = await tokenOf(fixture);
  const account = await register(fixture, secret);
  const refused = await post(fixture, '/register', '', basic(account.password));
  assert.deepEqual([refused.status, refused.body], [403, '{"error":"forbidden"}']);
  assert.equal(Array.from(fixture.registry!.tokens).length, 2);
  const line = fixture.logLines.find((each) => each.includes('was registered with acme-dns'));
  assert.ok(line?.includes(token.id) && line.includes(account.username) && line.includes(here), line);
  assert.ok(fixture.logLines.some((each) => each.includes('a registration cannot register another one')));
  const bySecret = await register(fixture, administrator);
  assert.equal((await post(fixture, '/register', '', basic(bySecret.password))).status, 403);
});

test('a registration ends with its token, on every path, and comes back with it', async () => {
  await using fixture = await open();
  const { token, secret } = await tokenOf(fixture);
  const account = await register(fixture, secret);
  const bySecret = await register(fixture, administrator);
  const me = async () => {
    const lines = ['GET /api/v1/me HTTP/1.1', 'Host: x', `Authorization: Bearer ${account.password}`];
    return (await request(fixture.port, [...lines, `X-Forwarded-For: ${here}`])).status;
  };
  assert.deepEqual([await update(fixture, account), await me()], [200, 200]);
  await fixture.registry!.editToken(token.id, { isBlocked: true });
  assert.deepEqual([await update(fixture, account), await me()], [401, 403]);
  await fixture.registry!.editToken(token.id, { isBlocked: false });
  assert.deepEqual([await update(fixture, account), await me()], [200, 200]);
  await fixture.registry!.revokeToken(token.id);
  assert.deepEqual([await update(fixture, account), await me()], [401, 401]);
  assert.equal(await update(fixture, bySecret), 200);
});

test('a registration may be used for no longer, and from no other place, than its token', async () => {
  await using fixture = await open();
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + 1000;
  const { secret } = await tokenOf(fixture, {
    networks: ['198.51.100.0/24'],
    expiresAtSeconds,
    allowsPlainHttp: false,
  });
  const https = 'X-Forwarded-Proto: https';
  const account = await register(fixture, secret, '', https);
  assert.deepEqual(account.allowfrom, ['198.51.100.0/24']);
  const token = fixture.registry!.token(account.username);
  assert.deepEqual([token?.expiresAtSeconds, token?.scope.allowsPlainHttp], [expiresAtSeconds, false]);
  assert.equal(await update(fixture, account, https), 200);
  assert.equal(await update(fixture, account), 401);
  assert.equal(await update(fixture, account, https, 'X-Forwarded-For: 203.0.113.1'), 401);
  const narrower = await register(fixture, secret, '{"allowfrom":["198.51.100.7/32","203.0.113.0/24"]}', https);
  assert.deepEqual(narrower.allowfrom, ['198.51.100.7/32']);
  const other = await post(fixture, '/register', '{"allowfrom":["203.0.113.0/24"]}', basic(secret), https);
  assert.equal(other.status, 403);
});

test('a secret that has been replaced registers nothing', async () => {
  await using fixture = await open();
  const { token, secret } = await tokenOf(fixture);
  const rotated = await fixture.registry!.rotateToken(token.id, 600);
  assert.ok(rotated.kind === 'changed');
  assert.equal((await post(fixture, '/register', '', basic(secret))).status, 403);
  await register(fixture, rotated.value.secret);
});

test('of many registrations at once no more than 100 are made, and revoked ones make room', async () => {
  await using fixture = await open('networks');
  const answers = await Promise.all(Array.from({ length: 130 }, () => post(fixture, '/register', '')));
  const made = answers.filter(({ status }) => status === 201);
  assert.equal(made.length, 100);
  assert.ok(answers.every(({ status }) => status === 201 || status === 403));
  const { username } = JSON.parse(made[0]!.body) as Account;
  await fixture.registry!.revokeToken(username);
  assert.equal((await post(fixture, '/register', '')).status, 201);
  assert.equal((await post(fixture, '/register', '')).status, 403);
});
