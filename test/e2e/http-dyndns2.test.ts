import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseNetwork, parsePattern } from '../../src/access/scope-text.ts';
import type { Network, Scope } from '../../src/access/scope.ts';
import { Rcode, Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { Administration, Changed } from '../../src/registry/administration.ts';
import { parseAddress } from '../../src/updates/address.ts';
import { type Clock, systemClock } from '../../src/updates/clock.ts';
import type { Fault } from '../../src/updates/fault.ts';
import { hostnameOf } from '../support/host-books.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { type Credential, type Dyndns2Request, dyndns2Requests } from '../vectors/dyndns2-requests.ts';
import { listenFixture, type ListeningFixture, request, secret as administratorSecret } from './http-fixture.ts';
import type { MemoryPrimary } from './memory-primary.ts';

const zone = 'example.com';
const client = '198.51.100.7';
const nameserver = '192.0.2.53';
const faults: Readonly<Record<NonNullable<Dyndns2Request['fault']>, Fault>> = {
  refused: { code: 'refused', nameserver, zone, rcode: Rcode.REFUSED, operation: 'update' },
  timeout: { code: 'timeout', nameserver },
  unreachable: { code: 'unreachable', nameserver, reason: 'connect ECONNREFUSED' },
  unconfirmed: { code: 'unconfirmed', nameserver, name: 'x', cause: { code: 'timeout', nameserver } },
};

/** Clients look for these anywhere in an answer. */
const words = /good|nochg|nohost|notfqdn|numhost|badauth|badagent|abuse|dnserr|911/;

for (const [group, rows] of Object.entries(dyndns2Requests))
  describe(`dyndns2, ${group}`, { concurrency: 8 }, () => {
    for (const each of rows) test(each.title, () => ask(each));
  });

test('there are enough of them', () => {
  assert.ok(Object.values(dyndns2Requests).flat().length >= 150);
});

const inTwoHours: Clock = { ...systemClock, unixSeconds: () => systemClock.unixSeconds() + 7200 };

async function ask(asked: Dyndns2Request): Promise<void> {
  await using fixture = await listenFixture({
    zones: [zone],
    ledger: new MemoryLedger(),
    trustedProxies: ['127.0.0.1'],
    ...(asked.by === 'expired' ? { clock: inTwoHours } : {}),
  });
  const primary = fixture.primaries[0]!;
  furnish(primary);
  const { by = 'home', fault } = asked;
  const token = await credential(fixture, by === 'own' ? 'home' : by);
  await leaderOfNas(fixture);
  const before = held(primary);
  primary.fault = fault && faults[fault];
  const answer = await request(fixture.port, requestLines(asked, token), asked.body ?? '');
  const { status = 200, answerHeaders = {} } = asked;
  assert.equal(answer.body, asked.answer);
  assert.equal(answer.status, status);
  const { date: _, ...headers } = Object.fromEntries(answer.headers);
  assert.deepEqual(headers, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(asked.method === 'HEAD' ? {} : { 'content-length': String(Buffer.byteLength(asked.answer)) }),
    connection: 'close',
    ...answerHeaders,
  });
  const holds = { ...before, ...asked.holds };
  assert.deepEqual(held(primary), Object.fromEntries(Object.entries(holds).filter(([, values]) => values !== '')));
  const log = fixture.logLines.join('');
  assert.ok(token === undefined || !log.includes(token), 'the secret is in the log');
}

function requestLines(
  { method = 'GET', target, by = 'home', headers = [], body, isDirect }: Dyndns2Request,
  token = '',
): string[] {
  const lines = [`${method} ${target.replaceAll('TOKEN', token)} HTTP/1.1`, 'Host: localhost'];
  if (isDirect !== true) lines.push(`X-Forwarded-For: ${client}`);
  if (by !== 'own' && by !== 'none') lines.push(basic(`user:${token}`));
  for (const header of headers) {
    const plain = header.replaceAll('TOKEN', token);
    const [, credentials] = /^Authorization: basic ([^:]*:.*)$/i.exec(plain) ?? [];
    lines.push(credentials === undefined ? plain : basic(credentials));
  }
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  else if (method === 'POST' || method === 'PUT') lines.push('Content-Length: 0');
  return lines;
}

function basic(credentials: string): string {
  return `Authorization: Basic ${Buffer.from(credentials).toString('base64')}`;
}

function furnish(primary: MemoryPrimary): void {
  const place = (label: string, ...addresses: readonly string[]) => {
    for (const text of addresses) {
      const address = parseAddress(text)!;
      const type = address.family === 4 ? Type.A : Type.AAAA;
      const kind = address.family === 4 ? 'A' : 'AAAA';
      const rdatas = [{ kind, address: address.octets } as const];
      primary.place({ name: Name.parse(`${label}.${zone}`), type, ttlSeconds: 300, rdatas });
    }
  };
  place('home', '192.0.2.1', '2001:db8::1');
  place('nas', '2001:db8::a');
  place('only4', '192.0.2.4');
  const target = Name.parse('elsewhere.example.');
  const name = Name.parse(`alias.${zone}`);
  primary.place({ name, type: Type.CNAME, ttlSeconds: 300, rdatas: [{ kind: 'CNAME', target }] });
}

