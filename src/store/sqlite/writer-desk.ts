import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

import type { Answer } from '../zone-store.ts';
import { backUp } from './back-up.ts';
import { BatchWriter } from './batch-writer.ts';
import { checkIntegrity } from './check-integrity.ts';
import { readHistory } from './ledger-reading.ts';
import { LedgerWriter } from './ledger-writer.ts';
import type { GuardedWriter, Transacted } from './guarded-writer.ts';
import { closeQuietly } from './open-database.ts';
import { unpackBatch } from './packed-batch.ts';
import { type Piece, Snapshot } from './snapshot.ts';
import { faultOf } from './sqlite-fault.ts';
import type { CallName, Order, ThreadSettings, Told } from './thread-calls.ts';
import { ZoneWriter } from './zone-writer.ts';

interface Reading {
  readonly snapshot: Snapshot;
  readonly pieces: Iterator<Piece, void, undefined>;
}

const maxReadings = 8;
const collectEveryMs = 20;
const collectAfterFailureMs = 1000;

/** What the writer's thread does, one method a call. */
export class WriterDesk implements Disposable {
  readonly #database: DatabaseSync;
  readonly #settings: ThreadSettings;
  readonly #writer: GuardedWriter;
  readonly #batches: BatchWriter;
  readonly #zones: ZoneWriter;
  readonly #ledger: LedgerWriter;
  readonly #readings = new Map<number, Reading>();
  #lastReading = 0;
  #collecting: NodeJS.Timeout | undefined;

  constructor(database: DatabaseSync, settings: ThreadSettings, writer: GuardedWriter) {
    this.#database = database;
    this.#settings = settings;
    this.#writer = writer;
    this.#ledger = new LedgerWriter(database, settings.history);
    this.#batches = new BatchWriter(database, settings.journal, this.#ledger);
    this.#zones = new ZoneWriter(database);
  }

  /** What a process that was killed has left over is removed bit by bit, and what has expired since the last one. */
  async begin(): Promise<void> {
    await this.#writer.transact(() => this.#zones.abandonIncomplete());
    this.#collectSoon(collectEveryMs);
  }

  readonly calls: { readonly [Name in CallName]: (order: Order<Name>) => Told<Name> | Promise<Told<Name>> } = {
    commit: async ({ batches, nowSeconds }) => {
      const told = await this.#writer.transact(() => this.#batches.applyGroup(batches.map(unpackBatch), nowSeconds));
      this.#watchLog();
      if (this.#ledger.hasUnsorted) this.#collecting ??= setTimeout(() => void this.#collect(), collectEveryMs);
      return told;
    },
    zones: () =>
      this.#answer(() => {
        using snapshot = new Snapshot(this.#settings.path);
        return { kind: 'zones', zones: snapshot.zones() };
      }),
    read: (order) => this.#answer(() => this.#beginReading(order)),
    piece: (id) => this.#answer(() => this.#nextPiece(id)),
    history: (question) =>
      this.#answer(() => {
        using snapshot = new Snapshot(this.#settings.path);
        return { kind: 'history', rows: readHistory(snapshot.database, question) };
      }),
    endReading: (id) =>
      this.#answer(() => {
        this.#endReading(id);
        return { kind: 'done' };
      }),
    beginZone: ({ zone, serial, serialBefore }) =>
      this.#writer.transact(() => this.#zones.begin(zone, serial, serialBefore)),
    fillZone: ({ id, recordSets }) => this.#writer.transact(() => this.#zones.fill(id, recordSets)),
    completeZone: async ({ id, zone, serialBefore }) =>
      this.#thenCollect(await this.#writer.transact(() => this.#zones.complete(id, zone, serialBefore))),
    abortZone: async (id) => this.#thenCollect(await this.#writer.transact(() => this.#zones.abort(id))),
    discard: async (zone) => this.#thenCollect(await this.#writer.transact(() => this.#zones.discard(zone))),
    setDormant: ({ zone, isDormant }) => this.#writer.transact(() => this.#zones.setDormant(zone, isDormant)),
    backup: (to) => backUp(this.#settings.path, to),
    check: () => this.#answer(() => checkIntegrity(this.#settings.path)),
    close: () => {
      this[Symbol.dispose]();
      return { kind: 'done' };
    },
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#collecting);
    this.#writer.stop();
    for (const id of this.#readings.keys()) this.#endReading(id);
    // Copies the log into the database, where it can; what was acknowledged is safe in either.
    closeQuietly(this.#database);
  }

  #answer<Value>(read: () => Value): Answer<Value> {
    try {
      return read();
    } catch (error) {
      const fault = faultOf(error, this.#settings.path);
      if (!fault) throw error;
      return { kind: 'failed', fault };
    }
  }

  #beginReading(order: Order<'read'>): Told<'read'> {
    const { path } = this.#settings;
    if (this.#readings.size >= maxReadings) return { kind: 'failed', fault: { code: 'busy', path } };
    const snapshot = new Snapshot(path);
    const zone = order.of === 'zone' ? snapshot.zone(order.zone) : { id: 0, serial: 0, isDormant: false };
    if (!zone) {
      snapshot[Symbol.dispose]();
      return { kind: 'unknown-zone' };
    }
    const pieces =
      order.of === 'zone'
        ? snapshot.content(zone.id)
        : order.of === 'documents'
          ? snapshot.documents(order.kind)
          : snapshot.remembered(order.nowSeconds, order.atMost);
    this.#lastReading += 1;
    this.#readings.set(this.#lastReading, { snapshot, pieces });
    return { kind: 'begun', reading: this.#lastReading, serial: zone.serial, isDormant: zone.isDormant };
  }

  #nextPiece(id: number): Told<'piece'> {
    const next = this.#readings.get(id)?.pieces.next();
    if (next && next.done !== true) return { kind: 'piece', piece: next.value };
    this.#endReading(id);
    return { kind: 'end' };
  }

  #endReading(id: number): void {
    const reading = this.#readings.get(id);
    this.#readings.delete(id);
    reading?.snapshot[Symbol.dispose]();
  }

  /** SQLite copies the log by itself after a commit, and says nothing when it cannot. A log that only grows shows it. */
  #watchLog(): void {
    if (this.#writer.isSuspended) return;
    const size = statSync(`${this.#settings.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#settings.maxLogOctets) return;
    const copied = this.#answer(() => {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      return { kind: 'done' } as const;
    });
    if (copied.kind === 'failed') this.#writer.suspendUntilCopied(copied.fault);
  }

  #thenCollect<Value>(transacted: Transacted<Value>): Transacted<Value> {
    if (transacted.kind === 'committed') this.#collectSoon(collectEveryMs);
    return transacted;
  }

  #collectSoon(delayMs: number): void {
    clearTimeout(this.#collecting);
    this.#collecting = setTimeout(() => void this.#collect(), delayMs);
  }

  async #collect(): Promise<void> {
    this.#collecting = undefined;
    const more = await this.#writer.transact(() => {
      const hasForgottenAll = this.#batches.forgetExpired(this.#settings.startedAtSeconds);
      return this.#ledger.tidyHistory(Date.now()) || this.#zones.collect() || !hasForgottenAll;
    });
    if (more.kind !== 'committed') this.#collectSoon(collectAfterFailureMs);
    else if (more.value) this.#collectSoon(collectEveryMs);
  }
}
