import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { MemoryPrimary } from '../../test/e2e/memory-primary.ts';
import { hostnameOf, hostOf, plainHostBook } from '../../test/support/host-books.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { parseAddress } from './address.ts';
import { administrator, type Asker, granted } from './asker.ts';
import { systemClock } from './clock.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { Host } from './host.ts';
import type { BesideOutcomes, Throttle } from './ports.ts';
import { parsePrefix, type Prefix } from './prefix.ts';
import { publicOnly } from './public-addresses.ts';
import { exactAddresses, type NameRequest, noAddresses, type RecordIntent } from './request.ts';
import { Updater, type UpdaterOptions } from './updater.ts';
import { ZoneDirectory } from './zone-directory.ts';

const root = administrator({ kind: 'administrator' }, parseAddress('192.0.2.200'));

function prefixOf(text: string): Prefix {
  const verdict = parsePrefix(text);
  assert.ok(verdict.kind === 'prefix');
  return verdict.prefix;
}

function octetsOf(text: string): Uint8Array {
  return parseAddress(text)!.octets;
}

function aaaa(text: string): RecordIntent {
  return { kind: 'replace', type: Type.AAAA, rdatas: [{ kind: 'AAAA', address: octetsOf(text) }] };
}

/** A token's, for these names and no others. */
function scoped(names: readonly string[]): Asker {
  const keys = new Set(names.map((name) => Name.parse(name).key));
  return {
    ...root,
    credential: { kind: 'token', id: 't', description: '' },
    permission: (name) => (keys.has(name.key) ? granted : { kind: 'refused', reason: 'it is not in the scope' }),
  };
}

function open(hosts: readonly Host[], options: Partial<UpdaterOptions> = {}) {
  const primaries = ['one.example.', 'two.example.'].map((zone) => new MemoryPrimary(Name.parse(zone)));
  const told: BesideOutcomes[] = [];
  const history: HistoryEntry[] = [];
  const updater = new Updater({
    zones: new ZoneDirectory(primaries.map((primary) => ({ name: primary.zone, primary }))),
    ttl: { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 },
    clock: systemClock,
    observer: { settled: (_request, _outcomes, beside) => void told.push(beside) },
    timeoutMs: 1000,
    hosts: plainHostBook(hosts),
    history: { append: (entries) => void history.push(...entries) },
    ...options,
  });
  const values = (name: string, type: number = Type.AAAA) => {
    const owner = Name.parse(name);
    return primaries.find(({ zone }) => owner.isAtOrBelow(zone))!.lookUp(owner, type);
  };
  const update = (name: string, request: Partial<NameRequest>, asker = root) =>
    updater.carryOut({ dialect: 'test', asker, names: [{ hostname: hostnameOf(name), intents: [], ...request }] });
  return { updater, primaries, told, history, values, update };
}

test('a prefix renumbers the whole home: one transaction a zone, own bits kept', async () => {
  const follows = hostnameOf('router.one.example');
  const home = open([
    hostOf('router.one.example', { interfaceId: octetsOf('::1') }),
    hostOf('nas.one.example', { follows, interfaceId: octetsOf('::5:0:0:0:a') }),
    hostOf('tv.one.example', { follows: hostnameOf('nas.one.example') }),
    hostOf('new.one.example', { follows }),
    hostOf('far.two.example', { follows, interfaceId: octetsOf('::f'), ttlSeconds: 60 }),
    hostOf('other.one.example', { interfaceId: octetsOf('::9') }),
  ]);
  await home.update('tv.one.example', { intents: [aaaa('2001:db8:0:107::beef')] });
  const before = home.primaries.map(({ transactions }) => transactions);
  const result = await home.update('router.one.example', { prefix: prefixOf('2001:db8:1:200::/56') });
  assert.deepEqual(home.values('router.one.example'), ['2001:db8:1:200::1']);
  assert.deepEqual(home.values('nas.one.example'), ['2001:db8:1:205::a']);
  assert.deepEqual(home.values('tv.one.example'), ['2001:db8:1:207::beef']);
  assert.deepEqual(home.values('far.two.example'), ['2001:db8:1:200::f']);
  assert.deepEqual(home.values('new.one.example'), []);
  assert.deepEqual(home.values('other.one.example'), []);
  assert.deepEqual(
    home.primaries.map(({ transactions }, index) => transactions - before[index]!),
    [1, 1],
  );
  assert.equal(result.outcomes.length, 1);
  assert.deepEqual(result.derived.map(({ outcome }) => outcome.hostname.toString()).toSorted(), [
    'far.two.example.',
    'nas.one.example.',
    'new.one.example.',
    'tv.one.example.',
  ]);
  assert.deepEqual(
    result.skipped.map(({ hostname, why }) => [hostname.toString(), /neither/.test(why)]),
    [['new.one.example.', true]],
  );
  assert.deepEqual(home.history.filter(({ outcome }) => outcome === 'changed').length, 5);
  assert.equal(home.primaries[1]?.writes.at(-1)?.after?.ttlSeconds, 60);
});

