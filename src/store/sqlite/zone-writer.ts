import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { ThreadRefusal } from './batch-writer.ts';
import { unpackRecordSets } from './packed-record-set.ts';

/** How many rows of a zone that is gone are removed in one transaction, so that nobody waits long behind it. */
const rowsAtOnce = 2000;

/** Zones as a whole: how they come, rest and go. Everything here runs within a transaction that is under way. */
export class ZoneWriter {
  readonly #statements: Record<StatementName, StatementSync>;

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database);
  }

  /** What a process that was killed has left half made is of no use to anybody. */
  abandonIncomplete(): void {
    this.#statements.abandon.run();
  }

  /**
   * @param serialBefore  of the zone that it is to replace; undefined for a zone that is not there yet
   * @returns the zone's row, which nobody sees before `complete`
   */
  begin(name: Uint8Array, serial: number, serialBefore: number | undefined): number | ThreadRefusal {
    const refusal = this.#placeRefusal(name, serialBefore);
    if (refusal) return refusal;
    return Number(this.#statements.begin.run(name, serial).lastInsertRowid);
  }

  fill(id: number, recordSets: Uint8Array): void {
    for (const { owner, type, ttlSeconds, origin, rdatas } of unpackRecordSets(recordSets))
      this.#statements.insert.run(id, owner, type, ttlSeconds, origin === 'static' ? 1 : 0, rdatas);
  }

  /** Lets the zone be seen; what it replaces is gone with the same transaction. */
  complete(id: number, name: Uint8Array, serialBefore: number | undefined): ThreadRefusal | undefined {
    const refusal = this.#placeRefusal(name, serialBefore);
    if (refusal) {
      this.abort(id);
      return refusal;
    }
    if (serialBefore !== undefined) this.#setState(name, 'discarded');
    this.#statements.setState.run('active', id);
    return undefined;
  }

  abort(id: number): void {
    this.#statements.setState.run('discarded', id);
  }

  discard(name: Uint8Array): ThreadRefusal | undefined {
    return this.#setState(name, 'discarded');
  }

  setDormant(name: Uint8Array, isDormant: boolean): ThreadRefusal | undefined {
    return this.#setState(name, isDormant ? 'dormant' : 'active');
  }

  /** Removes some of what discarded zones have left. @returns whether there may be more */
  collect(): boolean {
    const id = this.#statements.discarded.get()?.['id'];
    if (id === undefined) return false;
    for (const statement of [this.#statements.collectRecordSets, this.#statements.collectJournal])
      if (statement.run(Number(id), rowsAtOnce).changes !== 0) return true;
    this.#statements.remove.run(Number(id));
    return true;
  }

  /** Why the zone's place cannot be taken. */
  #placeRefusal(zone: Uint8Array, serialBefore: number | undefined): ThreadRefusal | undefined {
    const row = this.#statements.zone.get(zone);
    if (serialBefore === undefined) return row && { code: 'zone-exists', zone };
    if (!row) return { code: 'unknown-zone', zone };
    if (row['state'] === 'dormant') return { code: 'dormant-zone', zone };
    const serial = Number(row['serial']);
    return serial === serialBefore ? undefined : { code: 'other-serial', zone, serial };
  }

  #setState(name: Uint8Array, state: 'active' | 'dormant' | 'discarded'): ThreadRefusal | undefined {
    const id = this.#statements.zone.get(name)?.['id'];
    if (id === undefined) return { code: 'unknown-zone', zone: name };
    this.#statements.setState.run(state, Number(id));
    return undefined;
  }
}

type StatementName =
  | 'zone'
  | 'abandon'
  | 'begin'
  | 'insert'
  | 'setState'
  | 'discarded'
  | 'collectRecordSets'
  | 'collectJournal'
  | 'remove';

function prepareStatements(database: DatabaseSync): Record<StatementName, StatementSync> {
  return {
    zone: database.prepare(`SELECT id, serial, state FROM zone WHERE name = ? AND state IN ('active', 'dormant')`),
    abandon: database.prepare(`UPDATE zone SET state = 'discarded' WHERE state = 'incomplete'`),
    begin: database.prepare(`INSERT INTO zone (name, serial, state) VALUES (?, ?, 'incomplete')`),
    insert: database.prepare('INSERT INTO record_set VALUES (?, ?, ?, ?, ?, ?)'),
    setState: database.prepare('UPDATE zone SET state = ? WHERE id = ?'),
    discarded: database.prepare(`SELECT id FROM zone WHERE state = 'discarded' LIMIT 1`),
    collectRecordSets: database.prepare(
      `DELETE FROM record_set WHERE zone = ?1 AND (owner, type) IN
         (SELECT owner, type FROM record_set WHERE zone = ?1 LIMIT ?2)`,
    ),
    collectJournal: database.prepare(
      `DELETE FROM journal WHERE zone = ?1 AND sequence IN (SELECT sequence FROM journal WHERE zone = ?1 LIMIT ?2)`,
    ),
    remove: database.prepare('DELETE FROM zone WHERE id = ?'),
  };
}