async function leaderOfNas({ registry }: ListeningFixture): Promise<void> {
  assert.ok(registry);
  const plain = {
    description: '',
    ttlSeconds: undefined,
    interfaceId: undefined,
    follows: undefined,
    expiresAfterSeconds: undefined,
    hasWildcardTwin: false,
  };
  const leader = hostnameOf(`home.${zone}`);
  done(await registry.putHost(leader, plain));
  const interfaceId = parseAddress('::a')!.octets;
  done(await registry.putHost(hostnameOf(`nas.${zone}`), { ...plain, interfaceId, follows: leader }));
}

/** A and AAAA of each name that has any. */
function held(primary: MemoryPrimary): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of primary.names()) {
    const label = name.labelCount === 2 ? '@' : name.toString().slice(0, -`.${zone}.`.length);
    const values = [Type.A, Type.AAAA].flatMap((type) => primary.lookUp(name, type));
    if (values.length > 0) found[label] = values.join(' ');
  }
  return found;
}

const scopes: Readonly<Record<string, readonly string[]>> = {
  home: ['home', 'nas', 'only4', 'alias'].map((label) => `${label}.${zone}`),
  zone: [`zone:${zone}`],
  below: [`*.below.${zone}`],
  few: [`*.few.${zone}`],
};

/** The text that proves it; undefined for whoever has none. */
async function credential(fixture: ListeningFixture, by: Credential): Promise<string | undefined> {
  if (by === 'none') return undefined;
  if (by === 'administrator') return administratorSecret;
  if (by === 'nobody') return `dyn${'x'.repeat(27)}`;
  const administration: Administration | undefined = fixture.registry;
  assert.ok(administration);
  const scope: Scope = {
    patterns: (scopes[by] ?? scopes['home']!).map((text) => read(parsePattern(text))),
    types: by === 'four' ? [Type.A] : [Type.A, Type.AAAA],
    allowsAcme: false,
    networks: by === 'elsewhere' ? [read<Network>(parseNetwork('203.0.113.0/24'))] : [],
    allowsPlainHttp: by !== 'https',
    publicAddressesOnly: by === 'public',
  };
  const { token, secret } = done(
    await administration.createToken({
      description: by,
      scope,
      expiresAtSeconds: by === 'expired' ? Math.floor(Date.now() / 1000) + 3600 : undefined,
      maxNames: by === 'few' ? 1 : 100,
      tsig: undefined,
    }),
  );
  if (by === 'revoked') done(await administration.revokeToken(token.id));
  if (by === 'blocked') done(await administration.editToken(token.id, { isBlocked: true }));
  return secret;
}

function read<Value>(piece: { kind: 'value'; value: Value } | { kind: 'wrong'; reason: string }): Value {
  assert.ok(piece.kind === 'value', JSON.stringify(piece));
  return piece.value;
}

function done<Value>(changed: Changed<Value>): Value {
  assert.ok(changed.kind === 'changed', JSON.stringify(changed));
  return changed.value;
}

test('no other text on the paths of dyndns2 has one of its words', async () => {
  await using fixture = await listenFixture({ zones: [zone] });
  const bodies: string[] = [];
  const say = async (...lines: readonly string[]) => {
    const answer = await request(fixture.port, lines);
    assert.ok(answer.status >= 400, lines[0]);
    assert.ok(answer.headers.has('content-length'));
    assert.equal(answer.headers.has('location'), false);
    bodies.push(answer.body);
  };
  for (const path of ['/nic/update', '/nic/delete', '/v2/update', '/v3/update', '/dyndns/update', '/nic/checkip'])
    await say(`DELETE ${path} HTTP/1.1`, 'Host: x');
  for (const path of ['/nic/unknown', '/nic', '/v3/other', '/dyndns/', '/checkip/x'])
    await say(`GET ${path} HTTP/1.1`, 'Host: x');
  await say('GET /nic/update%zz HTTP/1.1', 'Host: x');
  await say(`GET /nic/update?${'x'.repeat(9000)} HTTP/1.1`, 'Host: x');
  await say('GET /nic/update HTTP/1.1');
  await say('GET /nic/update HTTP/1.1', 'Host: x', 'Host: y');
  await say('GET /nic/update HTTP/1.1', 'Host: x', 'Transfer-Encoding: gzip');
  await say('POST /nic/update HTTP/1.1', 'Host: x', 'Content-Length: 99999999');
  for (const body of bodies) assert.doesNotMatch(body, words);
});