test('an address beside the prefix is the router’s own, and the prefix its followers’', async () => {
  const follows = hostnameOf('router.one.example');
  const home = open([
    hostOf('router.one.example', { interfaceId: octetsOf('::1') }),
    hostOf('nas.one.example', { follows, interfaceId: octetsOf('::a') }),
  ]);
  await home.update('router.one.example', { intents: [aaaa('2001:db8:ffff::7')], prefix: prefixOf('2001:db8:1::/64') });
  assert.deepEqual(home.values('router.one.example'), ['2001:db8:ffff::7']);
  assert.deepEqual(home.values('nas.one.example'), ['2001:db8:1::a']);
  // An address alone renumbers nobody.
  await home.update('router.one.example', { intents: [aaaa('2001:db8:fffe::7')] });
  assert.deepEqual(home.values('nas.one.example'), ['2001:db8:1::a']);
});

test('what a site has given itself stays when the prefix changes', async () => {
  const follows = hostnameOf('router.one.example');
  const home = open([hostOf('nas.one.example', { follows })]);
  const both = ['fd00::a', '2001:db8::a'].map((text) => ({ kind: 'AAAA' as const, address: octetsOf(text) }));
  await home.update('nas.one.example', { intents: [{ kind: 'replace', type: Type.AAAA, rdatas: both }] });
  await home.update('router.one.example', { prefix: prefixOf('2001:db8:2::/64') });
  assert.deepEqual(home.values('nas.one.example'), ['2001:db8:2::a', 'fd00::a']);
});

test('a wildcard twin gets and loses what its name does', async () => {
  const home = open([hostOf('www.one.example', { hasWildcardTwin: true })]);
  const intents = exactAddresses(parseAddress('192.0.2.1'), undefined);
  await home.update('www.one.example', { intents });
  assert.deepEqual(home.values('*.www.one.example', Type.A), ['192.0.2.1']);
  const narrow = await home.update('www.one.example', { intents: [aaaa('2001:db8::1')] }, scoped(['www.one.example']));
  assert.deepEqual(home.values('*.www.one.example'), []);
  assert.deepEqual(
    narrow.skipped.map(({ reason }) => reason),
    ['twin'],
  );
  await home.update('www.one.example', { intents: noAddresses });
  assert.deepEqual(home.values('*.www.one.example', Type.A), []);
  assert.deepEqual(
    home.history.filter(({ outcome }) => outcome === 'skipped').map(({ name }) => name.toString()),
    ['*.www.one.example.'],
  );
});

