import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryLedger } from '../../test/support/memory-ledger.ts';
import { openRegistry } from '../../test/support/open-registry.ts';
import { changedValue, newToken, refusalReason, scopeOf } from '../../test/support/registry-fixture.ts';
import { standingFault } from '../access/authorise.ts';
import { registrarNetwork, registrarSecret } from '../access/token.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { parseAddress } from '../updates/address.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';
import { defaultRegistryLimits } from './limits.ts';
import type { Registry } from './registry.ts';
import { tokenAsker } from '../access/token-authenticator.ts';

const zones = new ZoneDirectory([]);
const daySeconds = 86_400;

function register(registry: Registry, registrar: string, special: Partial<Parameters<typeof newToken>[0]> = {}) {
  return registry.createToken(newToken({ scope: scopeOf('x.acme.test'), maxNames: 1, registrar, ...special }));
}

test('of many registrations at once by one token, as many are made as there may be', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const { registry } = opened;
  const { token } = changedValue(await registry.createToken(newToken()));
  const made = await Promise.all(Array.from({ length: 150 }, () => register(registry, token.id)));
  const good = made.flatMap((each) => (each.kind === 'changed' ? [each.value.token] : []));
  assert.equal(good.length, 100);
  assert.match(refusalReason(await register(registry, token.id)), /there are 100 registrations by this credential/);
  // Others have their own.
  const other = changedValue(await registry.createToken(newToken()));
  assert.equal((await register(registry, other.token.id)).kind, 'changed');
  // What has ended does not count; what is blocked may come back.
  await registry.revokeToken(good[0]!.id);
  await registry.editToken(good[1]!.id, { isBlocked: true });
  assert.equal((await register(registry, token.id)).kind, 'changed');
  assert.equal((await register(registry, token.id)).kind, 'refused');
});

test('what could not be stored holds no place', async () => {
  const ledger = new MemoryLedger();
  const limits = { ...defaultRegistryLimits, registrations: 1 };
  await using opened = await openRegistry({ ledger, zones, limits });
  const { registry } = opened;
  ledger.fault = { code: 'full', path: 'dyndns.db', detail: 'no space' };
  assert.equal((await register(registry, registrarNetwork)).kind, 'failed');
  ledger.fault = undefined;
  assert.equal((await register(registry, registrarNetwork)).kind, 'changed');
  assert.equal((await register(registry, registrarNetwork)).kind, 'refused');
  for (let count = 0; count < 3; count += 1) assert.equal((await register(registry, registrarSecret)).kind, 'changed');
});

test('neither a registration registers, nor a token that has ended', async () => {
  let nowSeconds = 1_000_000;
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones, unixMs: () => nowSeconds * 1000 });
  const { registry } = opened;
  const { token } = changedValue(await registry.createToken(newToken({ expiresAtSeconds: nowSeconds + 100 })));
  const first = changedValue(await register(registry, token.id));
  assert.match(refusalReason(await register(registry, first.token.id)), /a registration cannot register another one/);
  const bySecret = changedValue(await register(registry, registrarSecret));
  assert.match(refusalReason(await register(registry, bySecret.token.id)), /cannot register another one/);
  nowSeconds += 100;
  assert.match(refusalReason(await register(registry, token.id)), /has ended/);
  assert.match(refusalReason(await register(registry, 'aaaaaaaaaa')), /has ended/);
});

test('a registration is good as long as its registrar, also after a restart', async () => {
  const ledger = new MemoryLedger();
  const ids = await (async () => {
    await using opened = await openRegistry({ ledger, zones });
    const { token } = changedValue(await opened.registry.createToken(newToken()));
    return [token.id, changedValue(await register(opened.registry, token.id)).token.id] as const;
  })();
  await using opened = await openRegistry({ ledger, zones });
  assert.deepEqual(opened.warnings, []);
  const { directory } = opened.registry;
  const registration = opened.registry.token(ids[1])!;
  assert.equal(registration.registrar, ids[0]);
  const clock = { unixSeconds: () => Math.floor(Date.now() / 1000) };
  const asker = tokenAsker(directory, registration, parseAddress('192.0.2.1'), clock);
  const permission = () => asker.permission(Name.parse('x.acme.test'), Type.A, 'set').kind;
  assert.equal(permission(), 'granted');
  await opened.registry.editToken(ids[0], { isBlocked: true });
  assert.equal(permission(), 'refused');
  await opened.registry.editToken(ids[0], { isBlocked: false });
  assert.equal(permission(), 'granted');
  await opened.registry.revokeToken(ids[0]);
  assert.equal(permission(), 'refused');
  assert.equal(standingFault(registration, clock.unixSeconds(), directory), 'revoked');
});

test('where there is no room, what was revoked long ago leaves, the oldest first, and nothing else', async () => {
  const ledger = new MemoryLedger();
  let nowSeconds = 1_000_000;
  const limits = { ...defaultRegistryLimits, tokens: 6, documentsPerWrite: 2 };
  const unixMs = () => nowSeconds * 1000;
  await using opened = await openRegistry({ ledger, zones, limits, unixMs });
  const { registry } = opened;
  const make = async (special = {}) => changedValue(await registry.createToken(newToken(special))).token.id;
  const registrar = await make();
  const registration = changedValue(await register(registry, registrar)).token.id;
  const [good, early, late, expired] = [
    await make(),
    await make(),
    await make(),
    await make({ expiresAtSeconds: nowSeconds + 1 }),
  ];
  await registry.revokeToken(early);
  nowSeconds += 1;
  await registry.revokeToken(registrar);
  nowSeconds += 29 * daySeconds;
  await registry.revokeToken(late);
  assert.match(
    refusalReason(await registry.createToken(newToken())),
    /there are 6 tokens, and that is the most; revoke some, which make room after 30 days/,
  );
  nowSeconds += daySeconds;
  // Two at a time: the oldest, and the registrar or its registration.
  const both = await Promise.all([make(), make()]);
  assert.equal(registry.token(early), undefined);
  assert.equal([registrar, registration].filter((id) => registry.token(id)).length, 1);
  await make();
  assert.equal(registry.token(registrar), undefined);
  assert.equal(registry.token(registration), undefined);
  for (const id of [good, late, expired, ...both]) assert.ok(registry.token(id), id);
  assert.match(refusalReason(await registry.createToken(newToken())), /that is the most/);
  await using again = await openRegistry({ ledger, zones, limits, unixMs });
  assert.deepEqual(
    Array.from(again.registry.tokens, ({ id }) => id).toSorted(),
    Array.from(registry.tokens, ({ id }) => id).toSorted(),
  );
});
