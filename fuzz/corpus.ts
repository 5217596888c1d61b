import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Inputs on disk: one file an input, a folder a target. */
export interface StoredInput {
  readonly file: string;
  readonly octets: Uint8Array;
}

/** Committed inputs that every run begins with. */
export const corpusFolder: string = join(import.meta.dirname, 'corpus');
/** Inputs that were findings once; they are committed with the fix, and replayed ever after. */
export const crashesFolder: string = join(import.meta.dirname, 'crashes');

/** The inputs of a target in the order of their file names; none when it has no folder yet. */
export function readInputs(folder: string, targetName: string): StoredInput[] {
  const path = join(folder, targetName);
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.bin'))
    .sort()
    .map((name) => ({ file: join(path, name), octets: Uint8Array.from(readFileSync(join(path, name))) }));
}

/** Writes an input under a name that its octets decide, so that the same finding is one file. */
export function writeInput(folder: string, targetName: string, octets: Uint8Array): string {
  const path = join(folder, targetName);
  mkdirSync(path, { recursive: true });
  const file = join(path, `${createHash('sha256').update(octets).digest('hex').slice(0, 16)}.bin`);
  writeFileSync(file, octets);
  return file;
}
