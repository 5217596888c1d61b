import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ClientAddress, findClientAddress } from './client-address.ts';
import { TrustedProxies } from './trusted-proxies.ts';

const proxies = new TrustedProxies(['127.0.0.1', '::1', '192.0.2.0/28']);

function word(client: ClientAddress): string {
  if (client.kind === 'unknown') return 'unknown';
  return client.isTrustedProxy ? `proxy ${client.address.text}` : client.address.text;
}

const cases: readonly (readonly [
  name: string,
  peer: string | undefined,
  header: string | undefined,
  expected: string,
])[] = [
  ['the peer itself', '203.0.113.5', undefined, '203.0.113.5'],
  ['an untrusted peer may write what it likes', '203.0.113.5', '198.51.100.1', '203.0.113.5'],
  ['an IPv4-mapped peer', '::ffff:203.0.113.5', undefined, '203.0.113.5'],
  ['a trusted IPv4-mapped peer', '::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['a peer with a zone index', 'fe80::1%eth0', undefined, 'fe80::1'],
  ['a trusted peer that says nothing', '127.0.0.1', undefined, 'proxy 127.0.0.1'],
  ['a trusted peer that says an empty word', '127.0.0.1', ' ', 'proxy 127.0.0.1'],
  ['one hop', '127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['one hop of the other version', '::1', '2001:db8::7', '2001:db8::7'],
  ['the right-most untrusted hop', '127.0.0.1', '8.8.8.8, 198.51.100.1, 192.0.2.3', '198.51.100.1'],
  ['what a client forged stays on the left', '127.0.0.1', '10.0.0.1,198.51.100.1', '198.51.100.1'],
  ['a forged trusted address stays on the left too', '127.0.0.1', '127.0.0.1, 198.51.100.1', '198.51.100.1'],
  ['proxies all the way', '127.0.0.1', '192.0.2.1, 192.0.2.2', 'proxy 192.0.2.1'],
  ['garbage on the left of the client is not looked at', '127.0.0.1', 'garbage, 198.51.100.1', '198.51.100.1'],
  ['garbage on the right stops the walk', '127.0.0.1', '198.51.100.1, garbage', 'unknown'],
  ['garbage between trusted hops stops the walk', '127.0.0.1', '198.51.100.1, unknown, 192.0.2.2', 'unknown'],
  ['an empty entry is garbage', '127.0.0.1', '198.51.100.1,', 'unknown'],
  ['an obfuscated entry is garbage', '127.0.0.1', '_hidden', 'unknown'],
  ['IPv4 with a port', '127.0.0.1', '198.51.100.1:5678', '198.51.100.1'],
  ['IPv6 in brackets', '127.0.0.1', '[2001:db8::7]', '2001:db8::7'],
  ['IPv6 with a port', '127.0.0.1', '[2001:db8::7]:443', '2001:db8::7'],
  ['IPv4 in brackets is garbage', '127.0.0.1', '[198.51.100.1]:443', 'unknown'],
  ['an IPv4-mapped hop', '127.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
  ['an IPv4-mapped trusted hop', '127.0.0.1', '198.51.100.1, ::ffff:192.0.2.1', '198.51.100.1'],
  ['a hop with a zone index', '127.0.0.1', 'fe80::1%25eth0', 'fe80::1'],
  ['a zone index on IPv4 is garbage', '127.0.0.1', '198.51.100.1%eth0', 'unknown'],
  ['leading zeros are garbage', '127.0.0.1', '198.051.100.001', 'unknown'],
  ['a port that is too long is garbage', '127.0.0.1', '198.51.100.1:123456', 'unknown'],
  ['quotes are garbage', '127.0.0.1', '"198.51.100.1"', 'unknown'],
  ['a closed socket', undefined, undefined, 'unknown'],
  ['51 hops', '127.0.0.1', Array(51).fill('192.0.2.1').join(','), 'unknown'],
  ['50 hops', '127.0.0.1', Array(50).fill('192.0.2.1').join(','), 'proxy 192.0.2.1'],
];
for (const [name, peer, header, expected] of cases) {
  test(`${name}: ${expected}`, () => {
    assert.equal(word(findClientAddress(peer, header, proxies)), expected);
  });
}

test('nothing that stands left of an untrusted hop matters', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (left) => {
      fc.pre(left.split(',').length < 40);
      assert.equal(word(findClientAddress('127.0.0.1', `${left},198.51.100.1`, proxies)), '198.51.100.1');
    }),
  );
});
