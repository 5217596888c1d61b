import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { decryptSecret, encryptSecret, keyFileOctets, nonceOctets } from './key-encryption.ts';

const octetsOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const secrets = fc.uint8Array({ minLength: 1, maxLength: 64 });
const key = new Uint8Array(keyFileOctets).fill(7);
const nonce = new Uint8Array(nonceOctets).fill(9);

test('AES-256-GCM as it is specified (test case 14 of the GCM specification, without associated data)', () => {
  const encrypted = encryptSecret(new Uint8Array(16), new Uint8Array(32), new Uint8Array(12), '');
  const expected = `${'00'.repeat(12)}cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919`;
  assert.equal(Buffer.from(encrypted, 'base64').toString('hex'), expected);
});

test('what is encrypted comes back', () => {
  fc.assert(
    fc.property(secrets, octetsOf(keyFileOctets), octetsOf(nonceOctets), fc.string(), (secret, own, random, about) => {
      const encrypted = encryptSecret(secret, own, random, about);
      assert.deepEqual(Buffer.from(decryptSecret(encrypted, own, about) ?? []), Buffer.from(secret));
    }),
    { numRuns: 500 },
  );
});

test('with another key, for another token, or with any bit altered it does not', () => {
  const encrypted = encryptSecret(Buffer.from('a secret'), key, nonce, 'aaaaaaaaaa');
  assert.equal(decryptSecret(encrypted, new Uint8Array(keyFileOctets).fill(8), 'aaaaaaaaaa'), undefined);
  assert.equal(decryptSecret(encrypted, key, 'aaaaaaaaab'), undefined);
  const octets = Buffer.from(encrypted, 'base64');
  for (let bit = 0; bit < octets.length * 8; bit += 1) {
    const altered = Buffer.from(octets);
    altered[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(decryptSecret(altered.toString('base64'), key, 'aaaaaaaaaa'), undefined, `bit ${bit}`);
  }
});

test('what is too short, or no base64, is refused', () => {
  const encrypted = encryptSecret(Buffer.from('a secret'), key, nonce, '');
  for (let length = 0; length < encrypted.length - 4; length += 1)
    assert.equal(decryptSecret(encrypted.slice(0, length), key, ''), undefined);
  assert.equal(decryptSecret('§'.repeat(80), key, ''), undefined);
});
