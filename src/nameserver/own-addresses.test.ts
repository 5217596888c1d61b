import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';

import { ownAddresses, wildcardFamily } from './own-addresses.ts';

function interfaceWith(address: string): NetworkInterfaceInfo {
  const rest = { address, netmask: '', mac: '', internal: false, cidr: null };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
}

test('every address counts once, loopback too, and none that means something on its link alone', () => {
  const interfaces = {
    lo: ['127.0.0.1', '::1', '192.0.2.7'].map(interfaceWith),
    eth0: ['192.0.2.7', '192.0.2.8', '169.254.3.4', 'fe80::1', 'febf::1', '2001:db8::1', 'fd00::1'].map(interfaceWith),
    gone: undefined,
  };
  assert.deepEqual([...ownAddresses(interfaces, 4)], ['127.0.0.1', '192.0.2.7', '192.0.2.8']);
  assert.deepEqual([...ownAddresses(interfaces, 6)], ['::1', '2001:db8::1', 'fd00::1']);
});

test('a wildcard address is one in every form', () => {
  for (const address of ['::', '0:0:0:0:0:0:0:0', '::0']) assert.equal(wildcardFamily(address), 6);
  assert.equal(wildcardFamily('0.0.0.0'), 4);
  for (const address of ['::1', '127.0.0.1', '0.0.0.1', '2001:db8::']) assert.equal(wildcardFamily(address), undefined);
});
