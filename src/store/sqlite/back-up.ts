import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

import type { StoreFault } from '../store-fault.ts';
import type { Answer } from '../zone-store.ts';
import { Snapshot } from './snapshot.ts';
import { faultOf } from './sqlite-fault.ts';

/** So many pages are copied in one go. */
const pagesAtOnce = 256;

/**
 * Copies a snapshot of the database. A snapshot does not move, so the copy never has to begin again, however much is
 * committed meanwhile.
 *
 * The copy is one file: it needs no log beside it, and can be read where nothing can be written. It appears under its name when
 * it is whole and on the disk, and never takes another's place.
 */
export async function backUp(path: string, to: string): Promise<Answer<{ readonly kind: 'done' }>> {
  const partial = `${to}.partial`;
  try {
    closeSync(openSync(partial, 'wx', 0o600));
  } catch (error) {
    return { kind: 'failed', fault: known(error, partial) };
  }
  try {
    using snapshot = new Snapshot(path);
    await backup(snapshot.database, partial, { rate: pagesAtOnce });
    leaveLog(partial);
    sync(partial);
    linkSync(partial, to);
    sync(dirname(to));
    return { kind: 'done' };
  } catch (error) {
    return { kind: 'failed', fault: known(error, to) };
  } finally {
    rmSync(partial, { force: true });
  }
}

/** The copy of a database with a write-ahead log says that it has one, and whoever reads it would have to make one. */
function leaveLog(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function known(error: unknown, path: string): StoreFault {
  const fault = faultOf(error, path);
  if (!fault) throw error;
  return fault;
}
