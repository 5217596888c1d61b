import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { Type } from '../dns/codes.ts';
import {
  networkText,
  parseNetwork,
  parsePattern,
  parseTypes,
  patternText,
  type ScopePiece,
  typeTexts,
} from './scope-text.ts';

test('patterns are read, and written as they are read', () => {
  for (const [text, kind, name] of [
    ['home.example.com', 'exact', 'home.example.com.'],
    ['*.home.example.com', 'below', 'home.example.com.'],
    ['zone:example.com', 'zone', 'example.com.'],
    ['_acme-challenge.home.example.com', 'exact', '_acme-challenge.home.example.com.'],
    ['xn--bcher-kva.example', 'exact', 'xn--bcher-kva.example.'],
  ] as const) {
    const pattern = valueOf(parsePattern(text));
    assert.equal(pattern.kind, kind);
    assert.equal(pattern.name.toString(), name);
    assert.equal(patternText(pattern), text);
  }
});

test('case and the dot at the end make no other pattern', () => {
  for (const text of ['HOME.Example.com.', 'home.example.COM'])
    assert.equal(patternText(valueOf(parsePattern(text))), 'home.example.com');
  assert.equal(patternText(valueOf(parsePattern('ZONE:Example.com.'))), 'zone:example.com');
});

test('what is no pattern is refused, and what would be right is told', () => {
  const wrongs = [
    '',
    '.',
    '*',
    '*.',
    'zone:',
    '*.*.example.com',
    'a.*.example.com',
    'zone:*.example.com',
    '*a.example.com',
    'a..b',
  ];
  for (const text of [
    ...wrongs,
    'home.example.com ',
    '192.0.2.1',
    'a b.example',
    '-a.example',
    'zone: example.com',
    'https://a.example',
  ])
    assert.match(reasonOf(parsePattern(text)), /is no pattern of names; write home\.example\.com/, text);
  assert.match(reasonOf(parsePattern('bücher.example')), /A-labels/);
  assert.match(reasonOf(parsePattern('a'.repeat(10_000))), /^a pattern of 10000 characters is longer than any name$/);
});

test('a pattern below a name that has no room for another label is refused', () => {
  const labels = ['a'.repeat(63), 'a'.repeat(63), 'a'.repeat(63)];
  assert.equal(parsePattern(`*.${[...labels, 'a'.repeat(59)].join('.')}`).kind, 'value');
  assert.match(reasonOf(parsePattern(`*.${[...labels, 'a'.repeat(60)].join('.')}`)), /covers nothing/);
  assert.equal(parsePattern(`zone:${[...labels, 'a'.repeat(61)].join('.')}.`).kind, 'value');
});

test('types are read by name and number, once each', () => {
  assert.deepEqual(valueOf(parseTypes(['TXT', 'aaaa', 'A', 'TYPE1', 'type65280', 'AcMe'])), {
    types: [Type.A, Type.TXT, Type.AAAA, 65280],
    allowsAcme: true,
  });
  assert.deepEqual(typeTexts({ types: [1, 28, 65280], allowsAcme: true }), ['A', 'AAAA', 'TYPE65280', 'acme']);
  assert.deepEqual(valueOf(parseTypes(['acme'])), { types: [], allowsAcme: true });
});

test('types of the administrator, of queries, of nothing and unknown ones are refused', () => {
  for (const text of ['NS', 'soa', 'DS', 'DNSKEY', 'TYPE2', 'TYPE48'])
    assert.match(reasonOf(parseTypes(['A', text])), /administrator alone/, text);
  for (const text of ['ANY', 'AXFR', 'IXFR', 'OPT', 'TSIG', 'TKEY', 'MAILA', 'TYPE0', 'TYPE255', 'TYPE128'])
    assert.match(reasonOf(parseTypes([text])), /no type that a name can have/, text);
  for (const text of ['', 'B', 'TYPE65536', 'TYPE01', 'A,AAAA', ' A'])
    assert.match(reasonOf(parseTypes([text])), /is no type of records/, text);
  assert.match(reasonOf(parseTypes([])), /good for nothing/);
});

test('as many types as the bound says, and no more', () => {
  const texts = Array.from({ length: 33 }, (_, index) => `TYPE${65280 + index}`);
  assert.equal(parseTypes(texts.slice(0, 32)).kind, 'value');
  assert.match(reasonOf(parseTypes(texts)), /more than 32/);
});

test('networks and single addresses are read, and written in their canonical form', () => {
  for (const [text, written] of [
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['2001:db8:0:0::1', '2001:db8::1'],
    ['::/0', '::/0'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ] as const)
    assert.equal(networkText(valueOf(parseNetwork(text))), written);
});

test('with bits behind the length the right network is told', () => {
  assert.match(reasonOf(parseNetwork('192.0.2.7/24')), /the network is 192\.0\.2\.0\/24$/);
  assert.match(reasonOf(parseNetwork('2001:db8::1/61')), /the network is 2001:db8::\/61$/);
  assert.match(reasonOf(parseNetwork('::ffff:192.0.2.7/120')), /the network is 192\.0\.2\.0\/24$/);
});

test('what is no network is refused', () => {
  const wrongs = [
    '',
    '/',
    '192.0.2.0/',
    '192.0.2.0/33',
    '192.0.2.0/024',
    '192.0.2.0/-1',
    '192.0.2.0/ 24',
    '2001:db8::/129',
  ];
  for (const text of [
    ...wrongs,
    '192.0.2.0/24/24',
    '192.0.2/24',
    'fe80::1%eth0',
    'home',
    '::ffff:192.0.2.0/90',
    '192.0.2.0/1e1',
  ])
    assert.match(reasonOf(parseNetwork(text)), /is no network/, text);
  assert.ok(reasonOf(parseNetwork('1'.repeat(100_000))).length < 200);
});

test('each network is read back from its text, and nothing throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128), (address, length) => {
      const parsed = parseNetwork(`${address}/${length}`);
      if (parsed.kind === 'value') assert.deepEqual(parseNetwork(networkText(parsed.value)), parsed);
      // What the refusal says would be right is right.
      else {
        const [, told] = /the network is (\S+)$/.exec(parsed.reason) ?? [];
        if (told !== undefined) assert.equal(parseNetwork(told).kind, 'value');
      }
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const pattern = parsePattern(text);
      if (pattern.kind === 'value') assert.deepEqual(parsePattern(patternText(pattern.value)), pattern);
      parseNetwork(text);
      parseTypes([text]);
    }),
    { numRuns: 3000 },
  );
});

function valueOf<Value>(piece: ScopePiece<Value>): Value {
  assert.ok(piece.kind === 'value', piece.kind === 'wrong' ? piece.reason : '');
  return piece.value;
}

function reasonOf(piece: ScopePiece<unknown>): string {
  assert.ok(piece.kind === 'wrong', 'it was taken');
  assert.doesNotMatch(piece.reason, /\.$/);
  return piece.reason;
}
