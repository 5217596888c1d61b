import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { isSerialGreater, nextSerial, serialAboveBoth } from './serial.ts';

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

test('a serial above both is there wherever they are not half the circle apart', () => {
  const steps = fc.oneof(fc.integer({ min: 0, max: 0x7fff_fffc }), fc.integer({ min: 0x8000_0004, max: 0xffff_ffff }));
  fc.assert(
    fc.property(serial, steps, (a, ahead) => {
      const b = (a + ahead) >>> 0;
      const above = serialAboveBoth(a, b);
      assert.ok(above !== undefined && above !== 0, `${a} ${b}`);
      assert.ok(isSerialGreater(above, a) && isSerialGreater(above, b), `${a} ${b} ${above}`);
    }),
  );
  assert.equal(serialAboveBoth(5, 5 + 0x8000_0000), undefined);
  assert.equal(serialAboveBoth(5, 5 + 0x7fff_ffff), undefined);
});
