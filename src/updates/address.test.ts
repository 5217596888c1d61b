import assert from 'node:assert/strict';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { test } from 'node:test';

import fc from 'fast-check';

import { addressFromOctets, addressScope, compareAddresses, judgeAddress, parseAddress } from './address.ts';

const octetArray = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** Octets in which runs of zeros are likely, so that `::` is tried in every place. */
const ipv6Octets = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])));

test('the text of an address reads back as the same address', () => {
  fc.assert(
    fc.property(fc.oneof(octetArray(4), octetArray(16), ipv6Octets), (octets) => {
      const address = addressFromOctets(octets);
      assert.deepEqual(parseAddress(address.text), address);
    }),
  );
});

test('the text of an IPv6 address is the one that the operating system prints (RFC 5952)', () => {
  fc.assert(
    fc.property(ipv6Octets, (octets) => {
      const hex = Array.from({ length: 8 }, (_, i) =>
        Buffer.from(octets)
          .readUInt16BE(i * 2)
          .toString(16),
      ).join(':');
      const { text, family } = addressFromOctets(octets);
      // The system writes ::/96 in dotted decimal, which RFC 5952 §5 leaves open; we write groups.
      if (family === 6 && octets.subarray(0, 12).some((octet) => octet !== 0))
        assert.equal(text, new SocketAddress({ family: 'ipv6', address: hex }).address);
    }),
  );
});

test('exactly what the operating system takes for an address is one, zone indices aside', () => {
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefg.:%/ x'.split('')), maxLength: 24 }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const expected = (isIPv4(text) || isIPv6(text)) && !text.includes('%');
      assert.equal(parseAddress(text) !== undefined, expected, text);
    }),
    { numRuns: 3000 },
  );
});

test('near misses are no addresses', () => {
  const misses = ['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', ' 1.2.3.4', '1.2.3.4\n', '0x1.2.3.4', '16909060'];
  const ipv6Misses = [':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1%lo', '[::1]', '12345::', 'g::'];
  const mixedMisses = ['::1.2.3', '1.2.3.4::', '1:2:3:4:5:6:7:8::', '::1.2.3.4:5', '1::2:3:4:5:6:7:8', '１.2.3.4'];
  for (const text of [...misses, ...ipv6Misses, ...mixedMisses]) assert.equal(parseAddress(text), undefined, text);
});

test('an IPv4-mapped IPv6 address is the IPv4 address in it', () => {
  assert.deepEqual(parseAddress('::ffff:192.0.2.7'), parseAddress('192.0.2.7'));
  assert.deepEqual(parseAddress('::FFFF:c000:0207'), parseAddress('192.0.2.7'));
});

test('addresses are told apart by what they are for', () => {
  const scopes = {
    '0.0.0.0': 'unspecified',
    '0.1.2.3': 'unspecified',
    '127.0.0.1': 'loopback',
    '169.254.1.1': 'link-local',
    '224.0.0.1': 'multicast',
    '239.255.255.255': 'multicast',
    '255.255.255.255': 'broadcast',
    '10.0.0.1': 'private',
    '172.16.0.1': 'private',
    '172.31.255.255': 'private',
    '172.32.0.1': 'global',
    '192.168.1.1': 'private',
    '100.64.0.1': 'carrier-grade-nat',
    '100.127.255.255': 'carrier-grade-nat',
    '100.128.0.1': 'global',
    '192.0.2.1': 'global',
    '203.0.113.1': 'global',
    '::': 'unspecified',
    '::1': 'loopback',
    'fe80::1': 'link-local',
    'febf::1': 'link-local',
    'fec0::1': 'private',
    'fd00::1': 'private',
    'ff02::1': 'multicast',
    '2001:db8::1': 'global',
    '::ffff:10.0.0.1': 'private',
  } as const;
  for (const [text, scope] of Object.entries(scopes)) {
    const address = parseAddress(text);
    assert.ok(address, text);
    assert.equal(addressScope(address), scope, text);
  }
});

test('what nobody can be reached at is refused, whoever names it', () => {
  for (const text of ['0.0.0.0', '224.0.0.1', '169.254.3.4', '255.255.255.255', '::', 'ff02::1', 'fe80::1']) {
    const address = parseAddress(text);
    assert.ok(address);
    assert.equal(judgeAddress(address, 'explicit').kind, 'refused', text);
    assert.equal(judgeAddress(address, 'connection').kind, 'refused', text);
  }
});

test('an address from the connection is doubted more than one that was written down', () => {
  const judge = (text: string, ...rest: ['explicit' | 'connection', boolean?]) => {
    const address = parseAddress(text);
    assert.ok(address);
    return judgeAddress(address, ...rest);
  };
  assert.deepEqual(judge('127.0.0.1', 'explicit'), { kind: 'taken' });
  assert.equal(judge('127.0.0.1', 'connection').kind, 'refused');
  assert.equal(judge('::1', 'connection').kind, 'refused');
  assert.deepEqual(judge('192.168.1.5', 'explicit'), { kind: 'taken' });
  const doubted = judge('192.168.1.5', 'connection');
  assert.ok(doubted.kind === 'taken' && doubted.warning?.includes('192.168.1.5'));
  assert.equal(judge('192.168.1.5', 'connection', true).kind, 'refused');
  assert.equal(judge('198.51.100.1', 'connection', true).kind, 'refused');
  assert.deepEqual(judge('198.51.100.1', 'connection'), { kind: 'taken' });
});

test('addresses are ordered as numbers, IPv4 first', () => {
  const texts = ['::1', '10.0.0.2', '9.255.0.1', '2001:db8::', '10.0.0.10'];
  const sorted = texts.flatMap((text) => parseAddress(text) ?? []).toSorted(compareAddresses);
  assert.deepEqual(
    sorted.map(({ text }) => text),
    ['9.255.0.1', '10.0.0.2', '10.0.0.10', '::1', '2001:db8::'],
  );
});
