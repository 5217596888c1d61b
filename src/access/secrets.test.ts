import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SecretSet } from './secrets.ts';

test('the right secret is taken', () => {
  assert.equal(new SecretSet(['12345678']).matches('12345678'), true);
});

test('with two secrets both are taken, and nothing between them', () => {
  const secrets = new SecretSet(['oldsecret1', 'newsecret2']);
  assert.deepEqual(
    ['oldsecret1', 'newsecret2', 'oldsecret1newsecret2', 'oldsecret2', ''].map((text) => secrets.matches(text)),
    [true, true, false, false, false],
  );
});

test('the same secret twice is still taken', () => {
  const secrets = new SecretSet(['12345678', '12345678']);
  assert.equal(secrets.matches('12345678'), true);
  assert.equal(secrets.matches('12345679'), false);
});

test('nothing but the secret itself is taken', () => {
  const secrets = new SecretSet(['a1b2c3d4e5']);
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(secrets.matches(text), text === 'a1b2c3d4e5');
    }),
  );
  for (const near of ['A1B2C3D4E5', 'a1b2c3d4e', 'a1b2c3d4e5 ', ' a1b2c3d4e5', 'a1b2c3d4e5\0', 'a1b2c3d4e\u0665'])
    assert.equal(secrets.matches(near), false, JSON.stringify(near));
});

test('two credentials of one request are compared as a whole', () => {
  const secrets = new SecretSet(['a1b2c3d4e5']);
  assert.equal(secrets.areSame('x', 'x'), true);
  assert.equal(secrets.areSame('x', 'xx'), false);
});

test('no secret, too many and an empty one are refused', () => {
  assert.throws(() => new SecretSet([]), RangeError);
  assert.throws(() => new SecretSet(['a', 'b', 'c']), RangeError);
  assert.throws(() => new SecretSet(['']), RangeError);
});
