import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { isSerialGreater, nextSerial } from './serial.ts';

const serial = fc.integer({ min: 0, max: 0xffff_ffff });

test('serials compare in a circle (RFC 1982 §3.2, §5)', () => {
  const greater: readonly (readonly [number, number])[] = [
    [1, 0],
    [44, 0],
    [100, 44],
    [0x7fff_ffff, 0],
    [0, 0xffff_ffff],
    [5, 0xffff_fff0],
    [0x8000_0000, 1],
    [0xffff_ffff, 0x8000_0000],
  ];
  for (const [a, b] of greater) {
    assert.ok(isSerialGreater(a, b), `${a} > ${b}`);
    assert.ok(!isSerialGreater(b, a), `not ${b} > ${a}`);
  }
});

test('of two that are half the circle apart neither is greater', () => {
  fc.assert(
    fc.property(serial, (a) => {
      const b = (a + 0x8000_0000) >>> 0;
      assert.ok(!isSerialGreater(a, b) && !isSerialGreater(b, a) && !isSerialGreater(a, a));
    }),
  );
});

test('the next one is greater and never 0 (RFC 2136 §7.11)', () => {
  assert.deepEqual([0, 1, 0xffff_fffe, 0xffff_ffff].map(nextSerial), [1, 2, 0xffff_ffff, 1]);
  fc.assert(fc.property(serial, (a) => isSerialGreater(nextSerial(a), a) && nextSerial(a) !== 0));
});
