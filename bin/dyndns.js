#!/usr/bin/env node
// Plain JavaScript that any Node understands, so that an old one gets a sentence and not a syntax error.
import { existsSync } from 'node:fs';

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
const entry = existsSync(source) ? source : new URL('../dist/main.js', import.meta.url);
import(entry.href)
  .then(({ main }) => main(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
