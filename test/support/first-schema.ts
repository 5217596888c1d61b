import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const dump = readFileSync(new URL('../vectors/store/schema-1.sql', import.meta.url), 'utf8');
const tables = ['zone', 'record_set', 'journal', 'remembered_request'] as const;

/** What the remembered requests of it have not expired at. */
export const firstSchemaSeconds = 1_795_692_600;

/** Makes the database of the first schema that the test vectors tell of. */
export function makeFirstSchema(path: string): void {
  using database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF; ${dump}`);
}

export interface OldContent {
  readonly version: number;
  /** Of all tables that the first schema has, besides its marker. */
  readonly rows: Readonly<Record<(typeof tables)[number], readonly unknown[]>>;
}

/** Looks into a database without the store's help. */
export function oldContent(path: string): OldContent {
  using database = new DatabaseSync(path, { readOnly: true });
  const read = (table: string) => database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all();
  return {
    version: Number(database.prepare('PRAGMA user_version').get()?.['user_version']),
    rows: Object.fromEntries(tables.map((table) => [table, read(table)])) as unknown as OldContent['rows'],
  };
}
