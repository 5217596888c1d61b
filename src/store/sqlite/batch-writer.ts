import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { JournalStep, RecordSetChange, RememberedRequest } from '../zone-store.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { UnpackedBatch, UnpackedDifference } from './packed-batch.ts';
import { isConstraint } from './sqlite-fault.ts';

/** What became of one batch within its group. Zones are octets on this side of the thread. */
export type BatchOutcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'refused'; readonly refusal: ThreadRefusal }
  /** A caller's mistake: values that no schema admits. */
  | { readonly kind: 'mistake'; readonly message: string };

export type ThreadRefusal =
  | { readonly code: 'unknown-zone' | 'zone-exists' | 'dormant-zone'; readonly zone: Uint8Array }
  | { readonly code: 'other-serial'; readonly zone: Uint8Array; readonly serial: number }
  | { readonly code: 'replayed' };

export interface JournalBounds {
  readonly entriesPerZone: number;
  readonly octetsPerZone: number;
}

interface ZoneRow {
  readonly id: number;
  readonly serial: number;
  readonly state: string;
  readonly sequence: number;
  readonly octets: number;
}

/** What an entry costs besides its octets. */
const journalRowOctets = 32;
/** How many forgotten requests go with a commit besides as many as come. */
const forgottenAtLeast = 64;
const forgottenAtOnce = 2000;

/** Carries out batches within a transaction that is under way; each takes effect as a whole or not at all. */
export class BatchWriter {
  readonly #database: DatabaseSync;
  readonly #bounds: JournalBounds;
  readonly #ledger: LedgerWriter;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(database: DatabaseSync, bounds: JournalBounds, ledger: LedgerWriter) {
    this.#database = database;
    this.#ledger = ledger;
    this.#bounds = bounds;
    this.#statements = prepareStatements(database);
  }

  /** @param nowSeconds  Unix time; requests that expired by then are forgotten */
  applyGroup(batches: readonly UnpackedBatch[], nowSeconds: number): readonly BatchOutcome[] {
    const outcomes = batches.map((batch) => this.#applyAlone(batch));
    const rememberedCount = batches.reduce((sum, { remembered }) => sum + remembered.length, 0);
    this.#statements.forget.run(nowSeconds, 2 * rememberedCount + forgottenAtLeast);
    // Of those that took effect alone.
    this.#ledger.appendHistory(
      batches.flatMap(({ history }, index) => (outcomes[index]?.kind === 'applied' ? history : [])),
    );
    return outcomes;
  }

  /** Some of the requests that expired by then. @returns whether none of them is left */
  forgetExpired(nowSeconds: number): boolean {
    return this.#statements.forget.run(nowSeconds, forgottenAtOnce).changes < forgottenAtOnce;
  }

  #applyAlone(batch: UnpackedBatch): BatchOutcome {
    this.#database.exec('SAVEPOINT batch');
    const outcome = this.#tryApply(batch);
    if (outcome.kind !== 'applied') this.#database.exec('ROLLBACK TO batch');
    this.#database.exec('RELEASE batch');
    return outcome;
  }

  #tryApply({ differences, remembered, documents }: UnpackedBatch): BatchOutcome {
    try {
      for (const difference of differences) {
        const refusal = this.#applyDifference(difference);
        if (refusal) return { kind: 'refused', refusal };
      }
      this.#ledger.writeDocuments(documents);
      const isReplay = remembered.some((request) => !this.#remember(request));
      return isReplay ? { kind: 'refused', refusal: { code: 'replayed' } } : { kind: 'applied' };
    } catch (error) {
      if (isConstraint(error) && error instanceof Error) return { kind: 'mistake', message: error.message };
      throw error;
    }
  }

  #applyDifference(difference: UnpackedDifference): ThreadRefusal | undefined {
    const zone = this.#zone(difference.zone);
    const refusal = zone ? refusalOf(zone, difference) : ({ code: 'unknown-zone', zone: difference.zone } as const);
    if (!zone || refusal) return refusal;
    for (const change of difference.recordSets) this.#change(zone.id, change);
    this.#writeJournal(zone, difference);
    return undefined;
  }

  #zone(name: Uint8Array): ZoneRow | undefined {
    const row = this.#statements.zone.get(name);
    if (!row) return undefined;
    return {
      id: Number(row['id']),
      serial: Number(row['serial']),
      state: String(row['state']),
      sequence: Number(row['journal_sequence']),
      octets: Number(row['journal_octets']),
    };
  }

  #change(zone: number, { owner, type, content }: RecordSetChange): void {
    if (content) {
      const isStatic = content.origin === 'static' ? 1 : 0;
      this.#statements.put.run(zone, owner, type, content.ttlSeconds, isStatic, content.rdatas);
    } else this.#statements.remove.run(zone, owner, type);
  }

  #writeJournal(zone: ZoneRow, { serialBefore, serialAfter, journal }: UnpackedDifference): void {
    const octets = zone.octets + journalOctets(journal);
    const sequence = zone.sequence + 1;
    this.#statements.step.run(serialAfter, sequence, octets, zone.id);
    if (journal.kind === 'restart') {
      this.#statements.clearJournal.run(zone.id);
      return;
    }
    this.#statements.append.run(
      zone.id,
      sequence,
      serialBefore,
      serialAfter,
      zone.octets,
      journal.removed,
      journal.added,
    );
    const { entriesPerZone, octetsPerZone } = this.#bounds;
    this.#statements.prune.run(zone.id, sequence, sequence - entriesPerZone, octets - octetsPerZone);
  }

  #remember({ keyName, mac, timeSigned, expiresAtSeconds, answer }: RememberedRequest): boolean {
    return this.#statements.remember.run(keyName, mac, timeSigned, expiresAtSeconds, answer).changes === 1;
  }
}

