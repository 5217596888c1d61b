import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { MemoryPrimary } from '../../test/e2e/memory-primary.ts';
import { hostnameOf } from '../../test/support/host-books.ts';
import { MemoryLedger } from '../../test/support/memory-ledger.ts';
import { openRegistry, type OpenedRegistry } from '../../test/support/open-registry.ts';
import {
  askerOf,
  changedValue,
  done,
  failed,
  hostDescription,
  newToken,
  nothingBeside,
  setting,
  testOnLedgers,
  tokenAskerOf,
} from '../../test/support/registry-fixture.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import type { StoreFault } from '../store/store-fault.ts';
import type { Asker } from '../updates/asker.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';
import { defaultRegistryLimits } from './limits.ts';

const zones = new ZoneDirectory([
  { name: Name.parse('example.com.'), primary: new MemoryPrimary(Name.parse('example.com.')) },
]);
const full: StoreFault = { code: 'full', path: 'dyndns.db', detail: 'no space' };
const operator = askerOf({ kind: 'administrator' });

test('a name that was given an address is a host; a proof, a text, a wildcard, a failure, a removal and a look are none', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const { registry } = opened;
  const settle = (
    name: string,
    type: number,
    outcome = done(name, type, '192.0.2.1'),
    kind: 'replace' | 'keep' = 'replace',
  ) => {
    const request = {
      dialect: 'seed',
      asker: operator,
      names: [{ hostname: hostnameOf(name), intents: [{ kind, type, rdatas: [] }] }],
    };
    registry.settled(request, [outcome], nothingBeside);
    return registry.host(hostnameOf(name)) !== undefined;
  };
  assert.equal(settle('home.example.com', Type.A), true);
  assert.equal(settle('_acme-challenge.home.example.com', Type.A), false);
  assert.equal(settle('text.example.com', Type.TXT), false);
  assert.equal(settle('*.example.com', Type.A), false);
  assert.equal(settle('f.example.com', Type.A, failed('f.example.com', { code: 'timeout', nameserver: 'x' })), false);
  assert.equal(settle('gone.example.com', Type.A, done('gone.example.com', Type.A)), false);
  assert.equal(settle('seen.example.com', Type.A, done('seen.example.com', Type.A, '192.0.2.1'), 'keep'), false);
  assert.equal(registry.host(hostnameOf('home.example.com'))?.madeBy, undefined);
});

testOnLedgers('what updates teach is there after a restart', async (ledgers) => {
  let id: string;
  {
    const { ledger, close } = await ledgers.open();
    await using opened = await openRegistry({ ledger, zones, unixMs: () => 1_000_000 });
    const { registry } = opened;
    ({ id } = changedValue(await registry.createToken(newToken())).token);
    registry.settled(
      setting(tokenAskerOf(id), 'home.example.com'),
      [done('home.example.com', Type.A, '192.0.2.1')],
      nothingBeside,
    );
    assert.equal(await registry.flush(), true);
    await close();
  }
  const { ledger, close } = await ledgers.open();
  await using opened = await openRegistry({ ledger, zones });
  const { registry } = opened;
  assert.equal(registry.host(hostnameOf('home.example.com'))?.madeBy, id);
  const seen = { atMs: 1_000_000, dialect: 'seed', source: undefined, credential: `token:${id}`, outcome: 'changed' };
  assert.deepEqual(registry.lastSeen(hostnameOf('home.example.com')), seen);
  assert.deepEqual(registry.lastUse(id), seen);
  await registry.deleteHost(hostnameOf('home.example.com'));
  assert.equal(registry.lastSeen(hostnameOf('home.example.com')), undefined);
  await registry.flush();
  await using again = await openRegistry({ ledger, zones });
  assert.equal(again.registry.lastSeen(hostnameOf('home.example.com')), undefined);
  await close();
});

