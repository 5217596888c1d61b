import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { parseAddress } from './address.ts';
import { isUniqueLocal, joinPrefix } from './interface-id.ts';
import { parsePrefix, type Prefix } from './prefix.ts';

function prefixOf(text: string): Prefix {
  const verdict = parsePrefix(text);
  assert.ok(verdict.kind === 'prefix', text);
  return verdict.prefix;
}

function octetsOf(text: string): Uint8Array {
  const address = parseAddress(text);
  assert.ok(address, text);
  return address.octets;
}

const joined: readonly (readonly [prefix: string, interfaceId: string, address: string])[] = [
  ['2001:db8:1:2::/64', '::21a:2bff:fe3c:4d5e', '2001:db8:1:2:21a:2bff:fe3c:4d5e'],
  ['2001:db8:1:200::/56', '::7:0:0:0:1', '2001:db8:1:207::1'],
  // An ID of 64 bits has subnet 0.
  ['2001:db8:1:200::/56', '::1', '2001:db8:1:200::1'],
  ['2001:db8:1::/48', '::abcd:0:0:0:1', '2001:db8:1:abcd::1'],
  // The bits of the ID where the prefix is count for nothing.
  ['2001:db8:1:2::/64', 'fd00:1:2:3::42', '2001:db8:1:2::42'],
  ['2001:db8:1:2f0::/60', '::f:0:0:0:9', '2001:db8:1:2ff::9'],
  ['2001:db8:1:2f8::/61', '::f:0:0:0:9', '2001:db8:1:2ff::9'],
  ['2000::/3', '3fff:ffff::1', '3fff:ffff::1'],
];

test('a prefix and an interface ID make an address', () => {
  for (const [prefix, interfaceId, address] of joined)
    assert.equal(joinPrefix(prefixOf(prefix), octetsOf(interfaceId)).text, address);
});

test('the bits of the prefix are the prefix’s, all others the machine’s, and again the same', () => {
  const octets = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const bitsOf = (value: Uint8Array) => Array.from(value, (octet) => octet.toString(2).padStart(8, '0')).join('');
  fc.assert(
    fc.property(octets, octets, fc.integer({ min: 1, max: 64 }), (network, interfaceId, length) => {
      // 001: what is delegated is global unicast (RFC 4291 §2.4), so that nothing is taken for a mapped address.
      const bits = `001${bitsOf(network).slice(3)}`.slice(0, length).padEnd(128, '0');
      const cleared = Uint8Array.from({ length: 16 }, (_, index) => parseInt(bits.slice(index * 8, index * 8 + 8), 2));
      fc.pre(length >= 3);
      const prefix: Prefix = { octets: cleared, length, text: '' };
      const address = joinPrefix(prefix, interfaceId);
      assert.equal(bitsOf(address.octets), bits.slice(0, length) + bitsOf(interfaceId).slice(length));
      assert.equal(joinPrefix(prefix, address.octets).text, address.text);
    }),
  );
});

test('a site’s own addresses are known', () => {
  for (const text of ['fc00::1', 'fd12:3456::1', 'fdff:ffff::'])
    assert.equal(isUniqueLocal(octetsOf(text)), true, text);
  for (const text of ['fe00::1', 'fe80::1', '2001:db8::1', '192.0.2.1'])
    assert.equal(isUniqueLocal(octetsOf(text)), false, text);
});

test('a prefix is read strictly', () => {
  const verdicts = {
    '2001:db8:1::/56': 'prefix',
    '2001:DB8:1:0::/64': 'prefix',
    '::/1': 'prefix',
    '2001:db8::1/128': 'address',
    '2001:db8::1/64': 'invalid',
    '2001:db8::/65': 'invalid',
    '2001:db8::/0': 'invalid',
    '192.0.2.0/24': 'invalid',
    '2001:db8::': 'invalid',
    '2001:db8::/': 'invalid',
    '2001:db8::/56/1': 'invalid',
    '/56': 'invalid',
  };
  for (const [text, kind] of Object.entries(verdicts)) assert.equal(parsePrefix(text).kind, kind, text);
  const verdict = parsePrefix('2001:DB8:1:200::/56');
  assert.ok(verdict.kind === 'prefix');
  assert.equal(verdict.prefix.text, '2001:db8:1:200::/56');
});
