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
const Extended = { IOERR_WRITE: 778, READONLY_DIRECTORY: 1544, READONLY_CANTINIT: 1288 } as const;

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