test('a dry run tells everything and does nothing', async () => {
  const spent: number[] = [];
  const throttle: Throttle = {
    take: (_asker, changes) => {
      spent.push(changes);
      return { kind: 'taken', giveBack: () => {} };
    },
  };
  const home = open([hostOf('www.one.example', { hasWildcardTwin: true })], { throttle });
  const result = await home.updater.carryOut({
    dialect: 'test',
    asker: root,
    names: [{ hostname: hostnameOf('www.one.example'), intents: [aaaa('2001:db8::1')] }],
    isDryRun: true,
  });
  const [outcome] = result.outcomes;
  assert.ok(outcome?.kind === 'done');
  assert.deepEqual(outcome.records, [{ type: Type.AAAA, before: [], after: ['2001:db8::1'], changed: true }]);
  assert.equal(result.derived.length, 1);
  assert.deepEqual([home.primaries[0]?.writes, spent, home.told, home.history], [[], [], [], []]);
});

test('whoever changes too often is told to wait, and what changes nothing is free', async () => {
  const throttle: Throttle = { take: () => ({ kind: 'wait', retryAfterSeconds: 7 }) };
  const home = open([], { throttle });
  const change = await home.update('www.one.example', { intents: [aaaa('2001:db8::1')] });
  assert.deepEqual(change.outcomes[0], {
    kind: 'failed',
    hostname: hostnameOf('www.one.example'),
    fault: { code: 'throttled', name: 'www.one.example.', retryAfterSeconds: 7 },
  });
  assert.deepEqual(home.primaries[0]?.writes, []);
  const nothing = await home.update('www.one.example', { intents: [{ kind: 'remove', type: Type.AAAA }] });
  assert.equal(nothing.outcomes[0]?.kind, 'done');
});

test('addresses that nobody can reach are refused by whoever asks, also as a prefix', async () => {
  const home = open([]);
  const codes = async (request: Partial<NameRequest>) => {
    const { outcomes } = await home.update('www.one.example', request);
    return outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.fault.code : 'done'));
  };
  assert.deepEqual(await codes({ intents: [aaaa('fe80::1')] }), ['unsuitable-address']);
  assert.deepEqual(await codes({ prefix: prefixOf('fe80::/64') }), ['unsuitable-address']);
  assert.deepEqual(await codes({ prefix: prefixOf('::/64') }), ['unsuitable-address']);
  assert.deepEqual(await codes({ intents: [aaaa('fd00::1')] }), ['done']);
  assert.match(home.history.at(0)?.detail ?? '', /cannot point to fe80::1/);
});

test('a failure that is repeated is remembered once, until it succeeds', async () => {
  const home = open([]);
  const fault = { code: 'timeout', nameserver: 'memory' } as const;
  for (const state of [fault, fault, undefined, fault]) {
    home.primaries[0]!.fault = state;
    await home.update('www.one.example', { intents: [aaaa('2001:db8::1')] });
  }
  assert.deepEqual(
    home.history.map(({ outcome }) => outcome),
    ['failed', 'changed', 'failed'],
  );
});

test('a prefix makes no address that its zone, or anybody, would refuse', async () => {
  const follows = hostnameOf('router.one.example');
  const primaries = ['one.example.', 'two.example.'].map((zone) => new MemoryPrimary(Name.parse(zone)));
  const [first, second] = primaries;
  const zones = new ZoneDirectory([
    { name: first!.zone, primary: first! },
    { name: second!.zone, primary: second!, addressPermission: publicOnly },
  ]);
  const hosts = [
    hostOf('far.two.example', { follows, interfaceId: octetsOf('::f') }),
    hostOf('nas.one.example', { follows, interfaceId: octetsOf('7e80::a') }),
    hostOf('tv.one.example', { follows, interfaceId: octetsOf('::b') }),
  ];
  const home = open(hosts, { zones });
  const refusals = async (prefix: string) => {
    const { outcomes, derived } = await home.update('router.one.example', { prefix: prefixOf(prefix) });
    assert.equal(outcomes[0]?.kind, 'done');
    return derived.flatMap(({ outcome }) =>
      outcome.kind === 'failed' && outcome.fault.code === 'unsuitable-address'
        ? [`${outcome.hostname.toString()} ${outcome.fault.address}`]
        : [],
    );
  };
  assert.deepEqual(await refusals('fd00:1::/64'), ['far.two.example. fd00:1::f']);
  assert.deepEqual(await refusals('8000::/1'), ['nas.one.example. fe80::a', 'far.two.example. 8000::f']);
  assert.deepEqual(await refusals('2001:db8:1::/64'), []);
  assert.deepEqual(
    primaries.flatMap(({ writes }) => writes).map(({ name }) => name.toString()),
    ['nas', 'tv', 'tv', 'nas', 'tv', 'far'].map((label) => `${label}.${label === 'far' ? 'two' : 'one'}.example.`),
  );
});

