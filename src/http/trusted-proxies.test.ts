import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../updates/address.ts';
import { TrustedProxies } from './trusted-proxies.ts';

const cases: readonly (readonly [entries: readonly string[], address: string, expected: boolean])[] = [
  [[], '127.0.0.1', false],
  [['127.0.0.1', '::1'], '127.0.0.1', true],
  [['127.0.0.1', '::1'], '127.0.0.2', false],
  [['127.0.0.1', '::1'], '::1', true],
  [['127.0.0.1', '::1'], '::ffff:127.0.0.1', true],
  [['192.0.2.0/24'], '192.0.2.255', true],
  [['192.0.2.0/24'], '192.0.3.0', false],
  [['192.0.2.77/24'], '192.0.2.1', true],
  [['2001:db8::/32'], '2001:db8:ffff::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['0.0.0.0/0'], '203.0.113.1', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['::/0'], '2001:db8::1', true],
];
for (const [entries, text, expected] of cases) {
  test(`${text} is ${expected ? '' : 'not '}among [${entries.join(', ')}]`, () => {
    const address = parseAddress(text);
    assert.ok(address);
    assert.equal(new TrustedProxies(entries).includes(address), expected);
  });
}

for (const entry of [
  '',
  'localhost',
  '192.0.2.0/33',
  '::/129',
  '192.0.2.0/',
  '192.0.2.0/-1',
  '192.0.2/24',
  '::1/1/2',
]) {
  test(`"${entry}" is refused`, () => {
    assert.throws(() => new TrustedProxies([entry]), RangeError);
  });
}
