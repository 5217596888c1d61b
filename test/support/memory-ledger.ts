import type {
  DocumentKind,
  HistoryBounds,
  HistoryRow,
  Ledger,
  LedgerChanges,
  LedgerDocument,
  NewHistoryRow,
} from '../../src/store/ledger.ts';
import type { StoreFault } from '../../src/store/store-fault.ts';
import type { Answer, WriteResult } from '../../src/store/zone-store.ts';

/**
 * A ledger that keeps its promises in memory: all of a write or nothing, in the order in which it was asked for, and octets that are its
 * own, whatever becomes of those that were handed over.
 */
export class MemoryLedger implements Ledger {
  /** While set, nothing is written or read. */
  fault: StoreFault | undefined;
  /** While set, no write is settled before it resolves. */
  gate: Promise<void> | undefined;
  /** Everything that was ever written, in order. */
  readonly writes: LedgerChanges[] = [];
  readonly #documents: Readonly<Record<DocumentKind, Map<string, LedgerDocument>>> = {
    token: new Map(),
    host: new Map(),
    sighting: new Map(),
  };
  #history: HistoryRow[] = [];
  #sequence = 0;
  readonly #bounds: HistoryBounds;
  #line: Promise<unknown> = Promise.resolve();

  constructor(bounds: HistoryBounds = { rowsPerName: 1_000, attemptsPerName: 1_000, days: 10_000, rows: 100_000 }) {
    this.#bounds = bounds;
  }

  async documents(
    kind: DocumentKind,
    receive: (document: LedgerDocument) => void,
  ): Promise<Answer<{ readonly kind: 'done' }>> {
    await this.#line;
    if (this.fault) return { kind: 'failed', fault: this.fault };
    for (const { key, body } of this.#documents[kind].values())
      receive({ key: Uint8Array.from(key), body: Uint8Array.from(body) });
    return { kind: 'done' };
  }

  write(changes: LedgerChanges): Promise<WriteResult> {
    const written = this.#line.then(async (): Promise<WriteResult> => {
      await this.gate;
      if (this.fault) return { kind: 'failed', fault: this.fault };
      this.#apply(changes);
      return { kind: 'committed' };
    });
    this.#line = written;
    return written;
  }

  async history(name: Uint8Array, bounds: { readonly beforeSequence?: number; readonly atMost: number }) {
    return await this.#rows(bounds, (row) => Buffer.compare(row.name, name) === 0);
  }

  async recentHistory(bounds: { readonly beforeSequence?: number; readonly atMost: number }) {
    return await this.#rows(bounds, () => true);
  }

  async #rows(
    { beforeSequence = Infinity, atMost }: { readonly beforeSequence?: number; readonly atMost: number },
    isWanted: (row: HistoryRow) => boolean,
  ): Promise<Answer<{ readonly kind: 'history'; readonly rows: readonly HistoryRow[] }>> {
    await this.#line;
    if (this.fault) return { kind: 'failed', fault: this.fault };
    const rows = this.#history.filter((row) => row.sequence < beforeSequence && isWanted(row));
    return { kind: 'history', rows: rows.toReversed().slice(0, atMost) };
  }

  #apply(changes: LedgerChanges): void {
    this.writes.push(changes);
    for (const { kind, key, body } of changes.documents) {
      const text = Buffer.from(key).toString('hex');
      if (body) this.#documents[kind].set(text, { key: Uint8Array.from(key), body: Uint8Array.from(body) });
      else this.#documents[kind].delete(text);
    }
    for (const row of changes.history) {
      this.#sequence += 1;
      this.#history.push({
        name: Uint8Array.from(row.name),
        atMs: row.atMs,
        isAttempt: row.isAttempt,
        body: Uint8Array.from(row.body),
        sequence: this.#sequence,
      });
      this.#forget(row);
    }
  }

  /** Time is what the newest row says. */
  #forget({ name, atMs: nowMs, isAttempt }: NewHistoryRow): void {
    const { rows, rowsPerName, attemptsPerName, days } = this.#bounds;
    const isLike = (row: HistoryRow) => Buffer.compare(row.name, name) === 0 && row.isAttempt === isAttempt;
    const like = this.#history.filter(isLike);
    const firstKept = like.at(-(isAttempt ? attemptsPerName : rowsPerName))?.sequence ?? 0;
    this.#history = this.#history
      .filter((row) => !isLike(row) || row.sequence >= firstKept)
      .filter((row) => row.atMs >= nowMs - days * 86_400_000)
      .slice(-rows);
  }
}
