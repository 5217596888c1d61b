import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryPrimary } from './memory-primary.ts';
import { hostnameOf } from '../support/host-books.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { openRegistry } from '../support/open-registry.ts';
import { askerOf, changedValue, newToken, scopeOf, tokenAskerOf } from '../support/registry-fixture.ts';
import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { UpdateOperation } from '../../src/dns/update.ts';
import { TokenKeyHolders } from '../../src/token-key-holders.ts';
import { ZoneDirectory } from '../../src/updates/zone-directory.ts';

const zones = new ZoneDirectory([
  { name: Name.parse('example.com.'), primary: new MemoryPrimary(Name.parse('example.com.')) },
]);

function add(name: string, type: number = Type.A): UpdateOperation {
  const rdata = { kind: 'A', address: Uint8Array.of(192, 0, 2, 1) } as const;
  return { kind: 'add', name: Name.parse(name), type, ttl: 300, rdata };
}

test('by DNS UPDATE a token has no more names than it may, of whatever kind', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const { registry } = opened;
  const wanted = newToken({ maxNames: 1, scope: scopeOf('*.example.com') });
  const { id } = changedValue(await registry.createToken(wanted)).token;
  const holders = new TokenKeyHolders(() => registry, { unixSeconds: () => 1_800_000_000 });
  const asker = tokenAskerOf(id);
  const update = (...operations: readonly UpdateOperation[]): boolean => {
    if (holders.reasonAgainst(asker, operations) !== undefined) return false;
    holders.used(asker, operations, true);
    return true;
  };
  assert.equal(update(add('a!1.example.com.')), false);
  assert.match(holders.reasonAgainst(asker, [add('a!1.example.com.')]) ?? '', /host names alone/);
  // What is refused as a whole holds no name.
  assert.equal(update(add('a.example.com.'), add('b.example.com.')), false);
  assert.equal(update(add('*.w1.example.com.')), true);
  assert.equal(registry.hostsMadeBy(id), 1);
  for (const name of ['*.w2.example.com.', 'a.example.com.', '_acme-challenge.a.example.com.'])
    assert.equal(update(add(name)), false, name);
  assert.equal(update(add('*.w1.example.com.')), true);
  assert.equal(update({ kind: 'delete-name', name: Name.parse('a!1.example.com.') }), true);
  assert.equal(registry.host(hostnameOf('a.example.com')), undefined);
  const administrator = askerOf({ kind: 'key', name: 'key.' });
  assert.equal(holders.reasonAgainst(administrator, [add('a!1.example.com.')]), undefined);
});
