import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { doorPath, findSocketPlace } from './socket-path.ts';

const openDescriptors = async () => (await readdir('/proc/self/fd')).length;

test('a path that fits is taken as it is', () => {
  const found = findSocketPlace('/var/lib/dyndns/dyndns.db-socket');
  assert.ok(found.kind === 'found');
  assert.equal(found.place.path, '/var/lib/dyndns/dyndns.db-socket');
  assert.equal(doorPath('/var/lib/dyndns/dyndns.db'), '/var/lib/dyndns/dyndns.db-socket');
});

test('a longer one goes by its directory, which is let go of again', async () => {
  await using directory = await createTemporaryDirectory('door');
  const long = join(directory.path, 'a'.repeat(200));
  await mkdir(long);
  const before = await openDescriptors();
  const found = findSocketPlace(join(long, 'dyndns.db-socket'));
  assert.ok(found.kind === 'found');
  assert.match(found.place.path, /^\/proc\/self\/fd\/\d+\/dyndns\.db-socket$/);
  found.place[Symbol.dispose]();
  assert.equal(await openDescriptors(), before);
});

test('a name that is too long by itself, and a directory that is not there, are said', async () => {
  await using directory = await createTemporaryDirectory('door');
  const before = await openDescriptors();
  const name = findSocketPlace(join(directory.path, `${'a'.repeat(110)}.db-socket`));
  assert.ok(name.kind === 'impossible');
  assert.match(name.reason, /too long for the name of a socket; give the database a shorter name$/);
  const missing = findSocketPlace(join(directory.path, 'b'.repeat(200), 'dyndns.db-socket'));
  assert.ok(missing.kind === 'impossible');
  assert.match(missing.reason, /cannot be opened \(ENOENT\)$/);
  assert.equal(await openDescriptors(), before);
});