test('what cannot be renumbered is told once, and not at every request', async () => {
  const follows = hostnameOf('router.one.example');
  const home = open([hostOf('new.one.example', { follows }), hostOf('lost.three.example', { follows })]);
  for (let time = 0; time < 3; time += 1) {
    const { skipped } = await home.update('router.one.example', { prefix: prefixOf('2001:db8:1::/64') });
    assert.deepEqual(skipped.map(({ hostname }) => hostname.toString()).toSorted(), [
      'lost.three.example.',
      'new.one.example.',
    ]);
  }
  assert.deepEqual(home.history.map(({ name, outcome }) => `${name.toString()} ${outcome}`).toSorted(), [
    'lost.three.example. skipped',
    'new.one.example. skipped',
  ]);
});

test('a name that is asked for gets that, whatever else it follows, in either order and also when it fails', async () => {
  const follows = hostnameOf('router.one.example');
  const nas = (intent: RecordIntent): NameRequest => ({ hostname: hostnameOf('nas.one.example'), intents: [intent] });
  const router = { hostname: follows, intents: [], prefix: prefixOf('2001:db8:1::/64') };
  for (const reversed of [false, true]) {
    const home = open([hostOf('nas.one.example', { follows, interfaceId: octetsOf('::a'), hasWildcardTwin: true })]);
    const ask = async (intent: RecordIntent) => {
      const names = reversed ? [nas(intent), router] : [router, nas(intent)];
      await home.updater.carryOut({ dialect: 'test', asker: root, names });
      return [home.values('nas.one.example'), home.values('*.nas.one.example')];
    };
    assert.deepEqual(await ask(aaaa('fe80::1')), [[], []]);
    assert.deepEqual(await ask(aaaa('2001:db8::7')), [['2001:db8::7'], ['2001:db8::7']]);
  }
});

test('the throttle holds back what is due, and a name that is right is told so', async () => {
  let wait = 0;
  const throttle: Throttle = {
    take: () => (wait > 0 ? { kind: 'wait', retryAfterSeconds: wait } : { kind: 'taken', giveBack: () => {} }),
  };
  const follows = hostnameOf('a.one.example');
  const home = open([hostOf('nas.one.example', { follows, interfaceId: octetsOf('::a') })], { throttle });
  await home.update('a.one.example', { intents: [aaaa('2001:db8::1')] });
  wait = 7;
  const ask = async (prefix?: Prefix) => {
    const own: NameRequest = { hostname: follows, intents: [aaaa('2001:db8::1')] };
    const other = { hostname: hostnameOf('b.one.example'), intents: [aaaa('2001:db8::2')] };
    const names = [prefix ? { ...own, prefix } : own, other];
    const { outcomes } = await home.updater.carryOut({ dialect: 'test', asker: root, names });
    return outcomes.map((outcome) => (outcome.kind === 'done' ? 'done' : outcome.fault.code));
  };
  assert.deepEqual(await ask(), ['done', 'throttled']);
  // Its followers are due, and only whoever is told to come back does.
  assert.deepEqual(await ask(prefixOf('2001:db8:1::/64')), ['throttled', 'throttled']);
});

