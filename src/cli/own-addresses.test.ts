import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { ownPublicAddresses } from './own-addresses.ts';

function info(address: string, internal = false): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const loopback = [info('127.0.0.1', true), info('::1', true)];

function found(addresses: readonly string[]): unknown {
  const own = ownPublicAddresses({ lo: loopback, eth0: addresses.map((address) => info(address)), wlan0: undefined });
  return own.kind === 'found' ? [own.ipv4?.text, own.ipv6?.text] : own.reason;
}

test('one of each family', () => {
  assert.deepEqual(found(['203.0.113.7', 'fe80::1', '2001:db8::7']), ['203.0.113.7', '2001:db8::7']);
});

test('behind a router only the IPv6 address is public', () => {
  assert.deepEqual(found(['192.168.1.7', 'fd00::7', '2001:db8::7']), [undefined, '2001:db8::7']);
});

test('the same address on two interfaces is one', () => {
  assert.deepEqual(found(['203.0.113.7', '203.0.113.7']), ['203.0.113.7', undefined]);
});

test('none at all', () => {
  assert.match(String(found(['10.0.0.1', '100.64.0.1', '169.254.1.1', 'fe80::1'])), /no public address of its own/);
});

test('several of a family: all are told, in numeric order', () => {
  assert.equal(
    found(['203.0.113.7', '2001:db8::10', '2001:db8::9']),
    'this machine has several public IPv6 addresses (2001:db8::9, 2001:db8::10); name the one to set',
  );
  assert.match(String(found(['203.0.113.7', '198.51.100.1'])), /several public IPv4 addresses \(198\.51\.100\.1, 203/);
});
