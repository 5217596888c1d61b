import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { HistoryBounds, LedgerChanges, NewHistoryRow } from '../ledger.ts';
import { packHistoryRow, unpackHistory } from './packed-history.ts';
import { OctetPacker } from './packed-octets.ts';

/** How many rows are put in their places, or thrown away, in one transaction, so that nobody waits long behind it. */
const rowsAtOnce = 256;

/**
 * Documents and history. Everything here runs within a transaction that is under way.
 *
 * History comes with nearly every change, and is looked at seldom. So what comes with one commit is put down as one row at the end of a log,
 * and sorted by names later, bit by bit.
 */
export class LedgerWriter {
  readonly #bounds: HistoryBounds;
  readonly #statements: Record<StatementName, StatementSync>;
  readonly #packer = new OctetPacker();
  #hasUnsorted = true;

  constructor(database: DatabaseSync, bounds: HistoryBounds) {
    this.#bounds = bounds;
    this.#statements = prepareStatements(database);
  }

  writeDocuments(documents: LedgerChanges['documents']): void {
    for (const { kind, key, body } of documents) {
      if (body) this.#statements.put.run(kind, key, body);
      else this.#statements.remove.run(kind, key);
    }
  }

  /** Whether history may have come that is not in its place yet; what a process before this one has left, at first. */
  get hasUnsorted(): boolean {
    return this.#hasUnsorted;
  }

  /** All that came with one commit. */
  appendHistory(rows: readonly NewHistoryRow[]): void {
    if (rows.length === 0) return;
    this.#hasUnsorted = true;
    const first = this.#nextSequence();
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const piece = rows.slice(from, from + rowsAtOnce);
      for (const row of piece) packHistoryRow(this.#packer, row);
      this.#statements.append.run(first + from, piece.length, this.#packer.take());
    }
    this.#statements.count.run(first + rows.length);
  }

  /** Sorts some of what has come, and forgets some of what is beyond the bounds. @returns whether there is more to do */
  tidyHistory(nowMs: number): boolean {
    return this.#sort() || this.#forget(nowMs);
  }

  #nextSequence(): number {
    return Number(this.#statements.next.get()?.['next']);
  }

  #sort(): boolean {
    const { rowsPerName, attemptsPerName } = this.#bounds;
    let room = rowsAtOnce;
    while (room > 0) {
      const row = this.#statements.oldest.get();
      if (!row) {
        this.#hasUnsorted = false;
        return false;
      }
      const first = Number(row['sequence']);
      for (const [index, { name, atMs, isAttempt, body }] of unpackHistory(row['rows']).entries()) {
        const kind = isAttempt ? 1 : 0;
        this.#statements.sorted.run(name, first + index, atMs, kind, body);
        this.#statements.prune.run(name, kind, isAttempt ? attemptsPerName : rowsPerName);
      }
      this.#statements.taken.run(first);
      room -= Number(row['count']);
    }
    return true;
  }

  #forget(nowMs: number): boolean {
    const oldestMs = nowMs - this.#bounds.days * 86_400_000;
    const firstKept = this.#nextSequence() - this.#bounds.rows;
    const { changes } = this.#statements.forget.run(oldestMs, firstKept, rowsAtOnce);
    return changes === rowsAtOnce;
  }
}

type StatementName =
  | 'put'
  | 'remove'
  | 'next'
  | 'count'
  | 'append'
  | 'oldest'
  | 'sorted'
  | 'prune'
  | 'taken'
  | 'forget';

function prepareStatements(database: DatabaseSync): Record<StatementName, StatementSync> {
  return {
    put: database.prepare(
      'INSERT INTO document (kind, key, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    ),
    remove: database.prepare('DELETE FROM document WHERE kind = ? AND key = ?'),
    next: database.prepare('SELECT next FROM history_sequence WHERE id = 1'),
    count: database.prepare('UPDATE history_sequence SET next = ? WHERE id = 1'),
    append: database.prepare('INSERT INTO history_log (sequence, count, rows) VALUES (?, ?, ?)'),
    oldest: database.prepare('SELECT sequence, count, rows FROM history_log ORDER BY sequence LIMIT 1'),
    sorted: database.prepare('INSERT INTO history (name, sequence, at_ms, is_attempt, body) VALUES (?, ?, ?, ?, ?)'),
    prune: database.prepare(
      `DELETE FROM history WHERE name = ?1 AND is_attempt = ?2 AND sequence <= (
         SELECT sequence FROM history WHERE name = ?1 AND is_attempt = ?2 ORDER BY sequence DESC LIMIT 1 OFFSET ?3)`,
    ),
    taken: database.prepare('DELETE FROM history_log WHERE sequence = ?'),
    // Sequences rise with time, so the oldest are found without looking at any other.
    forget: database.prepare(
      `DELETE FROM history WHERE (name, sequence) IN (
         SELECT name, sequence FROM (SELECT name, sequence, at_ms FROM history ORDER BY sequence LIMIT ?3)
         WHERE at_ms < ?1 OR sequence < ?2)`,
    ),
  };
}
