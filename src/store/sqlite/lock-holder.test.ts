import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { findLockHolder, lockHolder } from './lock-holder.ts';

const locks = `1: POSIX  ADVISORY  READ 12 fe:00:77 0 EOF
2: POSIX  ADVISORY  WRITE 34 fe:01:77 1073741824 1073741824
3: POSIX  ADVISORY  WRITE 56 fe:00:77 1073741826 1073742335
4: POSIX  ADVISORY  WRITE 0 fe:00:88 0 EOF
5: -> POSIX  ADVISORY  WRITE 78 fe:02:99 0 EOF
`;

test('the holder is the one that locks this inode of this device', () => {
  assert.equal(findLockHolder(locks, 77, 'fe:00'), 56);
  assert.equal(findLockHolder(locks, 77, 'fe:01'), 34);
});

test('where the device is told otherwise, the inode decides, unless two have it', () => {
  assert.equal(findLockHolder(locks, 99, '00:2a'), 78);
  assert.equal(findLockHolder(locks, 77, '00:2a'), undefined);
});

test('a process that cannot be seen, and a file that nobody locks, have no name', () => {
  assert.equal(findLockHolder(locks, 88, 'fe:00'), undefined);
  assert.equal(findLockHolder(locks, 5, 'fe:00'), undefined);
  assert.equal(lockHolder('/nowhere/at/all'), undefined);
});

test('on this system it is found', async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux tells who holds a lock');
  await using directory = await createTemporaryDirectory('lock-holder');
  const path = join(directory.path, 'lock');
  using database = new DatabaseSync(path);
  database.exec('BEGIN EXCLUSIVE');
  assert.equal(lockHolder(path), process.pid);
});
