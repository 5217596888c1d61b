import { accessSync, constants, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { DatabaseLook } from '../database-look.ts';
import type { StoreFault } from '../store-fault.ts';
import type { Answer, IntegrityReport } from '../zone-store.ts';
import { realDatabasePath } from '../real-path.ts';
import { faultOf } from './sqlite-fault.ts';
import { openSqliteZoneReader } from './sqlite-zone-reader.ts';

/**
 * Looks at a database without changing it, beside the service or without one: whether it can be written, whether it is sound (SQLite's quick check, in a thread of its own), which zones it has, and how much room is left on its disk.
 *
 * @param known         why whoever has it open takes no changes, if that is known
 * @param checkTimeoutMs  how long the quick check may take; a large database is then left half read
 */
export async function lookAtDatabase(
  path: string,
  known: StoreFault | undefined,
  checkTimeoutMs: number,
): Promise<DatabaseLook> {
  const approach = known ? { kind: 'open' as const, fault: known } : approachTo(path);
  if (approach.kind !== 'open') return { kind: approach.kind, path };
  const { fault } = approach;
  const opened = openSqliteZoneReader(path);
  if (opened.kind === 'failed') return { kind: 'unusable', path, fault: fault ?? opened.fault };
  const listed = await opened.reader.zones();
  if (listed.kind === 'failed') return { kind: 'unusable', path, fault: fault ?? listed.fault };
  const checked = await checkInThread(path, checkTimeoutMs);
  if (checked.kind === 'failed') return { kind: 'unusable', path, fault: fault ?? checked.fault };
  return {
    kind: 'readable',
    path,
    fault,
    complaints: checked.kind === 'sound' ? [] : checked.kind === 'damaged' ? checked.complaints : undefined,
    freeOctets: await freeOctets(path),
    serials: new Map(listed.zones.map(({ zone, serial }) => [zone.key, serial])),
  };
}

/**
 * SQLite makes files beside the database, so the directory has to be writable as well. What only another user may do says
 * nothing about the service.
 */
function approachTo(
  path: string,
): { readonly kind: 'absent' | 'hidden' } | { readonly kind: 'open'; readonly fault: StoreFault | undefined } {
  let owner: number | undefined;
  try {
    owner = statSync(path).uid;
    accessSync(path, constants.R_OK | constants.W_OK);
    accessSync(dirname(realDatabasePath(path)), constants.W_OK | constants.X_OK);
    return { kind: 'open', fault: undefined };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return { kind: 'absent' };
    if (code === 'EACCES' && owner !== process.geteuid?.()) return { kind: 'hidden' };
    const fault = faultOf(error, path);
    if (!fault) throw error;
    return { kind: 'open', fault };
  }
}

async function checkInThread(
  path: string,
  timeoutMs: number,
): Promise<Answer<IntegrityReport> | { readonly kind: 'unfinished' }> {
  // As published, the sources have become JavaScript.
  const entry = new URL(`./quick-check-thread${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(entry, { workerData: path, name: 'quick check' });
  const { promise, resolve, reject } = Promise.withResolvers<Answer<IntegrityReport> | { kind: 'unfinished' }>();
  worker.once('message', resolve);
  worker.once('error', reject);
  const timer = setTimeout(() => resolve({ kind: 'unfinished' }), timeoutMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    // SQLite is not to be interrupted from here: the thread ends when its question is answered, and nobody waits for it.
    worker.unref();
    void worker.terminate();
  }
}

async function freeOctets(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(dirname(realDatabasePath(path)));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
