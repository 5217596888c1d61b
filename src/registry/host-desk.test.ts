import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryPrimary } from '../../test/e2e/memory-primary.ts';
import { hostnameOf, hostOf } from '../../test/support/host-books.ts';
import { MemoryLedger } from '../../test/support/memory-ledger.ts';
import { openRegistry } from '../../test/support/open-registry.ts';
import {
  changedValue,
  done,
  hostDescription,
  nothingBeside,
  refusalReason,
  setting,
  testOnLedgers,
} from '../../test/support/registry-fixture.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import type { StoreFault } from '../store/store-fault.ts';
import { parseAddress } from '../updates/address.ts';
import { administrator } from '../updates/asker.ts';
import type { Hostname } from '../updates/hostname.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';
import { defaultRegistryLimits } from './limits.ts';

const zones = new ZoneDirectory([
  { name: Name.parse('example.com.'), primary: new MemoryPrimary(Name.parse('example.com.')) },
]);
const home = hostnameOf('home.example.com');
const router = hostnameOf('router.example.com');
const full: StoreFault = { code: 'full', path: 'dyndns.db', detail: 'no space' };
const operator = administrator({ kind: 'command' }, undefined);

testOnLedgers('a host is made, changed by its versions, deleted, and is so after a restart', async (ledgers) => {
  const interfaceId = Uint8Array.from({ length: 16 }, (_, index) => index);
  const wanted = hostDescription({
    description: 'attic',
    ttlSeconds: 60,
    interfaceId,
    follows: router,
    expiresAfterSeconds: 3600,
  });
  {
    const { ledger, close } = await ledgers.open();
    await using opened = await openRegistry({ ledger, zones });
    const { registry } = opened;
    assert.deepEqual(await registry.putHost(home, hostDescription(), { version: 1 }), { kind: 'unknown' });
    assert.equal(changedValue(await registry.putHost(router, hostDescription())).version, 1);
    assert.equal(changedValue(await registry.putHost(home, hostDescription())).version, 1);
    assert.equal(changedValue(await registry.putHost(home, wanted, { version: 1 })).version, 2);
    // The same again is no change.
    assert.equal(changedValue(await registry.putHost(home, wanted)).version, 2);
    assert.deepEqual(await registry.putHost(home, wanted, { version: 1 }), { kind: 'other-version', version: 2 });
    assert.deepEqual(await registry.deleteHost(home, { version: 1 }), { kind: 'other-version', version: 2 });
    await close();
  }
  const { ledger, close } = await ledgers.open();
  await using opened = await openRegistry({ ledger, zones });
  const { registry } = opened;
  const host = registry.host(home);
  assert.deepEqual(
    [host?.version, host?.description, host?.ttlSeconds, host?.follows?.toString()],
    [2, 'attic', 60, 'router.example.com.'],
  );
  assert.deepEqual(host?.interfaceId, interfaceId);
  assert.deepEqual(registry.followersOf(router), [host]);
  assert.match(refusalReason(await registry.deleteHost(router)), /^the host home\.example\.com follows it$/);
  assert.equal(changedValue(await registry.deleteHost(home)), host);
  assert.equal((await registry.deleteHost(home)).kind, 'unknown');
  assert.equal((await registry.deleteHost(router)).kind, 'changed');
  assert.deepEqual(registry.hosts({ atMost: 10 }), { hosts: [], hasMore: false });
  await close();
});

test('a host that cannot be is refused with the reason', async () => {
  const limits = { ...defaultRegistryLimits, hosts: 2 };
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones, limits });
  const { registry } = opened;
  const refused: readonly (readonly [string, Parameters<typeof hostDescription>[0], RegExp])[] = [
    ['home.example.net', {}, /^the name home\.example\.net lies in none of the zones \(example\.com\)$/],
    ['*.home.example.com', {}, /no wildcard/],
    ['home.example.com', { description: 'x'.repeat(201) }, /at most 200 characters/],
    ['home.example.com', { ttlSeconds: 29 }, /TTL is 30 to 86400 seconds/],
    ['home.example.com', { interfaceId: new Uint8Array(8) }, /16 octets/],
    ['home.example.com', { expiresAfterSeconds: 1 }, /expires after 60 to/],
    ['home.example.com', { follows: router }, /cannot follow router\.example\.com, which is no host/],
    ['home.example.com', { follows: home }, /cannot follow itself/],
  ];
  for (const [name, special, words] of refused)
    assert.match(refusalReason(await registry.putHost(hostnameOf(name), hostDescription(special))), words);
  const [, , third] = await Promise.all(
    ['a', 'b', 'c'].map((label) => registry.putHost(hostnameOf(`${label}.example.com`), hostDescription())),
  );
  assert.match(refusalReason(third!), /there are 2 hosts, and that is the most/);
});

