import { DatabaseSync } from 'node:sqlite';

/**
 * Preloaded into a service to see whether a test of its syncs can fail: the database does not sync, as if somebody had written
 * another word into src/store/sqlite/open-database.ts.
 */
const prototype = DatabaseSync.prototype as { exec(sql: string): void };
const execute = Object.getOwnPropertyDescriptor(prototype, 'exec')?.value as (this: object, sql: string) => void;

prototype.exec = function (sql: string): void {
  execute.call(this, sql.replace('PRAGMA synchronous = FULL', 'PRAGMA synchronous = OFF'));
};
