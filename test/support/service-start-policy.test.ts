import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { forbidServiceStarts } from './service-start-policy.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

const answer = (path: string) => spawnSync(path, ['named', 'start']).status;

async function withPolicyPath(tryIt: (path: string) => void): Promise<void> {
  await using directory = await createTemporaryDirectory('policy');
  tryIt(join(directory.path, 'policy-rc.d'));
}

test('where there was no policy, there is none afterwards', () =>
  withPolicyPath((path) => {
    {
      using _ = forbidServiceStarts(path);
      assert.equal(answer(path), 101);
    }
    assert.deepEqual(readdirSync(dirname(path)), []);
  }));

test('a policy that allows services stands aside, and comes back as the same file', () =>
  withPolicyPath((path) => {
    writeFileSync(path, '#!/bin/sh\nexit 0\n', { mode: 0o700 });
    const { ino } = lstatSync(path);
    {
      using _ = forbidServiceStarts(path);
      assert.equal(answer(path), 101);
    }
    assert.equal(answer(path), 0);
    assert.deepEqual([lstatSync(path).ino, lstatSync(path).mode & 0o777], [ino, 0o700]);
  }));

test('a policy that forbids services already is not touched', () =>
  withPolicyPath((path) => {
    writeFileSync(path, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const { ino } = lstatSync(path);
    {
      using _ = forbidServiceStarts(path);
      assert.equal(lstatSync(path).ino, ino);
    }
    assert.equal(readFileSync(path, 'utf8'), '#!/bin/sh\nexit 101\n');
  }));

test('a link comes back as a link, even one to nowhere', () =>
  withPolicyPath((path) => {
    symlinkSync('/nowhere/at/all', path);
    {
      using _ = forbidServiceStarts(path);
      assert.equal(answer(path), 101);
    }
    assert.equal(readlinkSync(path), '/nowhere/at/all');
  }));

test('what a killed run has left behind is cleared up by the next', () =>
  withPolicyPath((path) => {
    writeFileSync(path, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    forbidServiceStarts(path);
    assert.equal(answer(path), 101);
    {
      using _ = forbidServiceStarts(path);
      assert.equal(answer(path), 101);
    }
    assert.equal(answer(path), 0);
    assert.ok(existsSync(path));
    assert.equal(readdirSync(dirname(path)).length, 1);
  }));
