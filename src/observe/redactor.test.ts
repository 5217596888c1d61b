import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Redactor } from './redactor.ts';

test('a secret is taken out wherever it stands', () => {
  const redactor = new Redactor(['12345678', 'tPyvZA==']);
  assert.equal(redactor.redact('/update-by-path/12345678/x and tPyvZA==.'), '/update-by-path/***/x and ***.');
});

test('a secret that became lower-case is found', () => {
  assert.equal(new Redactor(['k7Zq0mN5']).redact('www.k7zq0mn5.example.com'), 'www.***.example.com');
});

test('the longer of two secrets goes first', () => {
  assert.equal(new Redactor(['abcdefgh', 'abcdefghij']).redact('abcdefghij'), '***');
});

test('without secrets the text stays', () => {
  assert.equal(new Redactor([]).redact('anything'), 'anything');
  assert.equal(new Redactor(['']).redact('anything'), 'anything');
});

test('new secrets take the place of the old ones', () => {
  const redactor = new Redactor(['oldsecret']);
  redactor.replaceSecrets(['newsecret']);
  assert.equal(redactor.redact('oldsecret newsecret'), 'oldsecret ***');
});

test('what means something in a regular expression means nothing in a secret', () => {
  assert.equal(new Redactor(['a.c*(|']).redact('abc a.c*(|'), 'abc ***');
});

test('any mixture of plain and percent-encoded characters is found', () => {
  const secret = 'k7Zq0mN5';
  const redactor = new Redactor([secret]);
  const encodings = fc.array(fc.constantFrom('plain', 'lower', 'upper', 'twice'), {
    minLength: secret.length,
    maxLength: secret.length,
  });
  fc.assert(
    fc.property(encodings, (ways) => {
      const text = Array.from(secret, (character, index) => encode(character, ways[index] ?? 'plain')).join('');
      assert.equal(redactor.redact(`x${text}y`), 'x***y');
    }),
  );
});

function encode(character: string, way: string): string {
  const hex = character.charCodeAt(0).toString(16);
  if (way === 'lower') return `%${hex}`;
  if (way === 'upper') return `%${hex.toUpperCase()}`;
  return way === 'twice' ? `%25${hex}` : character;
}

test('a long text of percent signs is no burden', () => {
  const text = '%25'.repeat(20_000);
  assert.equal(new Redactor(['12345678']).redact(text), text);
});

const token = 'dyn0Az4hQpL9sWc7YtVbN2xKfRmJ1u';

test('whatever has the shape of a token is taken out, whoever it belongs to', () => {
  for (const redactor of [new Redactor(), new Redactor(['12345678'])])
    for (const text of [token, token.toLowerCase(), token.toUpperCase()])
      assert.equal(
        redactor.redact(`GET /update-by-path/${text}/www.example.com and x${text}`),
        'GET /update-by-path/***/www.example.com and x***',
      );
});

test('a token with any of its characters percent-encoded is taken out, whatever its case', () => {
  const redactor = new Redactor();
  const ways = fc.array(fc.constantFrom('plain', 'lower', 'upper', 'twice'), {
    minLength: token.length,
    maxLength: token.length,
  });
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const digits = fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength: 27, maxLength: 27 });
  fc.assert(
    fc.property(fc.constantFrom('dyn', 'DYN', 'dYn'), digits, ways, (prefix, rest, chosen) => {
      const text = Array.from(prefix + rest, (character, index) => encode(character, chosen[index] ?? 'plain')).join(
        '',
      );
      assert.equal(redactor.redact(`-${text}-`), '-***-');
    }),
  );
});

test('names that only begin like a token stay', () => {
  for (const text of [
    'dyndns1.dev',
    'dynamic-address-of-the-home-office.example.com',
    token.slice(0, -1),
    '100 % of dyn',
  ])
    assert.equal(new Redactor(['12345678']).redact(text), text);
});
