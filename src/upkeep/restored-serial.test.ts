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
  assert.equal(restoredSerial(known(5), now).serial, now);
  assert.equal(restoredSerial(known(now + 5, now + 9, now + 7), now).serial, now + 10);
  assert.equal(restoredSerial(known(2026112601, 2026112655), now).serial, 2026112656);
  // Beyond the end of the circle comes its beginning, and never 0.
  assert.equal(restoredSerial(known(0xffff_fffe, 0xffff_ffff), 0xffff_fff0).serial, 1);
});

test('what lies within half the circle is always left behind', () => {
  const ahead = fc.array(fc.integer({ min: 0, max: 0x3fff_ffff }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), ahead, fc.nat(0xffff_ffff), (first, steps, unixSeconds) => {
      const serials = known(first, ...steps.map((step) => (first + step) >>> 0));
      const { serial, notAbove } = restoredSerial(serials, (first + (unixSeconds % 0x3fff_ffff)) >>> 0);
      assert.deepEqual(notAbove, []);
      assert.ok(serials.every((each) => isSerialGreater(serial, each.serial)));
      assert.notEqual(serial, 0);
    }),
  );
});

test("the operator's word counts, and who does not take it for newer is named", () => {
  const { serial, notAbove } = restoredSerial(known(10, 20), now, { forced: 15 });
  assert.equal(serial, 15);
  assert.deepEqual(notAbove, [{ serial: 20, holder: 'holder 1' }]);
});

test('a secondary that has gone astray by half the circle is named', () => {
  const { serial, notAbove } = restoredSerial(known(now + 1, (now + 0x8000_0001) >>> 0), now);
  assert.equal(serial, now + 2);
  assert.deepEqual(
    notAbove.map(({ holder }) => holder),
    ['holder 1'],
  );
});

test('where somebody was not heard, a serial that is written as a date goes far ahead of the backup', () => {
  const date = 2_026_112_509;
  const day = 86_400;
  const unheard = { serialInBackup: date, secondsSince: day };
  assert.deepEqual(restoredSerial(known(date), now, { unheard }), {
    serial: date + day + 1_000_000,
    notAbove: [],
    isEstimated: true,
  });
  // The time is further ahead, and a date in the future is none to go back from.
  assert.equal(restoredSerial(known(5), now, { unheard: { serialInBackup: 5, secondsSince: day } }).serial, now);
  const early = restoredSerial(known(date), now, { unheard: { serialInBackup: date, secondsSince: -day } });
  assert.equal(early.serial, date + 1_000_000);
  // What a secondary says counts where it is more.
  assert.equal(restoredSerial(known(date, date + 2_000_000), now, { unheard }).serial, date + 2_000_001);
  const { serial, isEstimated } = restoredSerial(known(date), now, { unheard, forced: 7 });
  assert.deepEqual([serial, isEstimated], [7, false]);
  const [end] = [0xffff_ff00];
  const wrapped = restoredSerial(known(end), 0xffff_ff00, { unheard: { serialInBackup: end, secondsSince: 0 } });
  assert.ok(isSerialGreater(wrapped.serial, end) && wrapped.serial < 1_000_000);
});
