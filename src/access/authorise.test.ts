import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { type Address, parseAddress } from '../updates/address.ts';
import type { Action } from '../updates/asker.ts';
import { type Attempt, authorise } from './authorise.ts';
import type { NamePattern, Network, Scope } from './scope.ts';
import type { Token } from './token.ts';

/** Few labels, so that names and patterns meet often; some with a dot, a zero octet or an octet above ASCII inside. */
const labelTexts = ['a', 'b', 'home', '*', '_acme-challenge', '_acme-challenge2', 'a.b', '\0', '\xff\xe4', 'example'];
const label = fc.constantFrom(...labelTexts);
const labels = fc.array(label, { minLength: 0, maxLength: 5 });

interface PlainPattern {
  readonly kind: NamePattern['kind'];
  readonly labels: readonly string[];
}
interface PlainScope {
  readonly patterns: readonly PlainPattern[];
  readonly types: readonly number[];
  readonly allowsAcme: boolean;
  readonly networks: readonly string[];
}
interface PlainAttempt {
  readonly labels: readonly string[];
  readonly type: number;
  readonly action: Action;
  readonly source: string | undefined;
}

const types = [Type.A, Type.AAAA, Type.TXT, Type.CNAME, Type.MX, Type.NS, Type.SOA, Type.DS, Type.DNSKEY, 65280];
const networksByText = new Map<string, (address: string) => boolean>([
  ['192.0.2.0/24', (address) => address.startsWith('192.0.2.')],
  ['192.0.2.128/25', (address) => address.startsWith('192.0.2.') && Number(address.split('.')[3]) >= 128],
  ['198.51.100.7/32', (address) => address === '198.51.100.7'],
  ['0.0.0.0/0', (address) => address.includes('.')],
  ['2001:db8::/32', (address) => address.startsWith('2001:db8:')],
  ['2001:db8:0:10::/60', (address) => /^2001:db8:0:1[0-9a-f]:/.test(address)],
]);
const sources = ['192.0.2.1', '192.0.2.200', '198.51.100.7', '2001:db8::1', '2001:db8:0:1f::1', '2001:db8:0:20::1'];

const plainScope: fc.Arbitrary<PlainScope> = fc.record({
  patterns: fc.array(fc.record({ kind: fc.constantFrom<NamePattern['kind']>('exact', 'below', 'zone'), labels }), {
    minLength: 1,
    maxLength: 4,
  }),
  types: fc.uniqueArray(fc.constantFrom(...types), { maxLength: 6 }),
  allowsAcme: fc.boolean(),
  networks: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...networksByText.keys()), { maxLength: 3 }) },
  ),
});
const plainAttempt: fc.Arbitrary<PlainAttempt> = fc.record({
  labels,
  type: fc.constantFrom(...types),
  action: fc.constantFrom<Action>('read', 'set', 'remove'),
  source: fc.option(fc.constantFrom(...sources), { nil: undefined }),
});
/** Often at, below or above a pattern of the scope, or its challenge. */
const scopeAndAttempt = fc
  .tuple(plainScope, plainAttempt, fc.nat(3), fc.array(label, { maxLength: 2 }), fc.boolean())
  .map(([scope, attempt, index, before, isNear]) => {
    const near = scope.patterns[index % scope.patterns.length]!.labels;
    return { scope, attempt: isNear ? { ...attempt, labels: [...before, ...near] } : attempt };
  });

/** What the rules of scopes say, over texts and without the code that is tried. */
function modelGrants(scope: PlainScope, { labels: asked, type, action, source }: PlainAttempt): boolean {
  const { networks, patterns } = scope;
  if (networks.length > 0 && !networks.some((text) => source !== undefined && networksByText.get(text)!(source)))
    return false;
  const typeName = Object.entries(Type).find(([, number]) => number === type)?.[0] ?? '';
  if (['NS', 'SOA', 'DS', 'DNSKEY'].includes(typeName)) return false;
  if (modelCovers(patterns, asked)) {
    if (scope.types.some((each) => each === type)) return true;
    if (action === 'read' && ['A', 'AAAA'].includes(typeName)) return true;
  }
  if (!scope.allowsAcme || typeName !== 'TXT' || asked[0] !== '_acme-challenge') return false;
  return modelCovers(patterns, asked.slice(1)) || modelCovers(patterns, ['*', ...asked.slice(1)]);
}

