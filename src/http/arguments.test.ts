import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ArgumentFault, parseArguments } from './arguments.ts';

const known = new Set(['fqdn', 'secret', 'ip_1']);

const cases: readonly (readonly [text: string, values: Record<string, string>, fault?: ArgumentFault])[] = [
  ['', {}],
  ['fqdn=www.example.com', { fqdn: 'www.example.com' }],
  ['fqdn=a&secret=b', { fqdn: 'a', secret: 'b' }],
  ['&&fqdn=a&&', { fqdn: 'a' }],
  ['fqdn=a=b', { fqdn: 'a=b' }],
  ['fqdn=', {}],
  ['fqdn', {}],
  ['fqdn=a%20b+c%2Bd', { fqdn: 'a b c+d' }],
  ['fqdn=%2561', { fqdn: '%61' }],
  ['f%71dn=b%C3%BCcher', { fqdn: 'bücher' }],
  ['fqdn=a&x=1', { fqdn: 'a' }, { kind: 'unknown', name: 'x' }],
  ['x', {}, { kind: 'unknown', name: 'x' }],
  ['=a', {}, { kind: 'unknown', name: '' }],
  ['FQDN=a', {}, { kind: 'unknown', name: 'FQDN' }],
  ['fqdn[]=a', {}, { kind: 'unknown', name: 'fqdn[]' }],
  ['__proto__=a', {}, { kind: 'unknown', name: '__proto__' }],
  ['fqdn=a&fqdn=b', { fqdn: 'a' }, { kind: 'repeated', name: 'fqdn' }],
  ['fqdn=&fqdn=b', {}, { kind: 'repeated', name: 'fqdn' }],
  ['fqdn=a&fq%64n=a', { fqdn: 'a' }, { kind: 'repeated', name: 'fqdn' }],
  ['fqdn=a;ip_1=b', { fqdn: 'a;ip_1=b' }],
  ['fqdn=%zz&secret=s', { secret: 's' }, { kind: 'malformed', name: 'fqdn' }],
  ['fqdn=%', {}, { kind: 'malformed', name: 'fqdn' }],
  ['fqdn=%ff', {}, { kind: 'malformed', name: 'fqdn' }],
  ['fqdn=%c0%ae', {}, { kind: 'malformed', name: 'fqdn' }],
  ['fqdn=%ed%a0%80', {}, { kind: 'malformed', name: 'fqdn' }],
  ['%ff=a', {}, { kind: 'malformed', name: '%ff' }],
  ['x=1&fqdn=a&fqdn=b', { fqdn: 'a' }, { kind: 'unknown', name: 'x' }],
];
for (const [text, values, fault] of cases) {
  test(`"${text}"`, () => {
    const parsed = parseArguments([text], known, 32);
    assert.deepEqual({ values: Object.fromEntries(parsed.values), fault: parsed.fault }, { values, fault });
  });
}

test('query and form count as one', () => {
  assert.deepEqual(parseArguments(['fqdn=a', 'secret=b'], known, 32), {
    values: new Map([
      ['fqdn', 'a'],
      ['secret', 'b'],
    ]),
    fault: undefined,
  });
  assert.deepEqual(parseArguments(['fqdn=a', 'fqdn=a'], known, 32).fault, { kind: 'repeated', name: 'fqdn' });
});

test('there is a bound', () => {
  assert.equal(parseArguments(['x&'.repeat(3), ''], new Set(['x']), 3).fault?.kind, 'repeated');
  assert.deepEqual(parseArguments(['fqdn=a&secret=b', 'ip_1=c'], known, 2).fault, { kind: 'too-many', most: 2 });
  const afterNothing = parseArguments([`${'&'.repeat(10_000)}fqdn=a&x=1`], known, 2);
  assert.deepEqual(afterNothing, { values: new Map([['fqdn', 'a']]), fault: { kind: 'unknown', name: 'x' } });
});

test('what URLSearchParams writes is read back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ minLength: 1 }), (fqdn, secret) => {
      const { values, fault } = parseArguments([new URLSearchParams({ fqdn, secret }).toString()], known, 32);
      assert.equal(fault, undefined);
      assert.deepEqual(Object.fromEntries(values), { fqdn, secret });
    }),
  );
});

test('it never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseArguments([text], known, 4);
    }),
  );
});
