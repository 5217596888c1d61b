import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseTransferPlace } from './transfer-source.ts';

test('a place to transfer from is an address or a name, with a port or without', () => {
  const right: readonly (readonly [string, string, number])[] = [
    ['192.0.2.53', '192.0.2.53', 53],
    ['192.0.2.53:5300', '192.0.2.53', 5300],
    ['2001:db8::53', '2001:db8::53', 53],
    ['[2001:db8::53]', '2001:db8::53', 53],
    ['[2001:db8::53]:5300', '2001:db8::53', 5300],
    ['ns1.example.com', 'ns1.example.com', 53],
    ['ns1.example.com:53', 'ns1.example.com', 53],
  ];
  for (const [written, address, port] of right) assert.deepEqual(parseTransferPlace(written), { address, port });
  for (const written of [
    '',
    ':53',
    '192.0.2.53:0',
    '192.0.2.53:65536',
    '[192.0.2.53]:53',
    '[::1',
    'a b',
    'a:b:c',
    '-o:x',
  ])
    assert.equal(parseTransferPlace(written), undefined, written);
});
