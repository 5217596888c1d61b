import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseNetwork } from './scope-text.ts';
import { commonNetworks } from './scope.ts';

test('what is in both lists of networks, and in no other place', () => {
  const common = (a: readonly string[], b: readonly string[]) =>
    commonNetworks(a.map(networkIn), b.map(networkIn))?.map(({ address, length }) => `${address.text}/${length}`);
  assert.deepEqual(common([], []), []);
  assert.deepEqual(common(['192.0.2.0/24'], []), ['192.0.2.0/24']);
  assert.deepEqual(common([], ['192.0.2.0/24']), ['192.0.2.0/24']);
  assert.deepEqual(common(['192.0.2.0/24'], ['0.0.0.0/0', '::/0']), ['192.0.2.0/24']);
  assert.deepEqual(common(['192.0.0.0/16', '2001:db8::/32'], ['192.0.2.0/24', '192.0.3.0/24']), [
    '192.0.2.0/24',
    '192.0.3.0/24',
  ]);
  assert.equal(common(['192.0.2.0/24'], ['198.51.100.0/24', '2001:db8::/32']), undefined);
});

function networkIn(text: string) {
  const read = parseNetwork(text);
  assert.ok(read.kind === 'value', text);
  return read.value;
}
