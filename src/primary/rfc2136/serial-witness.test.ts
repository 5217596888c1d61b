import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SerialWitness } from './serial-witness.ts';

interface World {
  serial: number | undefined;
  lostConnections: number;
  unixSeconds: number;
  asked: number;
}

/** A primary of this serial, and what the witness makes of it. */
function openWitness(serial = 7) {
  const world: World = { serial, lostConnections: 0, unixSeconds: 1_800_000_000, asked: 0 };
  const witness = new SerialWitness({
    ask: () => {
      world.asked += 1;
      return Promise.resolve(world.serial);
    },
    lostConnections: () => world.lostConnections,
    unixSeconds: () => world.unixSeconds,
  });
  /** An update of ours, which raises the serial by so much, and the question after it. */
  const update = async (by: number) => {
    await witness.learn(0);
    world.serial = (world.serial ?? 0) + by;
    witness.hasToMove();
    await enquire();
  };
  const enquire = async () => {
    witness.enquire(0);
    await new Promise(setImmediate);
  };
  return { world, witness, update, enquire };
}

test('a serial that was never seen to rise vouches for nothing', async () => {
  const { world, witness, enquire, update } = openWitness();
  assert.equal(witness.version, undefined);
  await enquire();
  assert.equal(witness.version, undefined);
  await update(0);
  assert.equal(witness.version, undefined, 'an update of ours did not raise it');
  await update(1);
  assert.equal(witness.version, '8 0');
  const { asked } = world;
  await witness.learn(0);
  assert.equal(world.asked, asked, 'once that is known, nothing is asked before an update');
});

test('a version is vouched for as long as the primary, asked again, tells the same serial', async () => {
  const { world, witness, update } = openWitness();
  await update(1);
  assert.equal(await witness.isStillAt('8 0', 0), true);
  world.serial = 9;
  assert.equal(await witness.isStillAt('8 0', 0), false);
  const { asked } = world;
  assert.equal(await witness.isStillAt('8 0', 0), false);
  assert.equal(world.asked, asked, 'once it has moved on, an old version is not worth a question');
});

test('an update of ours, and a question without an answer, leave nothing to vouch with', async () => {
  const { world, witness, update, enquire } = openWitness();
  await update(1);
  witness.hasToMove();
  assert.equal(await witness.isStillAt('8 0', 0), false);
  await update(1);
  assert.equal(witness.version, '9 0');
  world.serial = undefined;
  assert.equal(await witness.isStillAt('9 0', 0), false);
  await enquire();
  assert.equal(witness.version, undefined);
});

test('after a connection was lost, the same serial is another version', async () => {
  const { world, witness, update, enquire } = openWitness();
  await update(1);
  assert.equal(witness.version, '8 0');
  world.lostConnections = 1;
  assert.equal(witness.version, undefined);
  await enquire();
  assert.equal(witness.version, '8 1');
});

test('a serial that is the present second may stand for several changes', async () => {
  const { world, witness, update, enquire } = openWitness(1_799_999_000);
  await update(1_000);
  assert.equal(witness.version, undefined);
  world.unixSeconds += 3;
  await enquire();
  assert.equal(witness.version, '1800000000 0');
});

test('a question from before an update tells nothing of the zone after it', async () => {
  const { witness, update } = openWitness();
  await update(1);
  const answer = witness.isStillAt('8 0', 0);
  witness.hasToMove();
  assert.equal(await answer, false);
  assert.equal(witness.version, undefined);
});