test('two requests for the last name that a token may have do not both get theirs', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const { registry } = opened;
  const asker = await askerWith(opened, 1);
  const admitted = (name: string) => registry.admissionFault(hostnameOf(name), asker);
  assert.equal(admitted('a.example.com'), undefined);
  assert.deepEqual(admitted('b.example.com'), { code: 'too-many-names', name: 'b.example.com.', most: 1 });
  // The same name twice is one name, and it is free again only when both have failed.
  assert.equal(admitted('a.example.com'), undefined);
  const failure = () =>
    registry.settled(
      setting(asker, 'a.example.com'),
      [failed('a.example.com', { code: 'timeout', nameserver: 'x' })],
      nothingBeside,
    );
  failure();
  assert.equal(admitted('b.example.com')?.code, 'too-many-names');
  failure();
  assert.equal(admitted('b.example.com'), undefined);
  registry.settled(setting(asker, 'b.example.com'), [done('b.example.com', Type.A, '192.0.2.1')], nothingBeside);
  assert.equal(admitted('b.example.com'), undefined);
  assert.equal(admitted('c.example.com')?.code, 'too-many-names');
  // Hosts of others do not count.
  await registry.putHost(hostnameOf('d.example.com'), hostDescription());
  assert.equal(admitted('d.example.com'), undefined);
  assert.equal(registry.admissionFault(hostnameOf('c.example.com'), operator), undefined);
  await registry.deleteHost(hostnameOf('b.example.com'));
  assert.equal(admitted('c.example.com'), undefined);
});

test('a name that nobody settles is free again after a while', async () => {
  let nowMs = 0;
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones, monotonicMs: () => nowMs });
  const asker = await askerWith(opened, 1);
  const admitted = (name: string) => opened.registry.admissionFault(hostnameOf(name), asker) === undefined;
  assert.equal(admitted('a.example.com'), true);
  nowMs = defaultRegistryLimits.reservationMs;
  assert.equal(admitted('b.example.com'), false);
  nowMs += 1;
  assert.equal(admitted('b.example.com'), true);
});

test('whatever comes between, a token never has more names than it may', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const steps = fc.array(
    fc.record({ label: fc.constantFrom('a', 'b', 'c', 'd', 'e'), step: fc.constantFrom('ask', 'succeed', 'fail') }),
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: 3 }), async (all, most) => {
      const { registry } = opened;
      const asker = await askerWith(opened, most);
      const zone = asker.credential.kind === 'token' ? asker.credential.id : '';
      const underWay: string[] = [];
      for (const { label, step } of all) {
        const name = `${label}.${zone}.example.com`;
        if (step === 'ask') {
          if (!registry.admissionFault(hostnameOf(name), asker)) underWay.push(name);
          continue;
        }
        const [next] = underWay.splice(0, 1);
        if (next === undefined) continue;
        const outcome =
          step === 'succeed' ? done(next, Type.A, '192.0.2.1') : failed(next, { code: 'timeout', nameserver: 'x' });
        registry.settled(setting(asker, next), [outcome], nothingBeside);
        const made = registry.hosts({ text: zone, atMost: 10 }).hosts.length;
        assert.ok(made <= most, `${made} of ${most}`);
      }
    }),
    { numRuns: 60 },
  );
});

test('where the database takes nothing, that is told once, and all is written when it does again', async () => {
  const ledger = new MemoryLedger();
  const limits = { ...defaultRegistryLimits, promptMs: 1, againMs: 5 };
  await using opened = await openRegistry({ ledger, zones, limits });
  const { registry, faults } = opened;
  ledger.fault = full;
  registry.settled(
    setting(operator, 'home.example.com'),
    [done('home.example.com', Type.A, '192.0.2.1')],
    nothingBeside,
  );
  while (faults.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(faults, [full]);
  assert.ok(registry.host(hostnameOf('home.example.com')));
  ledger.fault = undefined;
  while (faults.length === 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(faults, [full, undefined]);
  await using again = await openRegistry({ ledger, zones });
  assert.ok(again.registry.host(hostnameOf('home.example.com')));
});

test('a change by the administrator and what updates teach of the same host do not undo each other', async () => {
  const ledger = new MemoryLedger();
  await using opened = await openRegistry({ ledger, zones });
  const { registry } = opened;
  const name = hostnameOf('home.example.com');
  const { promise, resolve } = Promise.withResolvers<void>();
  ledger.gate = promise;
  registry.settled(
    setting(operator, 'home.example.com'),
    [done('home.example.com', Type.A, '192.0.2.1')],
    nothingBeside,
  );
  const flushed = registry.flush();
  const put = registry.putHost(name, hostDescription({ description: 'attic' }));
  resolve();
  assert.equal(changedValue(await put).version, 2);
  await flushed;
  await registry.flush();
  await using again = await openRegistry({ ledger, zones });
  assert.deepEqual([again.registry.host(name)?.version, again.registry.host(name)?.description], [2, 'attic']);
});

async function askerWith({ registry }: OpenedRegistry, maxNames: number): Promise<Asker> {
  return tokenAskerOf(changedValue(await registry.createToken(newToken({ maxNames }))).token.id);
}
