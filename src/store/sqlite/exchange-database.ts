import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { StoreFault } from '../store-fault.ts';
import type { Answer } from '../zone-store.ts';
import { closeQuietly } from './open-database.ts';
import { lockHolder } from './lock-holder.ts';
import { namesFault } from './look-before-opening.ts';
import { keptMark, secondNames } from './second-names.ts';
import { becomeSoleOwner } from './sole-owner.ts';
import { faultOf } from './sqlite-fault.ts';

/** The right to change a database, held by a command that replaces it as a whole. */
export type HeldDatabase = Answer<{ readonly kind: 'held'; readonly lock: DatabaseSync }>;

/** Beside the database: what is to take its place, while it is made. */
export function replacementPath(path: string): string {
  return `${path}.restoring`;
}

/** Takes the right to change a database, and clears away what a replacement that was killed has left. */
export function holdDatabase(path: string): HeldDatabase {
  try {
    const before = namesFault(path);
    if (before) return { kind: 'failed', fault: before };
    const lock = becomeSoleOwner(path);
    for (const suffix of ['', '.partial', '-wal', '-shm', '-lock', '-journal'])
      rmSync(`${replacementPath(path)}${suffix}`, { force: true });
    // A kill may have come after the database got its second name, and before another took its first.
    for (const name of secondNames(path)) rmSync(name);
    return { kind: 'held', lock };
  } catch (error) {
    const fault = faultOf(error, path);
    if (!fault) throw error;
    return {
      kind: 'failed',
      fault: fault.code === 'locked' ? { code: 'owned', path, holder: lockHolder(`${path}-lock`) } : fault,
    };
  }
}

export interface ExchangedDatabase {
  readonly kind: 'exchanged';
  /** Where the old one is now; undefined where there was none. */
  readonly keptAs: string | undefined;
}

/**
 * Puts the replacement in the place of the database, and keeps that under another name, with what its log holds.
 *
 * At every moment, and so after a kill, one of the two stands there whole: the old one gets all of its log first, then a second name,
 * and only then does the new one take the first name, in one step of the file system. A log that stayed would be taken for
 * the new one's. The caller holds the lock.
 *
 * @param stamp  for the name of the old one, such as `20261126T004110Z`
 */
export function exchangeDatabase(path: string, stamp: string): Answer<ExchangedDatabase> {
  const replacement = replacementPath(path);
  try {
    const old = statSync(path);
    // Made with the lock, and never begun with.
    const keptAs = old.size === 0 && !hasLog(path) ? undefined : freeName(`${path}${keptMark}${stamp}`);
    if (keptAs !== undefined) {
      const fault = keep(path, keptAs);
      if (fault) return { kind: 'failed', fault };
    }
    becomeLike(replacement, old);
    renameSync(replacement, path);
    sync(dirname(path));
    rmSync(`${replacement}-lock`, { force: true });
    return { kind: 'exchanged', keptAs };
  } catch (error) {
    const fault = faultOf(error, path);
    if (!fault) throw error;
    return { kind: 'failed', fault };
  }
}

/** Two may come in one second. */
function freeName(path: string): string {
  for (let number = 2, name = path; ; number += 1, name = `${path}-${number}`) if (!existsSync(name)) return name;
}

function keep(path: string, keptAs: string): StoreFault | undefined {
  const isCopied = copyLog(path);
  if (isCopied === 'in-use') {
    const detail = 'somebody reads it, such as sqlite3 or a backup under way';
    return { code: 'locked', path, detail };
  }
  linkSync(path, keptAs);
  // Damaged: nobody can say what belongs together, so all of it is kept as it is.
  if (isCopied === 'damaged' && hasLog(path)) linkSync(`${path}-wal`, `${keptAs}-wal`);
  sync(dirname(path));
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  return undefined;
}

/** Copies the log into the database, so that the one file is all of it. */
function copyLog(path: string): 'copied' | 'in-use' | 'damaged' {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 2000 });
    const busy = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'];
    return Number(busy) === 0 && !hasLog(path) ? 'copied' : 'in-use';
  } catch (error) {
    const fault = faultOf(error, path);
    if (!fault) throw error;
    return fault.code === 'locked' ? 'in-use' : 'damaged';
  } finally {
    if (database) closeQuietly(database);
  }
}

function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Mode and owner, by a descriptor: in a directory of somebody else a path may come to mean another file. */
function becomeLike(path: string, { mode, uid, gid }: Stats): void {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    fchmodSync(file, mode & 0o777);
    if (process.getuid?.() === 0) fchownSync(file, uid, gid);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Not of a file that SQLite has open in this process: to close it would give back SQLite's locks on it. */
function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