test('once the records are known, each name is asked about again, those that follow, too', async () => {
  const follows = hostnameOf('router.one.example');
  const home = open([
    hostOf('nas.one.example', { follows, interfaceId: octetsOf('::a') }),
    hostOf('tv.one.example', { follows, interfaceId: octetsOf('::b') }),
  ]);
  const gate = Promise.withResolvers<undefined>();
  home.primaries[0]!.gate = gate.promise;
  const scope = ['router.one.example', 'nas.one.example', 'tv.one.example'];
  let asker = scoped(scope);
  const permission: Asker['permission'] = (...question) => asker.permission(...question);
  const request = { intents: [aaaa('2001:db8::1')], prefix: prefixOf('2001:db8:1::/64') };
  const update = home.update('router.one.example', request, { ...asker, permission });
  asker = scoped(['tv.one.example']);
  gate.resolve(undefined);
  const { outcomes, derived } = await update;
  assert.deepEqual(
    [...outcomes, ...derived.map(({ outcome }) => outcome)].map((outcome) =>
      outcome.kind === 'failed' ? outcome.fault.code : 'done',
    ),
    ['not-permitted', 'not-permitted', 'done'],
  );
  assert.deepEqual(
    home.primaries[0]?.writes.map(({ name }) => name.toString()),
    ['tv.one.example.'],
  );
});

test('only addresses are fought over', async () => {
  const seen: string[] = [];
  const quarrels = { observe: ({ value }: { value: string }) => void seen.push(value) };
  const home = open([], { quarrels });
  const text: RecordIntent = {
    kind: 'add',
    type: Type.TXT,
    rdatas: [{ kind: 'TXT', strings: [Buffer.from('x')] }],
    atMost: 2,
  };
  await home.update('www.one.example', { intents: [text] });
  await home.update('www.one.example', { intents: [aaaa('2001:db8::1')] });
  await home.update('www.one.example', { intents: [aaaa('2001:db8::1')] });
  assert.deepEqual(seen, ['2001:db8::1']);
});

test('no name beyond the scope is ever changed, asked for, derived or deleted', async () => {
  const labels = ['a', 'b', 'c', 'd'];
  const names = labels.flatMap((label) => [`${label}.one.example`, `*.${label}.one.example`, `${label}.two.example`]);
  const plain = names.filter((name) => !name.startsWith('*'));
  const hosts = fc
    .array(
      fc.record({
        name: fc.constantFrom(...plain),
        follows: fc.option(fc.constantFrom(...plain), { nil: undefined }),
        hasWildcardTwin: fc.boolean(),
        hasId: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    .map((drawn) =>
      [...new Map(drawn.map((each) => [each.name, each])).values()].map(({ name, follows, hasWildcardTwin, hasId }) =>
        hostOf(name, {
          hasWildcardTwin,
          follows: follows === undefined ? undefined : hostnameOf(follows),
          interfaceId: hasId ? octetsOf('::7') : undefined,
        }),
      ),
    );
  const intents = fc.constantFrom<readonly RecordIntent[]>(
    exactAddresses(parseAddress('192.0.2.9'), parseAddress('2001:db8::9')),
    noAddresses,
    [aaaa('2001:db8::3')],
    [],
    [{ kind: 'add', type: Type.TXT, rdatas: [{ kind: 'TXT', strings: [Buffer.from('x')] }], atMost: 2 }],
  );
  const requests = fc.array(fc.record({ name: fc.constantFrom(...names), intents, hasPrefix: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(hosts, fc.subarray(names), requests, async (book, scope, asked) => {
      const home = open(book);
      await home.updater.carryOut({
        dialect: 'test',
        asker: scoped(scope),
        names: asked.map(({ name, intents: wanted, hasPrefix }) => ({
          hostname: hostnameOf(name),
          intents: wanted,
          ...(hasPrefix ? { prefix: prefixOf('2001:db8:5::/64') } : {}),
        })),
      });
      const allowed = new Set(scope.map((name) => Name.parse(name).key));
      for (const { writes, transactions } of home.primaries) {
        assert.ok(transactions <= 1);
        for (const { name } of writes) assert.ok(allowed.has(name.key), name.toString());
      }
    }),
    { numRuns: 300 },
  );
});
