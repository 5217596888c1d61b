import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SerialWitness } from './serial-witness.ts';

/** A primary that tells these serials, one after the other, and then the last one for ever. */
function telling(...serials: readonly (number | undefined)[]) {
  let asked = 0;
  const witness = new SerialWitness(() => Promise.resolve(serials[Math.min(asked++, serials.length - 1)]));
  return { witness, asked: () => asked };
}

test('before anything was told, nothing is vouched for, and nobody is asked in vain', async () => {
  const { witness, asked } = telling(7);
  assert.equal(witness.lastTold, undefined);
  assert.equal(await witness.isStillAt(7, 0), false);
  assert.equal(asked(), 0);
});

test('what was told is vouched for as long as the primary, asked again, says the same', async () => {
  const { witness, asked } = telling(7, 7, 8);
  witness.enquire(0);
  await new Promise(setImmediate);
  assert.equal(witness.lastTold, 7);
  assert.equal(await witness.isStillAt(7, 0), true);
  assert.equal(await witness.isStillAt(7, 0), false);
  assert.equal(witness.lastTold, 8);
  assert.equal(await witness.isStillAt(7, 0), false);
  assert.equal(asked(), 3, 'once it has moved on, an old serial is not worth a question');
});

test('an update of ours, and a question without an answer, leave nothing to vouch with', async () => {
  const { witness } = telling(7, undefined);
  witness.enquire(0);
  await new Promise(setImmediate);
  witness.mayHaveMoved();
  assert.equal(await witness.isStillAt(7, 0), false);
  witness.enquire(0);
  await new Promise(setImmediate);
  assert.equal(await witness.isStillAt(7, 0), false);
});
