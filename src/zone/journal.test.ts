import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Difference } from './difference.ts';
import { Journal } from './journal.ts';
import { noOwned, packOwned } from './packed-owned.ts';
import { noRecords, packRecord } from './packed-records.ts';

const record = packRecord({ type: 1, ttlSeconds: 60, rdata: { kind: 'A', address: Uint8Array.of(192, 0, 2, 1) } });

/** Three records: two SOA and an added one. */
function step(serialBefore: number, serialAfter = serialBefore + 1): Difference {
  const soas = { soaBefore: noRecords, soaAfter: noRecords };
  return { serialBefore, serialAfter, ...soas, removed: noOwned, added: packOwned([{ owner: '\0', records: record }]) };
}

function serialsSince(journal: Journal, serial: number, current: number): unknown {
  const answer = journal.since(serial, current);
  return answer.kind === 'differences' ? answer.differences.map(({ serialAfter }) => serialAfter) : answer.kind;
}

test('gives the differences from a serial on, oldest first', () => {
  const journal = new Journal(100);
  for (const serial of [1, 2, 3]) journal.append(step(serial));
  assert.deepEqual(serialsSince(journal, 1, 4), [2, 3, 4]);
  assert.deepEqual(serialsSince(journal, 3, 4), [4]);
  assert.equal(serialsSince(journal, 4, 4), 'up-to-date');
  assert.equal(serialsSince(journal, 9, 4), 'up-to-date');
  assert.equal(serialsSince(journal, 0, 4), 'out-of-reach');
});

test('an empty one reaches nowhere', () => {
  assert.equal(serialsSince(new Journal(100), 1, 2), 'out-of-reach');
  assert.equal(serialsSince(new Journal(100), 2, 2), 'up-to-date');
});

test('goes on across 2³²', () => {
  const journal = new Journal(100);
  journal.append(step(0xffff_fffe));
  journal.append(step(0xffff_ffff, 1));
  journal.append(step(1));
  assert.deepEqual(serialsSince(journal, 0xffff_fffe, 2), [0xffff_ffff, 1, 2]);
});

test('a serial that comes again leads on from where it came last, also when the first time is forgotten', () => {
  const journal = new Journal(9);
  for (const [before, after] of [
    [1, 2],
    [2, 1],
    [1, 5],
    [5, 6],
  ] as const)
    journal.append(step(before, after));
  assert.deepEqual(serialsSince(journal, 1, 6), [5, 6]);
  assert.deepEqual(serialsSince(journal, 2, 6), [1, 5, 6]);
});

test('holds no more records than it may, and forgets the oldest first', () => {
  const journal = new Journal(10);
  for (let serial = 1; serial <= 1000; serial += 1) {
    journal.append(step(serial));
    assert.ok(journal.recordCount <= 10);
    const kept = Math.min(3, serial);
    assert.deepEqual(
      serialsSince(journal, serial + 1 - kept, serial + 1),
      Array.from({ length: kept }, (_, index) => serial + 2 - kept + index),
    );
    if (serial > 3) assert.equal(serialsSince(journal, serial - 3, serial + 1), 'out-of-reach');
  }
});

test('a difference that is larger than all it may hold leaves it empty, not with a gap', () => {
  const journal = new Journal(5);
  journal.append(step(1));
  const many = Array.from({ length: 9 }, () => ({ owner: '\0', records: record }));
  journal.append({ ...step(2), added: packOwned(many) });
  assert.equal(journal.recordCount, 0);
  assert.equal(serialsSince(journal, 2, 3), 'out-of-reach');
  journal.append(step(3));
  assert.deepEqual(serialsSince(journal, 3, 4), [4]);
  assert.equal(serialsSince(journal, 1, 4), 'out-of-reach');
});
