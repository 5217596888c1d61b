import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { digestOf, idOctets, secretOctets, secretShape, secretText, tokenId } from './token-secret.ts';

const octets = fc.uint8Array({ minLength: secretOctets, maxLength: secretOctets });

test('a secret has 30 letters and digits, and the octets can be counted back from it', () => {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  fc.assert(
    fc.property(octets, (random) => {
      const text = secretText(random);
      assert.match(text, /^dyn[0-9A-Za-z]{27}$/);
      const number = text
        .slice(3)
        .split('')
        .reduce((sum, digit) => sum * 62n + BigInt(digits.indexOf(digit)), 0n);
      assert.equal(number.toString(16).padStart(2 * secretOctets, '0'), Buffer.from(random).toString('hex'));
    }),
    { numRuns: 2000 },
  );
});

test('the smallest and the largest secret', () => {
  assert.equal(secretText(new Uint8Array(20)), `dyn${'0'.repeat(27)}`);
  assert.equal(secretText(new Uint8Array(20).fill(255)).length, 30);
  assert.throws(() => secretText(new Uint8Array(19)), RangeError);
});

test('a secret is known wherever it stands, in any case', () => {
  const secret = secretText(Uint8Array.from({ length: 20 }, (_, index) => index * 11));
  for (const around of ['', 'token=', '"', 'user%3A', 'x', '_', '/'])
    for (const each of [secret, secret.toLowerCase(), secret.toUpperCase()])
      assert.equal(`${around}${each}%20`.replace(secretShape, '…'), `${around}…%20`);
  assert.doesNotMatch('dyndns.example.com is a dynamic name of 30 letters', secretShape);
});

test('an ID has ten letters and digits of base32', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: idOctets, maxLength: idOctets }), (random) => {
      assert.match(tokenId(random), /^[a-z2-7]{10}$/);
    }),
  );
  assert.notEqual(tokenId(Uint8Array.of(0, 0, 0, 0, 0, 0, 1)), tokenId(Uint8Array.of(0, 0, 0, 0, 0, 0, 2)));
});

test('what is kept of a secret is its SHA-256 (FIPS 180-4, "abc")', () => {
  assert.equal(digestOf('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
