import type { HistoryRow, Ledger, NewHistoryRow } from '../store/ledger.ts';
import type { HistoryEntry } from '../updates/history-entry.ts';
import { historyEntry, historyOctets } from '../updates/history-octets.ts';
import type { Hostname } from '../updates/hostname.ts';
import type { HistoryRead } from './administration.ts';
import { LateWriter, type LateWriterOptions, type Piece } from './late-writer.ts';

export interface HistoryDeskOptions extends Pick<LateWriterOptions, 'delayMs' | 'againMs' | 'faultChanged'> {
  readonly ledger: Pick<Ledger, 'write' | 'history' | 'recentHistory'>;
  /** Entries that wait; the oldest go when there are more. */
  readonly atMost: number;
  readonly entriesPerWrite: number;
  /** So many entries have been dropped, since the database has taken nothing for too long. */
  readonly dropped: (entries: number) => void;
}

const mostPerPage = 1_000;

/**
 * The history: what became of names whose primaries keep none of it themselves is written here, a moment later and many at once; all of it
 * is read here.
 */
export class HistoryDesk implements AsyncDisposable {
  readonly #options: HistoryDeskOptions;
  readonly #writer: LateWriter;
  #waiting: NewHistoryRow[] = [];
  #dropped = 0;

  constructor(options: HistoryDeskOptions) {
    const { ledger, delayMs, againMs, faultChanged } = options;
    this.#options = options;
    this.#writer = new LateWriter({
      write: (changes) => ledger.write(changes),
      next: () => this.#next(),
      delayMs,
      againMs,
      faultChanged,
    });
  }

  /** Waits for nothing. */
  append(entries: readonly HistoryEntry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) this.#waiting.push(historyOctets(entry));
    this.#bound();
    this.#writer.wake();
  }

  /** Also of what has only just been appended. */
  async read(
    of: Hostname | undefined,
    { before, atMost }: { readonly before?: number; readonly atMost: number },
  ): Promise<HistoryRead> {
    const { ledger } = this.#options;
    await this.#writer.flush();
    const bounds = {
      atMost: Math.min(atMost, mostPerPage),
      ...(before === undefined ? {} : { beforeSequence: before }),
    };
    const answer = await (of ? ledger.history(of.wire, bounds) : ledger.recentHistory(bounds));
    return answer.kind === 'failed' ? answer : { kind: 'history', entries: answer.rows.flatMap(entryOf) };
  }

  flush(): Promise<boolean> {
    return this.#writer.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }

  #next(): Piece | undefined {
    const rows = this.#waiting.splice(0, this.#options.entriesPerWrite);
    if (rows.length === 0) return undefined;
    return {
      changes: { documents: [], history: rows },
      written: () => {
        if (this.#dropped > 0) this.#options.dropped(this.#dropped);
        this.#dropped = 0;
      },
      kept: () => {
        this.#waiting = [...rows, ...this.#waiting];
        this.#bound();
      },
    };
  }

  #bound(): void {
    const surplus = this.#waiting.length - this.#options.atMost;
    if (surplus <= 0) return;
    this.#waiting.splice(0, surplus);
    this.#dropped += surplus;
  }
}

/** What a newer dyndns has written in another form is not shown. */
function entryOf(row: HistoryRow): readonly (HistoryEntry & { readonly sequence: number })[] {
  const entry = historyEntry(row);
  return entry ? [{ ...entry, sequence: row.sequence }] : [];
}
