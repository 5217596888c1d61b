import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What stands between the name of a database and the time at which a restore took its place. */
export const keptMark = '.before-restore-';

/** The names that a restore has given a database, and that only a kill leaves it with: the files. */
export function secondNames(path: string): readonly string[] {
  const { ino, nlink } = statSync(path);
  if (nlink < 2) return [];
  const directory = dirname(path);
  return readdirSync(directory)
    .filter((name) => name.startsWith(`${basename(path)}${keptMark}`))
    .map((name) => join(directory, name))
    .filter((other) => lstatSync(other).ino === ino);
}

/** How many hard links lead to it that nobody has made but the operator; each has files beside it that are not those of the others. */
export function foreignNames(path: string): number {
  const nlink = statSync(path, { throwIfNoEntry: false })?.nlink ?? 1;
  return nlink < 2 ? 0 : nlink - 1 - secondNames(path).length;
}
