import { DatabaseSync } from 'node:sqlite';

/**
 * Preloaded into a service to see whether a test of its syncs can fail: the database does not sync, as if somebody had written
 * another word into src/store/sqlite/open-database.ts.
 */
const { exec } = DatabaseSync.prototype;

DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  exec.call(this, sql.replace('PRAGMA synchronous = FULL', 'PRAGMA synchronous = OFF'));
};
