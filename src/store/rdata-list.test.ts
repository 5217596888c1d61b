import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { packRdatas, unpackRdatas } from './rdata-list.ts';

test('what was packed comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (rdatas) => {
      assert.deepEqual(unpackRdatas(packRdatas(rdatas)), rdatas);
    }),
  );
});

test('a list of two addresses: 0004 c0000201 0004 c0000202', () => {
  const packed = packRdatas([Uint8Array.of(192, 0, 2, 1), Uint8Array.of(192, 0, 2, 2)]);
  assert.equal(Buffer.from(packed).toString('hex'), '0004c00002010004c0000202');
});

test('octets that break off are no list', () => {
  for (const hex of ['00', '0004', '0004c00002', '0000ff'])
    assert.equal(unpackRdatas(Buffer.from(hex, 'hex')), undefined, hex);
});

test('RDATA longer than its length field can say is a mistake', () => {
  assert.throws(() => packRdatas([new Uint8Array(65_536)]), RangeError);
});