function refusalOf(row: ZoneRow, { zone, serialBefore }: UnpackedDifference): ThreadRefusal | undefined {
  if (row.state === 'dormant') return { code: 'dormant-zone', zone };
  return row.serial === serialBefore ? undefined : { code: 'other-serial', zone, serial: row.serial };
}

function journalOctets(journal: JournalStep): number {
  return journal.kind === 'append' ? journal.removed.length + journal.added.length + journalRowOctets : 0;
}

function prepareStatements(database: DatabaseSync): Record<StatementName, StatementSync> {
  return {
    zone: database.prepare(
      `SELECT id, serial, state, journal_sequence, journal_octets FROM zone
       WHERE name = ? AND state IN ('active', 'dormant')`,
    ),
    put: database.prepare(
      `INSERT INTO record_set (zone, owner, type, ttl_seconds, is_static, rdatas) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ttl_seconds = excluded.ttl_seconds, is_static = excluded.is_static, rdatas = excluded.rdatas`,
    ),
    remove: database.prepare('DELETE FROM record_set WHERE zone = ? AND owner = ? AND type = ?'),
    step: database.prepare('UPDATE zone SET serial = ?, journal_sequence = ?, journal_octets = ? WHERE id = ?'),
    append: database.prepare('INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)'),
    clearJournal: database.prepare('DELETE FROM journal WHERE zone = ?'),
    // Reads from the oldest entry to the first that stays, so it costs no more than what it removes. The newest stays.
    prune: database.prepare(
      `DELETE FROM journal WHERE zone = ?1 AND sequence < coalesce(
         (SELECT sequence FROM journal WHERE zone = ?1 AND sequence > ?3 AND octets_before >= ?4 ORDER BY sequence LIMIT 1), ?2)`,
    ),
    remember: database.prepare(
      'INSERT INTO remembered_request VALUES (?, ?, ?, ?, ?) ON CONFLICT (key_name, mac, time_signed) DO NOTHING',
    ),
    forget: database.prepare(
      `DELETE FROM remembered_request WHERE (key_name, mac, time_signed) IN
         (SELECT key_name, mac, time_signed FROM remembered_request WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    ),
  };
}

type StatementName = 'zone' | 'put' | 'remove' | 'step' | 'append' | 'clearJournal' | 'prune' | 'remember' | 'forget';
