import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseAddress } from './address.ts';
import { publicOnly } from './public-addresses.ts';

const reachable = [
  '1.1.1.1',
  '192.0.0.9',
  '192.0.0.10',
  '192.0.1.1',
  '198.17.255.255',
  '198.20.0.1',
  '223.255.255.255',
  '100.128.0.1',
  '2a00:1450:4001::1',
  '2001:200::1',
  '2001:1::1',
  '2001:3::1',
  '2001:4:112::1',
  '2001:20::1',
  '2620:4f:8000::1',
  '3fff:ffff::1',
  '64:ff9b::101:101',
  '2002:101:101::1',
  // Documentation, so that examples can be tried.
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '2001:db8::1',
];

const unreachable = [
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '192.0.0.1',
  '192.0.0.170',
  '198.18.0.1',
  '198.19.255.255',
  '240.0.0.1',
  '255.255.255.254',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::a00:1',
  '64:ff9b::f000:1',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::1',
  '2002:a00:1::1',
  '100::1',
  '2001::1',
  '2001:1::4',
  '2001:2::1',
  '2001:10::1',
  '2001:1ff:ffff::1',
  '4000::1',
  '5f00::1',
  'fd00::1',
];

test('only what everybody can reach passes where addresses are public', () => {
  for (const [texts, kind] of [
    [reachable, 'granted'],
    [unreachable, 'refused'],
  ] as const)
    for (const text of texts) {
      const address = parseAddress(text);
      assert.ok(address, text);
      assert.equal(publicOnly(address).kind, kind, text);
    }
});
