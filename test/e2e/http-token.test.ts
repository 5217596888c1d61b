import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { parsePattern } from '../../src/access/scope-text.ts';
import type { Scope } from '../../src/access/scope.ts';
import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { Administration, Changed, CreatedToken } from '../../src/registry/administration.ts';
import { parseHostname } from '../../src/updates/hostname.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { listenFixture, type ListeningFixture, type RawAnswer, request } from './http-fixture.ts';

test('a token updates its name where the seed takes the secret, and the name is a host from then on', async () => {
  await using fixture = await listenFixture({ ledger: new MemoryLedger() });
  const { token, secret } = await createToken(fixture, 'home.example.com');
  const answer = await update(fixture, secret, 'home.example.com', '192.0.2.1');
  assert.deepEqual([answer.status, answer.body.split(' ')[0]], [200, 'UPDATED:']);
  assert.deepEqual(valuesAt(fixture, 'home.example.com'), ['192.0.2.1']);
  const host = fixture.registry?.host(hostname('home.example.com'));
  assert.equal(host?.madeBy, token.id);
  assert.equal(fixture.registry?.lastUse(token.id)?.outcome, 'changed');
  assert.equal(fixture.registry?.lastSeen(hostname('home.example.com'))?.credential, `token:${token.id}`);
});

test('a token is refused outside its scope, and nothing changes', async () => {
  await using fixture = await listenFixture({ ledger: new MemoryLedger() });
  const { secret } = await createToken(fixture, 'home.example.com');
  const answer = await update(fixture, secret, 'office.example.com', '192.0.2.1');
  assert.deepEqual([answer.status, answer.body.split(':')[0]], [403, 'PARAMETER_ERROR']);
  assert.deepEqual(valuesAt(fixture, 'office.example.com'), []);
  assert.equal(fixture.registry?.host(hostname('office.example.com')), undefined);
});

test('a token ends with its revocation', async () => {
  await using fixture = await listenFixture({ ledger: new MemoryLedger() });
  const { token, secret } = await createToken(fixture, 'home.example.com');
  await administration(fixture).revokeToken(token.id);
  const answer = await update(fixture, secret, 'home.example.com', '192.0.2.1');
  assert.equal(answer.status, 403);
  assert.deepEqual(valuesAt(fixture, 'home.example.com'), []);
});

test('a token that is revoked while its update is under way changes nothing by it', async () => {
  await using fixture = await listenFixture({ ledger: new MemoryLedger() });
  const { token, secret } = await createToken(fixture, 'home.example.com');
  const primary = fixture.primaries.find(({ zone }) => zone.equals(Name.parse('example.com.')));
  assert.ok(primary);
  const gate = Promise.withResolvers<undefined>();
  primary.gate = gate.promise;
  const answer = update(fixture, secret, 'home.example.com', '192.0.2.1');
  while (primary.transactions === 0) await delay(5);
  await administration(fixture).revokeToken(token.id);
  gate.resolve(undefined);
  assert.deepEqual((await answer).status, 403);
  assert.deepEqual(primary.writes, []);
});

test('after a rotation both secrets are good for a while, and without an overlap only the new one', async () => {
  await using fixture = await listenFixture({ ledger: new MemoryLedger() });
  const { token, secret: first } = await createToken(fixture, 'home.example.com');
  const { secret: second } = value(await administration(fixture).rotateToken(token.id, 60));
  const statuses = async (...secrets: string[]) => {
    const answers: number[] = [];
    for (const secret of secrets) answers.push((await update(fixture, secret, 'home.example.com', '192.0.2.1')).status);
    return answers;
  };
  assert.deepEqual(await statuses(first, second), [200, 200]);
  const { secret: third } = value(await administration(fixture).rotateToken(token.id, 0));
  assert.deepEqual(await statuses(first, second, third), [403, 403, 200]);
});

test('a new start knows what the one before it knew', async () => {
  const ledger = new MemoryLedger();
  let made: CreatedToken;
  {
    await using fixture = await listenFixture({ ledger });
    made = await createToken(fixture, 'home.example.com');
    await update(fixture, made.secret, 'home.example.com', '192.0.2.1');
  }
  await using fixture = await listenFixture({ ledger });
  assert.equal(fixture.registry?.host(hostname('home.example.com'))?.madeBy, made.token.id);
  assert.equal(fixture.registry?.lastSeen(hostname('home.example.com'))?.source, '127.0.0.1');
  const answer = await update(fixture, made.secret, 'home.example.com', '192.0.2.2');
  assert.deepEqual([answer.status, answer.body.split(' ')[0]], [200, 'UPDATED:']);
});

test('where the database takes nothing, updates go on and the administration is told', async () => {
  const ledger = new MemoryLedger();
  await using fixture = await listenFixture({ ledger });
  const { token, secret } = await createToken(fixture, 'home.example.com');
  ledger.fault = { code: 'full', path: 'dyndns.db', detail: 'no space' };
  const answer = await update(fixture, secret, 'home.example.com', '192.0.2.1');
  assert.equal(answer.status, 200);
  assert.equal((await administration(fixture).revokeToken(token.id)).kind, 'failed');
  ledger.fault = undefined;
  assert.equal((await administration(fixture).revokeToken(token.id)).kind, 'changed');
});

function administration({ services }: ListeningFixture): Administration {
  const known = services.current().administration;
  assert.ok(known);
  return known;
}

async function createToken(fixture: ListeningFixture, pattern: string): Promise<CreatedToken> {
  const created = await administration(fixture).createToken({
    description: 'the router at home',
    scope: scopeOf(pattern),
    expiresAtSeconds: undefined,
    maxNames: 100,
    tsig: undefined,
  });
  return value(created);
}

function scopeOf(text: string): Scope {
  const pattern = parsePattern(text);
  assert.ok(pattern.kind === 'value');
  return {
    patterns: [pattern.value],
    types: [Type.A, Type.AAAA],
    allowsAcme: true,
    networks: [],
    allowsPlainHttp: true,
    publicAddressesOnly: false,
  };
}

function value<Value>(changed: Changed<Value>): Value {
  assert.ok(changed.kind === 'changed', JSON.stringify(changed));
  return changed.value;
}

function update({ port }: ListeningFixture, secret: string, name: string, address: string): Promise<RawAnswer> {
  return request(port, [`GET /update-by-path/${secret}/${name}/${address} HTTP/1.1`, 'Host: x']);
}

function valuesAt({ primaries }: ListeningFixture, name: string): readonly string[] {
  const zone = primaries.find((primary) => Name.parse(name).isAtOrBelow(primary.zone));
  return zone?.lookUp(Name.parse(name), Type.A) ?? [];
}

function hostname(text: string) {
  const verdict = parseHostname(text);
  assert.ok(verdict.kind === 'hostname');
  return verdict.hostname;
}
