import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** The packages that other platforms need, and that the lock file does not have. */
function missingForOtherPlatforms({ packages }: LockFile): readonly string[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    ),
  );
}

test('the lock file has the packages of all platforms, without which npm ci refuses it', () => {
  const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
  // npm install leaves out what its registry does not have, where it need not install it.
  assert.deepEqual(missingForOtherPlatforms(JSON.parse(text) as LockFile), []);
});

test('a package that is missing is seen', () => {
  const packages = {
    'node_modules/tool': { optionalDependencies: { 'tool-linux': '1.0.0', 'tool-darwin': '1.0.0', nested: '1.0.0' } },
    'node_modules/tool-linux': {},
    'node_modules/tool/node_modules/nested': {},
  };
  assert.deepEqual(missingForOtherPlatforms({ packages }), ['tool-darwin']);
});
