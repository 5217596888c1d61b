import { accessSync, closeSync, constants, fchownSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds, until it is closed, the right to change a database: a lock on a file beside it, which the kernel gives back
 * when the process ends, however it ends. Others may still read the database itself: a backup, a look with sqlite3.
 *
 * The file stays: to remove it would let two processes each hold a lock on a file of the same name.
 *
 * Makes the database's own file, too, when there is none: empty, and for nobody else to read, since keys and tokens will be
 * in it. SQLite gives the files beside it the same mode.
 *
 * @throws what the operating system or node:sqlite throws; SQLITE_BUSY when another process holds the lock
 */
export function becomeSoleOwner(path: string): DatabaseSync {
  for (const file of [path, `${path}-lock`]) ensureWritable(file);
  const lock = new DatabaseSync(`${path}-lock`, { timeout: 0 });
  try {
    // Nothing is ever written to it; a journal in memory keeps SQLite from preparing for it with a file.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Never opens a file that is there: to close it again would give back every lock that this process has on it by other
 * descriptors (fcntl(2), POSIX locks), SQLite's among them.
 */
function ensureWritable(file: string): void {
  try {
    const made = openSync(file, 'wx', 0o600);
    // Who administers as root must not lock the service out.
    if (process.getuid?.() === 0) giveTo(made, dirname(file));
    closeSync(made);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    accessSync(file, constants.R_OK | constants.W_OK);
  }
}

/** To the owner of the directory, who is the one that writes there. */
function giveTo(file: number, directory: string): void {
  const { uid, gid } = statSync(directory);
  fchownSync(file, uid, gid);
}
