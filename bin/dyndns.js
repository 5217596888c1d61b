#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=262144 MALLOC_MMAP_THRESHOLD_=65536 node --max-semi-space-size=16 --heap-growing-percent=20
// Plain JavaScript that any Node understands, so that an old one gets a sentence and not a syntax error.
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const needed = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < needed) {
  process.stderr.write(
    `dyndns needs Node ${needed} or newer and this is ${process.versions.node}: in a clone, run "npm ci" and then "npm start"; elsewhere, install a newer Node.\n`,
  );
  process.exit(70);
}
// A clone runs its sources as they are; the published package, whose sources Node would not strip there, runs dist/.
const source = new URL('../src/main.ts', import.meta.url);
const isClone = existsSync(source);
const entry = isClone ? source : new URL('../dist/main.js', import.meta.url);
// Compiled code is kept where nobody else can write, and nowhere if there is no such place: it halves the start.
const modules = new URL('../node_modules', import.meta.url);
const cache =
  process.env.CACHE_DIRECTORY ??
  (isClone && existsSync(modules) ? fileURLToPath(`${modules.href}/.cache/dyndns`) : undefined);
if (cache) nodeModule.enableCompileCache(cache);
void import(entry.href)
  .then(({ main }) => main(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
