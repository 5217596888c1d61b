import type { DatabaseSync } from 'node:sqlite';

import type { DocumentKind, HistoryRow } from '../ledger.ts';
import { unpackHistory } from './packed-history.ts';

/** What somebody asks of the history; a name's, or that of all names together. */
export interface HistoryQuestion {
  readonly name: Uint8Array | undefined;
  readonly beforeSequence: number | undefined;
  readonly atMost: number;
}

/** The newest first: what is not sorted yet, and then what is. */
export function readHistory(database: DatabaseSync, question: HistoryQuestion): HistoryRow[] {
  const { name, atMost } = question;
  const before = question.beforeSequence ?? Number.MAX_SAFE_INTEGER;
  const rows: HistoryRow[] = [];
  const log = database.prepare('SELECT sequence, rows FROM history_log WHERE sequence < ? ORDER BY sequence DESC');
  for (const entry of log.iterate(before)) {
    const first = Number(entry['sequence']);
    for (const [index, row] of [...unpackHistory(entry['rows']).entries()].toReversed()) {
      const sequence = first + index;
      if (sequence < before && (!name || Buffer.compare(row.name, name) === 0)) rows.push({ ...row, sequence });
      if (rows.length === atMost) return rows;
    }
  }
  const sorted = name
    ? database
        .prepare('SELECT * FROM history WHERE name = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?')
        .all(name, before, atMost - rows.length)
    : database
        .prepare('SELECT * FROM history WHERE sequence < ? ORDER BY sequence DESC LIMIT ?')
        .all(before, atMost - rows.length);
  for (const row of sorted) {
    rows.push({
      name: octetsOf(row['name']),
      sequence: Number(row['sequence']),
      atMs: Number(row['at_ms']),
      isAttempt: row['is_attempt'] === 1,
      body: octetsOf(row['body']),
    });
  }
  return rows;
}

/** So that a piece stays small even where every document is as large as one can be. */
const documentsInPiece = 250;

/**
 * Every document of a kind, in pieces: length of the key (4 octets), key, length of the body (4), body, and so on. They are packed within
 * SQLite, as record sets are (`packedRecordSetSql`): a hundred thousand of them are read at every start.
 */
export function* packedDocuments(
  database: DatabaseSync,
  kind: DocumentKind,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const next = database.prepare(
    `SELECT max(key) AS last, CAST(group_concat(
       unhex(printf('%08x', length(key))) || key || unhex(printf('%08x', length(body))) || body, '') AS BLOB) AS piece
     FROM (SELECT key, body FROM document WHERE kind = ? AND key > ? ORDER BY key LIMIT ${documentsInPiece})`,
  );
  // For SQLite, every text is less than any BLOB.
  let after: Uint8Array | string = '';
  for (;;) {
    const row = next.get(kind, after);
    if (!row || row['last'] === null) return;
    yield Uint8Array.from(octetsOf(row['piece']));
    after = octetsOf(row['last']);
  }
}

function octetsOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError('A column of a STRICT table holds something other than octets');
}
