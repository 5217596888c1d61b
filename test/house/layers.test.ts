import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';

import { importsOf, layerComplaints, layers, layersInCycles } from './layers.ts';
import { readSourceFiles } from './source-files.ts';

test('imports of src/ go one way, as the plan of the house has it', () => {
  const files = readSourceFiles('src/**/*.ts');
  assert.ok(files.length > 50, `only ${files.length} files were found`);
  assert.deepEqual(layerComplaints(files, layers), []);
});

test('whoever hosts no zone has neither the nameserver nor a zone nor a database in memory', () => {
  const files = new Map(readSourceFiles('src/**/*.ts').map(({ path, text }) => [path, text]));
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    // Types are not there any more when it runs.
    const text = (files.get(path) ?? '').replaceAll(/^(?:import|export) type [^;]*;/gm, '');
    for (const { specifier, isDynamic } of importsOf(text))
      if (!isDynamic && specifier.startsWith('.')) load(posix.join(posix.dirname(path), specifier));
  };
  load('src/app.ts');
  assert.ok(loaded.has('src/primary/rfc2136/rfc2136-primary.ts'));
  const hosting = /^src\/(?:nameserver|store\/sqlite|primary\/embedded\/embedded-zones|zone\/zone\.ts)/;
  assert.deepEqual(
    [...loaded].filter((path) => hosting.test(path)),
    [],
  );
});

test('the plan itself has no circles, and every layer in it is there', () => {
  assert.deepEqual(layersInCycles(layers), []);
  const present = new Set(readSourceFiles('src/**/*.ts').map(({ path }) => path.split('/')[1]));
  assert.deepEqual(
    Object.keys(layers).filter((name) => !present.has(name)),
    [],
  );
});

test('the checker sees what is against the plan', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['src/dns/name.ts', "import { plan } from '../updates/plan.ts';"],
    ['src/dns/name.ts', "import type { Plan } from '../updates/plan.ts';"],
    ['src/dns/name.ts', "import { isIP } from 'node:net';"],
    ['src/dns/tsig.ts', "import { readFile } from 'node:fs/promises';"],
    ['src/updates/plan.ts', "import {\n  z,\n  type ZodType,\n} from 'zod';"],
    ['src/updates/plan.ts', "export { serve } from '../http/server.ts';"],
    ['src/updates/plan.ts', "export * from '../http/server.ts';"],
    ['src/updates/plan.ts', "const later = await import('../config/load.ts');"],
    ['src/updates/plan.ts', "import '../primary/pool.ts';"],
    ['src/primary/rfc2136/batcher.ts', "import { load } from '../../config/load.ts';"],
    ['src/primary/rfc2136/batcher.ts', "import pino from 'pino';"],
    ['src/http/server.ts', "import { pool } from '../primary/primary-pool.ts';"],
    ['src/main.ts', "import { start } from './app.ts';"],
    ['src/app.ts', "import { main } from './main.ts';"],
    ['src/cli/run.ts', "import { start } from '../app.ts';"],
    ['src/cli/run.ts', "import { main } from '../main.ts';"],
    ['src/cli/run.ts', "import { dig } from '../../test/support/dig.ts';"],
    ['src/cli/run.ts', "import { cases } from './options.test.ts';"],
    ['src/newcomer/file.ts', ''],
    ['src/dns/name.test.ts', "import { plan } from '../updates/plan.ts';"],
  ];
  for (const [path, text] of wrong) assert.equal(layerComplaints([{ path, text }], layers).length, 1, text);
});

test('the checker lets pass what is according to plan', () => {
  const right: readonly (readonly [string, string])[] = [
    ['src/dns/tsig.ts', "import { createHmac } from 'node:crypto';"],
    ['src/dns/name.ts', "import { Rcode } from './codes.ts';"],
    [
      'src/dns/name.test.ts',
      "import fastCheck from 'fast-check';\nimport { vector } from '../../test/support/vectors.ts';",
    ],
    ['src/updates/plan.ts', "import type { Name } from '../dns/name.ts';"],
    ['src/primary/rfc2136/batcher.ts', "import { createConnection } from 'node:net';"],
    ['src/http/dialects/seed.ts', "import type { Answer } from '../answer.ts';"],
    ['src/cli/services.ts', "const app = await import('../app.ts');"],
    ['src/main.ts', "import { run } from './cli/run.ts';"],
  ];
  for (const [path, text] of right) assert.deepEqual(layerComplaints([{ path, text }], layers), []);
});

test('the checker reads imports of every form, and sees circles', () => {
  const text = `import a from 'one';
import { b, type C } from 'two';
import {
  d,
  e,
} from 'three';
import 'four';
export { f } from 'five';
export * from 'six';
const g = await import('seven');
const word = "taken from 'nothing'";
`;
  assert.deepEqual(
    importsOf(text).map(({ specifier }) => specifier),
    ['one', 'two', 'three', 'four', 'five', 'six', 'seven'],
  );
  assert.deepEqual(
    importsOf(text).map(({ isDynamic }) => isDynamic),
    [false, false, false, false, false, false, true],
  );
  const layer = (...names: string[]) => ({ layers: names, packages: [], builtins: [] });
  assert.deepEqual(layersInCycles({ a: layer('b'), b: layer('c'), c: layer('a'), d: layer('a') }), ['a', 'b', 'c']);
});
