import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CreatedToken } from '../../src/registry/administration.ts';
import { systemClock } from '../../src/updates/clock.ts';
import { hostnameOf } from '../support/host-books.ts';
import { makeToken, type TestToken } from '../support/make-token.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { changedValue, hostDescription } from '../support/registry-fixture.ts';
import { listenFixture, type ListeningFixture, request, secret as administrator } from './http-fixture.ts';

type Line = Readonly<Record<string, unknown>>;

/** The same request in several dialects: the refusal, where there is one, is of the credential alone. */
const dialects: Readonly<Record<string, (secret: string) => readonly string[]>> = {
  seed: (secret) => [`GET /update-by-path/${secret}/home.example.com/192.0.2.7 HTTP/1.1`],
  dyndns2: (secret) => [
    'GET /nic/update?hostname=home.example.com&myip=192.0.2.7 HTTP/1.1',
    `Authorization: Bearer ${secret}`,
  ],
  duckdns: (secret) => [`GET /update?domains=home&token=${secret}&ip=192.0.2.7 HTTP/1.1`],
  dynv6: (secret) => [`GET /api/update?hostname=home.example.com&token=${secret}&ipv4=192.0.2.7 HTTP/1.1`],
  rest: (secret) => ['GET /api/v1/me HTTP/1.1', `Authorization: Bearer ${secret}`],
};

const inTwoHours = { ...systemClock, unixSeconds: () => systemClock.unixSeconds() + 7200 };

const refused: Readonly<Record<string, Partial<TestToken>>> = {
  revoked: {},
  blocked: {},
  expired: { expiresAtSeconds: systemClock.unixSeconds() + 3600 },
  network: { networks: ['198.51.100.0/24'] },
  'plain-http': { allowsPlainHttp: false },
};

for (const [reason, special] of Object.entries(refused))
  test(`the log names the token that is refused: ${reason}`, async () => {
    await using fixture = await open(reason === 'expired' ? { clock: inTwoHours } : {});
    const { token, secret } = await tokenOf(fixture, special);
    if (reason === 'revoked') await fixture.registry!.revokeToken(token.id);
    if (reason === 'blocked') await fixture.registry!.editToken(token.id, { isBlocked: true });
    for (const [dialect, lines] of Object.entries(dialects)) {
      const told = await logOf(fixture, lines(secret));
      assert.deepEqual(
        told.map(({ credential }) => credential),
        [`token:${token.id}`],
        `${dialect}: ${JSON.stringify(told)}`,
      );
    }
  });

test('the log of an update names the credential, of all that it changed or left alone', async () => {
  await using fixture = await open();
  const { token, secret } = await tokenOf(fixture);
  const follows = hostnameOf('home.example.com');
  const interfaceId = Uint8Array.from({ length: 16 }, (_, index) => (index === 15 ? 1 : 0));
  changedValue(await fixture.registry!.putHost(follows, hostDescription()));
  for (const name of ['nas.example.com', 'lab.example.com'])
    changedValue(await fixture.registry!.putHost(hostnameOf(name), { ...hostDescription(), follows, interfaceId }));
  const target = '/nic/update?hostname=home.example.com&myip=192.0.2.7&ipv6prefix=2001:db8:1::/64&password=';
  const told = await logOf(fixture, [`GET ${target}${secret} HTTP/1.1`]);
  assert.deepEqual(
    told.map(({ level }) => level),
    ['UPDATED', 'UPDATED', 'WARNING'],
  );
  assert.deepEqual(new Set(told.map(({ credential }) => credential)), new Set([`token:${token.id}`]));
  const [line] = await logOf(fixture, [`GET /update-by-path/${administrator}/home.example.com/192.0.2.8 HTTP/1.1`]);
  assert.equal(line?.['credential'], 'secret');
});

test('what an update comes to is told once, also where a dialect has an error for it', async () => {
  await using fixture = await open();
  const { secret } = await tokenOf(fixture, { allowsAcme: true });
  fixture.primaries[0]!.fault = { code: 'timeout', nameserver: '192.0.2.53' };
  const rest = JSON.stringify({ names: [{ name: 'home.example.com', ipv4: '192.0.2.7' }] });
  const httpreq = JSON.stringify({ fqdn: '_acme-challenge.home.example.com.', value: 'x'.repeat(43) });
  for (const [path, authorization, body] of [
    ['/api/v1/updates', `Bearer ${secret}`, rest],
    ['/present', `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`, httpreq],
  ] as const) {
    const told = await logOf(fixture, [
      `POST ${path} HTTP/1.1`,
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ]);
    assert.deepEqual(
      told.map(({ level, fault }) => [level, fault]),
      [['DNS_SERVER_ERROR', 'timeout']],
      JSON.stringify(told),
    );
  }
});

function open(options: Partial<Parameters<typeof listenFixture>[0]> = {}): Promise<ListeningFixture> {
  return listenFixture({ zones: ['example.com'], ledger: new MemoryLedger(), ...options });
}

function tokenOf(fixture: ListeningFixture, special: Partial<TestToken> = {}): Promise<CreatedToken> {
  return makeToken(fixture.registry!, { patterns: ['home.example.com', 'nas.example.com'], ...special });
}

/** The lines that one request leaves. */
async function logOf(fixture: ListeningFixture, lines: readonly string[]): Promise<readonly Line[]> {
  const before = fixture.logLines.length;
  const end = lines.indexOf('');
  const [head, body] = end < 0 ? [lines, ''] : [lines.slice(0, end), lines[end + 1]];
  await request(fixture.port, [head[0]!, 'Host: x', ...head.slice(1)], body);
  return fixture.logLines.slice(before).map((line) => JSON.parse(line) as Line);
}
