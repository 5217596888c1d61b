import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryPrimary } from '../../test/e2e/memory-primary.ts';
import { hostnameOf } from '../../test/support/host-books.ts';
import { MemoryLedger } from '../../test/support/memory-ledger.ts';
import { openRegistry } from '../../test/support/open-registry.ts';
import {
  changedValue,
  done,
  hostDescription,
  newToken,
  nothingBeside,
  refusalReason,
  scopeOf,
  setting,
  tokenAskerOf,
} from '../../test/support/registry-fixture.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';

const zones = new ZoneDirectory([
  { name: Name.parse('example.com.'), primary: new MemoryPrimary(Name.parse('example.com.')) },
]);

async function openCounting(maxNames: number, ...patterns: readonly string[]) {
  const ledger = new MemoryLedger();
  const opened = await openRegistry({ ledger, zones });
  const { registry } = opened;
  const { id } = changedValue(await registry.createToken(newToken({ maxNames, scope: scopeOf(...patterns) }))).token;
  const asker = tokenAskerOf(id);
  /** Whether the name gets its record. */
  const set = (name: string, type: number): boolean => {
    if (registry.admissionFault(hostnameOf(name), asker, [type])) return false;
    const [given] = setting(asker, name).names;
    assert.ok(given);
    const request = {
      ...setting(asker, name),
      names: [{ ...given, intents: [{ kind: 'replace' as const, type, rdatas: [] }] }],
    };
    registry.settled(request, [done(name, type, 'something')], nothingBeside);
    return true;
  };
  return { opened, registry, ledger, id, asker, set, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

test('whatever a token gives records to counts: wildcards, texts and addresses at challenges too', async () => {
  for (const [name, type] of [
    ['a.example.com', Type.A],
    ['*.a.example.com', Type.A],
    ['a.example.com', Type.TXT],
    ['_acme-challenge.a.example.com', Type.A],
    ['_acme-challenge.a.example.com', Type.TXT],
  ] as const) {
    await using counting = await openCounting(1, '*.example.com');
    const { registry, ledger, id, set } = counting;
    assert.equal(set(name, type), true, name);
    assert.equal(registry.hostsMadeBy(id), 1);
    assert.equal(set('b.example.com', Type.A), false);
    assert.equal(set('*.b.example.com', Type.A), false);
    assert.equal(set('_acme-challenge.b.example.com', Type.TXT), false);
    assert.equal(set(name, type), true, 'what counts already may change');
    await registry.flush();
    await using again = await openRegistry({ ledger, zones });
    assert.equal(again.registry.hostsMadeBy(id), 1, 'after a restart');
  }
});

test('the challenge of what is a host, and of what the scope lists, is not counted', async () => {
  await using counting = await openCounting(1, '*.example.com', 'listed.example.com');
  const { registry, id, set } = counting;
  await registry.putHost(hostnameOf('other.example.com'), hostDescription());
  assert.equal(set('_acme-challenge.other.example.com', Type.TXT), true);
  assert.equal(set('_acme-challenge.listed.example.com', Type.TXT), true);
  assert.equal(set('listed.example.com', Type.TXT), true);
  assert.equal(registry.hostsMadeBy(id), 0);
  assert.equal(set('_acme-challenge.other.example.com', Type.A), true);
  assert.equal(registry.hostsMadeBy(id), 1);
});

test('taking records away needs no place among the names', async () => {
  await using counting = await openCounting(0, '*.example.com');
  const { registry, asker } = counting;
  assert.equal(registry.admissionFault(hostnameOf('a.example.com'), asker, []), undefined);
});

test('a wildcard is followed by nobody, even where it counts', async () => {
  await using counting = await openCounting(1, '*.example.com');
  assert.equal(counting.set('*.a.example.com', Type.AAAA), true);
  const follows = hostnameOf('*.a.example.com');
  const put = await counting.registry.putHost(hostnameOf('b.example.com'), hostDescription({ follows }));
  assert.match(refusalReason(put), /no host/);
});