function modelCovers(patterns: readonly PlainPattern[], asked: readonly string[]): boolean {
  const text = JSON.stringify([...asked].reverse());
  return patterns.some(({ kind, labels: of }) => {
    const own = JSON.stringify([...of].reverse());
    const stem = own.slice(0, -1);
    const isSame = text === own;
    const isBelow = of.length === 0 ? asked.length > 0 : text.startsWith(`${stem},`);
    if (kind === 'exact') return isSame;
    return kind === 'below' ? isBelow : isSame || isBelow;
  });
}

test('nothing is granted or refused but what the rules of scopes say', () => {
  let grants = 0;
  fc.assert(
    fc.property(scopeAndAttempt, ({ scope, attempt }) => {
      const isGranted = grantsTo(scope, attempt);
      grants += Number(isGranted);
      // The challenge of the root's wildcard is nobody's: no certificate is for it.
      if (attempt.labels.length > 1) assert.equal(isGranted, modelGrants(scope, attempt));
      else if (isGranted) assert.equal(modelGrants(scope, attempt), true);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(grants > 1000, `only ${grants} were granted, so that little was tried`);
});

test('with a pattern, a type or a network less, or without challenges, no more is granted', () => {
  fc.assert(
    fc.property(scopeAndAttempt, fc.nat(), ({ scope, attempt }, index) => {
      const lesser: PlainScope[] = [
        { ...scope, patterns: without(scope.patterns, index) },
        { ...scope, types: without(scope.types, index) },
        { ...scope, allowsAcme: false },
        // The last network cannot be taken away: none stands for anywhere.
        ...(scope.networks.length > 1 ? [{ ...scope, networks: without(scope.networks, index) }] : []),
      ];
      for (const less of lesser) if (grantsTo(less, attempt)) assert.equal(grantsTo(scope, attempt), true);
    }),
    { numRuns: 5000 },
  );
});

test('the case of letters and the dot at the end do not matter', () => {
  fc.assert(
    fc.property(scopeAndAttempt, ({ scope, attempt }) => {
      const token = tokenOf(scope);
      const name = nameOf(attempt.labels);
      const shouted = nameOf(attempt.labels.map((each) => each.replace(/[a-z]/g, (letter) => letter.toUpperCase())));
      const text = name.toString();
      const dotless = text === '.' ? name : Name.parse(text.slice(0, -1));
      const verdicts = [name, shouted, dotless].map(
        (each) => authorise(token, { ...attemptOf(attempt), name: each }, nobodyElse).kind,
      );
      assert.equal(new Set(verdicts).size, 1);
    }),
    { numRuns: 5000 },
  );
});

test('what may be set may be removed and read', () => {
  fc.assert(
    fc.property(scopeAndAttempt, ({ scope, attempt }) => {
      const [set, remove, read] = (['set', 'remove', 'read'] as const).map((action) =>
        grantsTo(scope, { ...attempt, action }),
      );
      assert.equal(set, remove);
      if (set) assert.equal(read, true);
    }),
    { numRuns: 5000 },
  );
});

test('records that make a zone are changed by no token, even one that lists them', () => {
  const scope = { patterns: [{ kind: 'zone', labels: ['example'] }], types, allowsAcme: true, networks: [] } as const;
  for (const type of [Type.NS, Type.SOA, Type.DS, Type.DNSKEY])
    for (const asked of [['example'], ['a', 'example'], ['_acme-challenge', 'example']])
      for (const action of ['set', 'remove', 'read'] as const)
        assert.equal(grantsTo(scope, { labels: asked, type, action, source: undefined }), false);
});

test('the challenge of a wildcard certificate is granted with the names below, and no address beside it', () => {
  const scope = {
    patterns: [{ kind: 'below', labels: ['home', 'example'] }],
    types: [Type.A],
    allowsAcme: true,
    networks: [],
  } as const;
  const tried = (asked: readonly string[], type: number) =>
    grantsTo(scope, { labels: asked, type, action: 'set', source: undefined });
  assert.equal(tried(['_acme-challenge', 'home', 'example'], Type.TXT), true);
  assert.equal(tried(['_acme-challenge', 'a', 'home', 'example'], Type.TXT), true);
  assert.equal(tried(['*', 'home', 'example'], Type.A), true);
  assert.equal(tried(['home', 'example'], Type.A), false);
  assert.equal(tried(['a', 'home', 'example'], Type.TXT), false);
  assert.equal(tried(['_acme-challenge', 'example'], Type.TXT), false);
});

test('a token that is over is good for nothing, and the reason is told', () => {
  const scope = { patterns: [{ kind: 'zone', labels: ['example'] }], types, allowsAcme: true, networks: [] } as const;
  const attempt = attemptOf({ labels: ['a', 'example'], type: Type.A, action: 'set', source: undefined });
  const kindOf = (changes: Partial<Token>) => authorise({ ...tokenOf(scope), ...changes }, attempt, nobodyElse);
  assert.deepEqual(kindOf({}), { kind: 'granted' });
  assert.deepEqual(kindOf({ expiresAtSeconds: now + 1 }), { kind: 'granted' });
  assert.deepEqual(kindOf({ expiresAtSeconds: now }), { kind: 'refused', reason: 'it has expired' });
  assert.deepEqual(kindOf({ revokedAtSeconds: now + 100 }), { kind: 'refused', reason: 'it has been revoked' });
  assert.deepEqual(kindOf({ isBlocked: true }), {
    kind: 'refused',
    reason: 'it has been blocked by the administrator',
  });
});

test('the longest names are judged like others', () => {
  const long = ['a'.repeat(63), 'a'.repeat(63), 'a'.repeat(63), 'a'.repeat(44)];
  const subject = [...long, ''].join('.').length + 1;
  assert.equal(subject, 238);
  const scope = { patterns: [{ kind: 'exact', labels: long }], types: [], allowsAcme: true, networks: [] } as const;
  const challenge = { labels: ['_acme-challenge', ...long], type: Type.TXT, action: 'set', source: undefined } as const;
  assert.equal(nameOf(challenge.labels).wire.length, 254);
  assert.equal(grantsTo(scope, challenge), true);
});

test('a registration ends with the token that registered it, and not with others', () => {
  const scope = { patterns: [{ kind: 'zone', labels: ['example'] }], types, allowsAcme: true, networks: [] } as const;
  const attempt = attemptOf({ labels: ['a', 'example'], type: Type.TXT, action: 'set', source: undefined });
  const verdict = (by: Partial<Token> | undefined, registrar = 'bbbbbbbbbb') => {
    const book = { get: (id: string) => (by && id === 'bbbbbbbbbb' ? { ...tokenOf(scope), ...by, id } : undefined) };
    return authorise({ ...tokenOf(scope), registrar }, attempt, book);
  };
  assert.equal(verdict({}).kind, 'granted');
  assert.equal(verdict(undefined, 'secret').kind, 'granted');
  assert.equal(verdict(undefined, 'network').kind, 'granted');
  assert.deepEqual(verdict({ expiresAtSeconds: now }), { kind: 'refused', reason: 'it has expired' });
  assert.deepEqual(verdict({ revokedAtSeconds: now }), { kind: 'refused', reason: 'it has been revoked' });
  assert.equal(verdict({ isBlocked: true }).kind, 'refused');
  assert.deepEqual(verdict(undefined), { kind: 'refused', reason: 'it has been revoked' });
});

const now = 1_700_000_000;
const nobodyElse = { get: () => undefined };

function grantsTo(scope: PlainScope, attempt: PlainAttempt): boolean {
  return authorise(tokenOf(scope), attemptOf(attempt), nobodyElse).kind === 'granted';
}

function attemptOf({ labels: asked, type, action, source }: PlainAttempt): Attempt {
  return {
    name: nameOf(asked),
    type,
    action,
    source: source === undefined ? undefined : addressOf(source),
    nowSeconds: now,
  };
}

function tokenOf({ patterns, types: own, allowsAcme, networks }: PlainScope): Token {
  const scope: Scope = {
    patterns: patterns.map(({ kind, labels: of }) => ({ kind, name: nameOf(of).toLowerCase() })),
    types: own,
    allowsAcme,
    networks: networks.map(networkOf),
    allowsPlainHttp: true,
    publicAddressesOnly: false,
  };
  return {
    id: 'aaaaaaaaaa',
    description: '',
    scope,
    secrets: [],
    expiresAtSeconds: undefined,
    revokedAtSeconds: undefined,
    isBlocked: false,
    maxNames: 100,
    madeAtSeconds: 0,
    version: 1,
  };
}

function nameOf(texts: readonly string[]): Name {
  return Name.fromLabels(texts.map((text) => Buffer.from(text, 'latin1')));
}

function networkOf(text: string): Network {
  const [address = '', length] = text.split('/');
  return { address: addressOf(address), length: Number(length) };
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address);
  return address;
}

function without<Value>(list: readonly Value[], index: number): readonly Value[] {
  return list.filter((_, at) => list.length === 0 || at !== index % list.length);
}
