import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { isSerialGreater } from '../zone/serial.ts';
import { restoredSerial } from './restored-serial.ts';

const now = 1_800_000_000;
const known = (...serials: readonly [number, ...number[]]) => {
  const [first, ...others] = serials.map((serial, index) => ({ serial, holder: `holder ${index}` }));
  assert.ok(first);
  return [first, ...others] as const;
};

test('a restored zone is newer than all that anybody has, and than the time', () => {
  assert.equal(restoredSerial(known(5), now, undefined).serial, now);
  assert.equal(restoredSerial(known(now + 5, now + 9, now + 7), now, undefined).serial, now + 10);
  assert.equal(restoredSerial(known(2026112601, 2026112655), now, undefined).serial, 2026112656);
  // Beyond the end of the circle comes its beginning, and never 0.
  assert.equal(restoredSerial(known(0xffff_fffe, 0xffff_ffff), 0xffff_fff0, undefined).serial, 1);
});

test('what lies within half the circle is always left behind', () => {
  const ahead = fc.array(fc.integer({ min: 0, max: 0x3fff_ffff }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), ahead, fc.nat(0xffff_ffff), (first, steps, unixSeconds) => {
      const serials = known(first, ...steps.map((step) => (first + step) >>> 0));
      const { serial, notAbove } = restoredSerial(serials, (first + (unixSeconds % 0x3fff_ffff)) >>> 0, undefined);
      assert.deepEqual(notAbove, []);
      assert.ok(serials.every((each) => isSerialGreater(serial, each.serial)));
      assert.notEqual(serial, 0);
    }),
  );
});

test("the operator's word counts, and who does not take it for newer is named", () => {
  const { serial, notAbove } = restoredSerial(known(10, 20), now, 15);
  assert.equal(serial, 15);
  assert.deepEqual(notAbove, [{ serial: 20, holder: 'holder 1' }]);
});

test('a secondary that has gone astray by half the circle is named', () => {
  const { serial, notAbove } = restoredSerial(known(now + 1, (now + 0x8000_0001) >>> 0), now, undefined);
  assert.equal(serial, now + 2);
  assert.deepEqual(
    notAbove.map(({ holder }) => holder),
    ['holder 1'],
  );
});
