import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { Cursors } from './cursor.ts';

const cursors = new Cursors(new Uint8Array(32).fill(7));

test('a cursor leads back to its place, in its own list alone', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 250 }), fc.string(), fc.string(), (position, list, other) => {
      const cursor = cursors.seal(list, position);
      assert.match(cursor, /^[A-Za-z0-9_-]+$/);
      assert.equal(cursors.open(list, cursor), position.toWellFormed());
      if (other !== list) assert.equal(cursors.open(other, cursor), undefined);
    }),
  );
});

test('a cursor that has been changed anywhere is none', () => {
  const cursor = cursors.seal('hosts', 'home.example.com');
  for (let index = 0; index < cursor.length; index += 1)
    for (const letter of ['A', 'z', '=', ' ', '+']) {
      const changed = cursor.slice(0, index) + letter + cursor.slice(index + 1);
      if (changed !== cursor) assert.equal(cursors.open('hosts', changed), undefined, changed);
    }
  for (const none of ['', 'A', `${cursor}A`, 'x'.repeat(10_000)]) assert.equal(cursors.open('hosts', none), undefined);
});

test('a cursor does not tell where it stands', () => {
  const octets = Buffer.from(cursors.seal('updates', '1234567'), 'base64url');
  assert.ok(!octets.includes('1234567'));
  const other = Buffer.from(cursors.seal('updates', '1234568'), 'base64url');
  assert.notDeepEqual(octets.subarray(8, 14), other.subarray(8, 14));
});
