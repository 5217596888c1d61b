import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeAddressOctets, networkOf, readAddress } from './client-address.ts';

function networkOfText(text: string): string {
  const address = makeAddressOctets();
  readAddress(text, address);
  return networkOf(address);
}

test('one client is an IPv4 address, in whatever form, or the /64 of an IPv6 address', () => {
  assert.equal(networkOfText('192.0.2.1'), 'c0000201');
  assert.equal(networkOfText('::ffff:192.0.2.1'), 'c0000201');
  assert.notEqual(networkOfText('192.0.2.2'), networkOfText('192.0.2.1'));
  assert.equal(networkOfText('2001:db8:0:1::1'), '20010db800000001');
  assert.equal(networkOfText('2001:db8:0:1:ffff::2'), networkOfText('2001:db8:0:1::1'));
  assert.notEqual(networkOfText('2001:db8:0:2::1'), networkOfText('2001:db8:0:1::1'));
});
