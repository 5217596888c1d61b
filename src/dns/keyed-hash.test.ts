import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type HashName, KeyedHash } from './keyed-hash.ts';

const hashNames: readonly HashName[] = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

test('the MAC is the one that OpenSSL computes, for keys and messages of any length', () => {
  const octets = (most: number) => fc.uint8Array({ maxLength: most });
  fc.assert(
    fc.property(
      fc.constantFrom(...hashNames),
      octets(300),
      fc.array(octets(700), { maxLength: 5 }),
      (name, key, parts) => {
        const keyed = new KeyedHash(name, key);
        const expected = createHmac(name, key).update(Buffer.concat(parts)).digest();
        assert.deepEqual(Buffer.from(keyed.macOf(parts)), expected);
        assert.deepEqual(Buffer.from(keyed.macOf(parts)), expected, 'the second time');
      },
    ),
  );
});

test('RFC 4231 §4.2, test case 1', () => {
  const mac = new KeyedHash('sha256', Buffer.alloc(20, 0x0b)).macOf([Buffer.from('Hi There')]);
  assert.equal(Buffer.from(mac).toString('hex'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7');
});

test('a result stays the same when the next one is computed', () => {
  const keyed = new KeyedHash('sha512', Buffer.from('key'));
  const first = keyed.macOf([Buffer.from('one')]);
  const copy = Uint8Array.from(first);
  keyed.macOf([Buffer.from('two')]);
  assert.deepEqual(Uint8Array.from(first), copy);
});