test('a cycle is refused with its chain, also where two changes make it together', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const { registry } = opened;
  const [a, b, c] = ['a', 'b', 'c'].map((label) => hostnameOf(`${label}.example.com`));
  for (const name of [a!, b!, c!]) await registry.putHost(name, hostDescription());
  await registry.putHost(b!, hostDescription({ follows: a! }));
  const results = await Promise.all([
    registry.putHost(c!, hostDescription({ follows: b! })),
    registry.putHost(a!, hostDescription({ follows: c! })),
  ]);
  assert.equal(results[0].kind, 'changed');
  assert.equal(
    refusalReason(results[1]),
    'the host a.example.com would follow itself: it follows c.example.com, which follows b.example.com, which follows a.example.com',
  );
});

test('the interface ID of a follower is learned from its address, now or at its first update, but not from a local one', async () => {
  const primary = new MemoryPrimary(Name.parse('example.com.'));
  const ledger = new MemoryLedger();
  const own = new ZoneDirectory([{ name: primary.zone, primary }]);
  await using opened = await openRegistry({ ledger, zones: own });
  const { registry } = opened;
  await registry.putHost(router, hostDescription());
  const place = (...texts: string[]) =>
    primary.place({
      name: home,
      type: Type.AAAA,
      ttlSeconds: 60,
      rdatas: texts.map((text) => ({ kind: 'AAAA', address: parseAddress(text)!.octets })),
    });
  place('fd00::1', '2001:db8::abcd');
  const learned = changedValue(await registry.putHost(home, hostDescription({ follows: router })));
  assert.deepEqual(learned.interfaceId, parseAddress('2001:db8::abcd')?.octets);
  // Its prefix changes; its ID stays as it was.
  place('2001:db8:1::abcd');
  assert.equal(changedValue(await registry.putHost(home, hostDescription({ follows: router }))), learned);
  primary.fault = { code: 'timeout', nameserver: '127.0.0.1' };
  const nas = hostnameOf('nas.example.com');
  assert.equal(changedValue(await registry.putHost(nas, hostDescription({ follows: router }))).interfaceId, undefined);
  const request = setting(operator, 'nas.example.com', Type.AAAA);
  registry.settled(request, [done('nas.example.com', Type.AAAA, 'fd00::5')], nothingBeside);
  assert.equal(registry.host(nas)?.interfaceId, undefined);
  registry.settled(request, [done('nas.example.com', Type.AAAA, '2001:db8::5')], nothingBeside);
  assert.deepEqual(registry.host(nas)?.interfaceId, parseAddress('2001:db8::5')?.octets);
  assert.ok(await registry.flush());
  await using again = await openRegistry({ ledger, zones: own });
  assert.deepEqual(
    [again.registry.host(nas)?.interfaceId, again.registry.host(nas)?.version],
    [parseAddress('2001:db8::5')?.octets, 2],
  );
});

test('what the database does not take has not happened', async () => {
  const ledger = new MemoryLedger();
  await using opened = await openRegistry({ ledger, zones });
  const { registry } = opened;
  const host = changedValue(await registry.putHost(home, hostDescription()));
  ledger.fault = full;
  assert.deepEqual(await registry.putHost(home, hostDescription({ ttlSeconds: 60 })), { kind: 'failed', fault: full });
  assert.deepEqual(await registry.putHost(router, hostDescription()), { kind: 'failed', fault: full });
  assert.deepEqual(await registry.deleteHost(home), { kind: 'failed', fault: full });
  assert.deepEqual(registry.hosts({ atMost: 10 }).hosts, [host]);
});

test('a refusal names no host that whoever asks may not know of', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const { registry } = opened;
  await registry.putHost(router, hostDescription());
  const names = ['a', 'b', 'c'].map((label) => hostnameOf(`${label}.example.com`));
  for (const name of names) await registry.putHost(name, hostDescription({ follows: router }));
  const refusal = async (...known: readonly Hostname[]) =>
    refusalReason(await registry.deleteHost(router, { mayName: (name) => known.includes(name) }));
  assert.equal(await refusal(), '3 other hosts follow it');
  assert.equal(await refusal(names[1]!), 'the hosts b.example.com and 2 more follow it');
  assert.equal(await refusal(...names), 'the hosts a.example.com, b.example.com, c.example.com follow it');
  const wish = hostDescription({ follows: names[0] });
  assert.equal(
    refusalReason(await registry.putHost(router, wish, { mayName: (name) => name.equals(names[0]!) })),
    'the host router.example.com would follow itself, by way of others',
  );
});

test('what should not have been deleted is there again, a wildcard too', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const { registry } = opened;
  const gone = hostOf('*.home.example.com', { madeBy: 'abc' });
  assert.equal(changedValue(await registry.restoreHost(gone)).version, 2);
  assert.equal(registry.hostsMadeBy('abc'), 1);
  assert.equal(changedValue(await registry.restoreHost(gone)).version, 2);
});
