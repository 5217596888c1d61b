import { DatabaseSync } from 'node:sqlite';

import type { StoreFault } from '../store-fault.ts';
import type { Answer } from '../zone-store.ts';
import { applicationId, migrations, oldestReadable } from './migrations.ts';
import { faultOf } from './sqlite-fault.ts';

export type OpenedDatabase =
  | { readonly kind: 'opened'; readonly database: DatabaseSync }
  | { readonly kind: 'failed'; readonly fault: StoreFault };

/** How long to wait for others who only look at the database from outside and hold it for a moment. */
const busyTimeoutMs = 2000;

/**
 * Opens the database for changes and brings its schema up to date; an empty file becomes one. Nothing is changed in a
 * file that is not ours or newer than we know.
 */
export function openDatabase(path: string, checkpointPages: number): OpenedDatabase {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    const stranger = strangerFault(database, path);
    if (stranger) {
      database.close();
      return { kind: 'failed', fault: stranger };
    }
    prepare(database, checkpointPages);
    migrate(database);
    return { kind: 'opened', database };
  } catch (error) {
    if (database) closeQuietly(database);
    const fault = faultOf(error, path);
    if (!fault) throw error;
    return { kind: 'failed', fault };
  }
}

/** Whether there is a database of ours that can be read; nothing stays open. */
export function checkReadable(path: string): Answer<{ readonly kind: 'readable' }> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
    const fault = strangerFault(database, path) ?? emptyFault(database, path);
    return fault ? { kind: 'failed', fault } : { kind: 'readable' };
  } catch (error) {
    const fault = faultOf(error, path);
    if (!fault) throw error;
    return { kind: 'failed', fault };
  } finally {
    if (database) closeQuietly(database);
  }
}

/** What a service has only begun to make is not there yet to be read. */
function emptyFault(database: DatabaseSync, path: string): StoreFault | undefined {
  if (pragma(database, 'user_version') >= oldestReadable) return undefined;
  return { code: 'cannot-open', path, detail: 'it is empty until dyndns has been started with it' };
}

/** After a fault there is nothing that closing could still save, and the first fault is the one to tell. */
export function closeQuietly(database: DatabaseSync): void {
  try {
    database.close();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

function strangerFault(database: DatabaseSync, path: string): StoreFault | undefined {
  const id = pragma(database, 'application_id');
  const version = pragma(database, 'user_version');
  const isFresh = id === 0 && version === 0 && count(database, 'SELECT count(*) AS count FROM sqlite_schema') === 0;
  if (isFresh) return undefined;
  if (id !== applicationId) return { code: 'foreign', path, applicationId: id };
  if (version > migrations.length) return { code: 'newer', path, version, known: migrations.length };
  return undefined;
}

function prepare(database: DatabaseSync, checkpointPages: number): void {
  database.exec('PRAGMA journal_mode = WAL');
  // NORMAL would survive a kill, too, and lose acknowledged commits at a power cut.
  database.exec('PRAGMA synchronous = FULL');
  database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  database.exec('PRAGMA temp_store = MEMORY');
  // So that the log gets nothing of a transaction before its end: frames that are written twice are mended after the commit
  // mark, which would then not be the last thing written (`isBeforeCommitMark`).
  database.exec('PRAGMA cache_spill = OFF');
}

function migrate(database: DatabaseSync): void {
  for (let version = pragma(database, 'user_version'); version < migrations.length; version += 1) {
    database.exec(
      `BEGIN IMMEDIATE; ${migrations[version]} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version + 1}; COMMIT`,
    );
  }
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function count(database: DatabaseSync, sql: string): number {
  return Number(database.prepare(sql).get()?.['count']);
}
