import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import type { StoreFault } from '../store-fault.ts';
import { foreignNames } from './second-names.ts';
import { isLogHeader, logHeaderOctets } from './log-header.ts';

/**
 * Finds what SQLite would only tell in words that lead astray, or not at all, before it is asked to open the database.
 *
 * @throws what the operating system says otherwise
 */
export function faultBeforeOpening(path: string): StoreFault | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return { code: 'directory', path };
  const names = namesFault(path);
  if (names) return names;
  const refused = accessRefusal(path);
  if (refused !== undefined) return { code: 'read-only', path, detail: refused };
  for (const beside of [`${path}-wal`, `${path}-shm`]) {
    const refusal = accessRefusal(beside);
    if (refusal !== undefined) return { code: 'other-user', path, detail: refusal };
  }
  // SQLite makes and removes files there.
  const refusal = accessRefusal(dirname(path));
  return refusal === undefined ? undefined : { code: 'read-only', path, detail: refusal };
}

/**
 * Two names of one file, neither of them a link to the other, have a lock and a log each, so that two services could change it at once.
 *
 * @throws what the operating system says otherwise
 */
export function namesFault(path: string): StoreFault | undefined {
  const others = foreignNames(path);
  return others === 0 ? undefined : { code: 'hard-links', path, others };
}

/**
 * For SQLite, a log whose header is damaged is an empty one, and all that was committed to it is gone without a word. A header is
 * synced before anything is committed behind it, so what a power cut may leave is no header yet: zeros, or too few octets.
 *
 * May be called only by whoever is sole owner, before SQLite has opened anything.
 */
export function logFault(path: string): StoreFault | undefined {
  const file = `${path}-wal`;
  if (!statSync(file, { throwIfNoEntry: false })) return undefined;
  const header = firstOctets(file, logHeaderOctets);
  const isUnwritten = header.length < logHeaderOctets || header.every((octet) => octet === 0);
  return isUnwritten || isLogHeader(header) ? undefined : { code: 'corrupt-log', path };
}

/** Fewer when the file has no more. */
function firstOctets(file: string, count: number): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const octets = new Uint8Array(count);
    return octets.subarray(0, readSync(descriptor, octets));
  } finally {
    closeSync(descriptor);
  }
}

function accessRefusal(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return error.code === 'ENOENT' ? undefined : error.message;
  }
}
