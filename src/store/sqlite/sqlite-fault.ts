import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

import type { StoreFault } from '../store-fault.ts';

/** What node:sqlite throws when SQLite says no; `errcode` is SQLite's extended result code. */
export interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR';
  readonly errcode: number;
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** Result codes (https://www.sqlite.org/rescode.html). The low octet of an extended code is its primary code. */
const Primary = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  CONSTRAINT: 19,
  NOTADB: 26,
} as const;
const Extended = { IOERR_WRITE: 778, READONLY_DIRECTORY: 1544, READONLY_CANTINIT: 1288, IOERR_SHMSIZE: 4874 } as const;

/** The fault behind what SQLite or the operating system has thrown; undefined for a mistake of ours. */
export function faultOf(error: unknown, path: string): StoreFault | undefined {
  if (isSqliteError(error)) return sqliteFault(error, path);
  if (isSystemError(error)) return systemFault(error, path);
  return undefined;
}

function sqliteFault({ errcode, message }: SqliteError, path: string): StoreFault | undefined {
  const detail = `${message} (SQLite ${errcode})`;
  if (errcode === Extended.READONLY_DIRECTORY || errcode === Extended.READONLY_CANTINIT)
    return { code: 'other-user', path, detail };
  // The index of the log is written into its file so as to take room for it, and is read from memory otherwise.
  if (errcode === Extended.IOERR_SHMSIZE || (mayBeWantOfRoom(errcode) && !hasRoom(path)))
    return { code: 'full', path, detail };
  switch (errcode & 0xff) {
    case Primary.BUSY:
    case Primary.LOCKED:
    case Primary.PROTOCOL:
      return { code: 'locked', path, detail };
    case Primary.READONLY:
      return { code: 'read-only', path, detail };
    case Primary.IOERR:
    case Primary.NOMEM:
      return { code: 'io', path, detail };
    case Primary.CORRUPT:
    case Primary.NOTADB:
      return { code: 'corrupt', path, detail };
    case Primary.FULL:
      return { code: 'full', path, detail };
    case Primary.CANTOPEN:
    case Primary.PERM:
      return { code: 'cannot-open', path, detail };
    default:
      return undefined;
  }
}

/** SQLite has a code of its own for a full disk, and uses it for what it writes, not for what it opens, maps or truncates. */
function mayBeWantOfRoom(errcode: number): boolean {
  return (errcode & 0xff) === Primary.IOERR || (errcode & 0xff) === Primary.CANTOPEN;
}

/** Two pieces of the log's index; with less nothing can be begun. */
const leastOctets = 64 * 1024;

/** Whether a file could be made, and written, where the database is; what cannot be found out counts as room. */
function hasRoom(path: string): boolean {
  try {
    const { bavail, bfree, bsize, ffree, files } = statfsSync(dirname(path));
    const blocks = process.geteuid?.() === 0 ? bfree : bavail;
    // Some file systems count no files.
    return blocks * bsize >= leastOctets && (ffree > 0 || files === 0);
  } catch {
    return true;
  }
}

/**
 * Whether a COMMIT that ended so has surely left no commit mark in the write-ahead log: the mark is the last thing that is
 * written, so a write that failed came before it. A sync that failed, or whatever comes after, says nothing of the kind.
 */
export function isBeforeCommitMark(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode === Extended.IOERR_WRITE || error.errcode === Primary.FULL);
}

export function isConstraint(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === Primary.CONSTRAINT;
}

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function systemFault({ code, message }: SystemError, path: string): StoreFault {
  const detail = message;
  switch (code) {
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return { code: 'read-only', path, detail };
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'full', path, detail };
    case 'EEXIST':
      return { code: 'exists', path };
    case 'EIO':
      return { code: 'io', path, detail };
    default:
      return { code: 'cannot-open', path, detail };
  }
}
