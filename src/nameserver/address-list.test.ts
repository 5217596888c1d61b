import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AddressList } from './address-list.ts';

test('addresses and networks of both families, and IPv4 in IPv6', () => {
  const list = new AddressList(['192.0.2.1', '198.51.100.0/24', '2001:db8::/32', '::1']);
  for (const address of ['192.0.2.1', '198.51.100.255', '::ffff:192.0.2.1', '2001:db8:1::1', '2001:DB8::', '::1'])
    assert.ok(list.has(address), address);
  for (const address of ['192.0.2.2', '198.51.101.0', '2001:db9::', '::2', '::ffff:192.0.2.2', '', 'localhost'])
    assert.ok(!list.has(address), address);
});

test('an interface does not matter, an empty list has nobody, and /0 everybody of a family', () => {
  assert.ok(new AddressList(['fe80::/10']).has('fe80::1%eth0'));
  assert.ok(!new AddressList([]).has('127.0.0.1'));
  const everybody = new AddressList(['0.0.0.0/0']);
  assert.ok(everybody.has('203.0.113.9') && !everybody.has('2001:db8::1'));
});

test('what is no network is a mistake of whoever has checked the configuration', () => {
  assert.throws(() => new AddressList(['example.test']), /neither an address nor a network/);
});
