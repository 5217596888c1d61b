import { Name } from '../../dns/name.ts';
import type {
  DocumentKind,
  HistoryBounds,
  HistoryRange,
  HistoryRow,
  LedgerChanges,
  LedgerDocument,
  Store,
} from '../ledger.ts';
import type { StoreFault } from '../store-fault.ts';
import type {
  Answer,
  Batch,
  Failed,
  IntegrityReport,
  LoadResult,
  NewZone,
  Refusal,
  RememberedRequest,
  StoreCondition,
  StoredZone,
  StoreObserver,
  WriteResult,
  ZoneReceiver,
  ZoneReplacement,
} from '../zone-store.ts';
import type { BatchOutcome, JournalBounds, ThreadRefusal } from './batch-writer.ts';
import { CommitQueue, type QueueBounds, type Settlement } from './commit-queue.ts';
import type { Transacted, WriterPace } from './guarded-writer.ts';
import { recordSetPieces } from './packed-record-set.ts';
import type { PackedBatch } from './packed-batch.ts';
import { receiveDocuments, receivePiece, receiveRemembered } from './receive-piece.ts';
import type { Piece } from './snapshot.ts';
import { StoreThread } from './store-thread.ts';
import type { CallName, Order, Told } from './thread-calls.ts';

export interface SqliteStoreOptions {
  readonly path: string;
  /** Unix time, for what expires. */
  readonly unixSeconds: () => number;
  readonly observer?: StoreObserver;
  readonly journal?: JournalBounds;
  readonly history?: HistoryBounds;
  readonly queue?: QueueBounds;
  readonly pace?: WriterPace;
  readonly checkpointPages?: number;
  readonly maxLogOctets?: number;
}

const mebi = 1024 * 1024;
export const defaultJournalBounds: JournalBounds = { entriesPerZone: 10_000, octetsPerZone: 16 * mebi };
export const defaultHistoryBounds: HistoryBounds = {
  rowsPerName: 200,
  attemptsPerName: 50,
  days: 90,
  rows: 1_000_000,
};
const defaultQueue: QueueBounds = {
  batchesInGroup: 512,
  octetsInGroup: 4 * mebi,
  batches: 16_384,
  octets: 64 * mebi,
};
const defaultPace: WriterPace = { firstRetryMs: 50, maxRetryMs: 5000, holdMs: 2000 };

/** Opens a store in an SQLite database, which is made when it is not there. The directory has to be there. */
export async function openSqliteZoneStore(
  options: SqliteStoreOptions,
): Promise<Answer<{ readonly kind: 'opened'; readonly store: Store }>> {
  const condition = new ConditionWatch(options.observer);
  const started = await StoreThread.start(
    {
      path: options.path,
      journal: options.journal ?? defaultJournalBounds,
      history: options.history ?? defaultHistoryBounds,
      pace: options.pace ?? defaultPace,
      checkpointPages: options.checkpointPages ?? 1000,
      startedAtSeconds: options.unixSeconds(),
      maxLogOctets: options.maxLogOctets ?? 256 * mebi,
    },
    (fault) => condition.set(fault),
  );
  if (started.kind === 'failed') return started;
  return { kind: 'opened', store: new SqliteZoneStore(started.thread, options, condition) };
}

class ConditionWatch {
  readonly #observer: StoreObserver | undefined;
  current: StoreCondition = { kind: 'ready' };

  constructor(observer: StoreObserver | undefined) {
    this.#observer = observer;
  }

  set(fault: StoreFault | undefined): void {
    if (fault?.code === 'stopped') this.current = { kind: 'closed' };
    else this.current = fault ? { kind: 'suspended', fault } : { kind: 'ready' };
    this.#observer?.conditionChanged(this.current);
  }
}

class SqliteZoneStore implements Store {
  readonly #thread: StoreThread;
  readonly #options: SqliteStoreOptions;
  readonly #condition: ConditionWatch;
  readonly #queue: CommitQueue;
  #isClosing = false;

  constructor(thread: StoreThread, options: SqliteStoreOptions, condition: ConditionWatch) {
    this.#thread = thread;
    this.#options = options;
    this.#condition = condition;
    this.#queue = new CommitQueue(options.path, options.queue ?? defaultQueue, (batches) => this.#commitGroup(batches));
  }

  get condition(): StoreCondition {
    return this.#condition.current;
  }

  async zones(): Promise<Answer<{ readonly kind: 'zones'; readonly zones: readonly StoredZone[] }>> {
    const told = await this.#ask('zones', undefined);
    if (told.kind === 'failed') return told;
    const zones = told.zones.map(({ name, serial, isDormant }) => ({ zone: Name.fromWire(name), serial, isDormant }));
    return { kind: 'zones', zones };
  }

  async load(zone: Name, receiver: ZoneReceiver): Promise<LoadResult> {
    const begun = await this.#ask('read', { of: 'zone', zone: octetsOf(zone) });
    if (begun.kind !== 'begun') return begun;
    const { reading, serial, isDormant } = begun;
    const end = await this.#readAll(reading, (piece) => receivePiece(piece, receiver));
    return end.kind === 'failed' ? end : { kind: 'loaded', serial, isDormant };
  }

  async rememberedRequests(
    receive: (request: RememberedRequest) => void,
    atMost?: number,
  ): Promise<Answer<{ readonly kind: 'done' }>> {
    const begun = await this.#ask('read', { of: 'remembered', nowSeconds: this.#options.unixSeconds(), atMost });
    if (begun.kind === 'failed') return begun;
    if (begun.kind === 'unknown-zone') return { kind: 'done' };
    return this.#readAll(begun.reading, (piece) => receiveRemembered(piece, receive));
  }

  create(zone: NewZone): Promise<WriteResult> {
    return this.#bringIn(zone, undefined);
  }

  replace(replacement: ZoneReplacement): Promise<WriteResult> {
    return this.#bringIn(replacement, replacement.serialBefore);
  }

  async #bringIn({ zone, serial, recordSets }: NewZone, serialBefore: number | undefined): Promise<WriteResult> {
    const begun = await this.#write('beginZone', { zone: octetsOf(zone), serial, serialBefore });
    // Nobody sees a zone before it is complete, so until then there is nothing that could be unconfirmed.
    if (begun.kind !== 'committed') return { kind: 'failed', fault: begun.fault };
    if (typeof begun.value !== 'number') return { kind: 'refused', refusal: refusalOf(begun.value) };
    const id = begun.value;
    let isFilled = false;
    try {
      for (const piece of recordSetPieces(recordSets)) {
        const filled = await this.#write('fillZone', { id, recordSets: piece });
        if (filled.kind !== 'committed') return { kind: 'failed', fault: filled.fault };
      }
      isFilled = true;
    } finally {
      if (!isFilled) await this.#write('abortZone', id);
    }
    return settled(await this.#write('completeZone', { id, zone: octetsOf(zone), serialBefore }));
  }

  async discard(zone: Name): Promise<WriteResult> {
    return settled(await this.#write('discard', octetsOf(zone)));
  }

  async setDormant(zone: Name, isDormant: boolean): Promise<WriteResult> {
    return settled(await this.#write('setDormant', { zone: octetsOf(zone), isDormant }));
  }

  async documents(
    kind: DocumentKind,
    receive: (document: LedgerDocument) => void,
  ): Promise<Answer<{ readonly kind: 'done' }>> {
    const begun = await this.#ask('read', { of: 'documents', kind });
    if (begun.kind === 'failed') return begun;
    if (begun.kind === 'unknown-zone') return { kind: 'done' };
    return this.#readAll(begun.reading, (piece) => receiveDocuments(piece, receive));
  }

  history(
    name: Uint8Array,
    { beforeSequence, atMost }: HistoryRange,
  ): Promise<Answer<{ readonly kind: 'history'; readonly rows: readonly HistoryRow[] }>> {
    return this.#ask('history', { name, beforeSequence, atMost });
  }

  recentHistory({
    beforeSequence,
    atMost,
  }: HistoryRange): Promise<Answer<{ readonly kind: 'history'; readonly rows: readonly HistoryRow[] }>> {
    return this.#ask('history', { name: undefined, beforeSequence, atMost });
  }

  write({ documents, history }: LedgerChanges): Promise<WriteResult> {
    return this.#submit({ differences: [], remembered: [], documents, history });
  }

  commit(batch: Batch): Promise<WriteResult> {
    return this.#submit(batch);
  }

  #submit(batch: PackedBatch): Promise<WriteResult> {
    const { path } = this.#options;
    const { condition } = this;
    if (this.#isClosing)
      return Promise.resolve({ kind: 'failed', fault: { code: 'stopped', path, detail: 'it is being closed' } });
    // Not to wait behind a commit whose answer is held back.
    if (condition.kind === 'suspended')
      return Promise.resolve({ kind: 'failed', fault: { code: 'suspended', path, cause: condition.fault } });
    return this.#queue.submit(batch);
  }

  backup(path: string): Promise<Answer<{ readonly kind: 'done' }>> {
    return this.#ask('backup', path);
  }

  check(): Promise<Answer<IntegrityReport>> {
    return this.#ask('check', undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.#queue.idle();
    await this.#thread.close();
  }

  async #commitGroup(batches: readonly Uint8Array[]): Promise<readonly Settlement[]> {
    const told = await this.#write('commit', { batches, nowSeconds: this.#options.unixSeconds() });
    if (told.kind !== 'committed') return batches.map(() => told);
    this.#options.observer?.groupCommitted(batches.length);
    return told.value.map(settlementOf);
  }

  async #readAll(reading: number, receive: (piece: Piece) => void): Promise<Answer<{ readonly kind: 'done' }>> {
    let isOver = false;
    try {
      // The next piece is read over there while this one is taken in here.
      let next = this.#ask('piece', reading);
      for (;;) {
        const told = await next;
        isOver = told.kind !== 'piece';
        if (told.kind === 'failed') return told;
        if (told.kind === 'end') return { kind: 'done' };
        next = this.#ask('piece', reading);
        receive(told.piece);
      }
    } finally {
      if (!isOver) await this.#ask('endReading', reading);
    }
  }

  /** A call that changes nothing: when the thread is gone, it has failed. */
  async #ask<Name extends ReadingCall>(name: Name, order: Order<Name>): Promise<Told<Name>> {
    const called = await this.#thread.call(name, order);
    return called.kind === 'told' ? called.told : { kind: 'failed', fault: called.fault };
  }

  /** A call that changes something: when the thread goes meanwhile, only the next start can tell. */
  async #write<Name extends WritingCall>(
    name: Name,
    order: Order<Name>,
  ): Promise<Told<Name> | Failed | { readonly kind: 'unconfirmed'; readonly fault: StoreFault }> {
    const called = await this.#thread.call(name, order);
    if (called.kind === 'told') return called.told;
    return { kind: called.wasSent ? 'unconfirmed' : 'failed', fault: called.fault };
  }
}

type WritingCall = 'commit' | 'beginZone' | 'fillZone' | 'completeZone' | 'abortZone' | 'discard' | 'setDormant';
type ReadingCall = Exclude<CallName, WritingCall>;

function octetsOf(zone: Name): Uint8Array {
  return zone.toLowerCase().wire;
}

function settled(transacted: Transacted<ThreadRefusal | undefined>): WriteResult {
  if (transacted.kind !== 'committed') return transacted;
  if (!transacted.value) return { kind: 'committed' };
  return { kind: 'refused', refusal: refusalOf(transacted.value) };
}

function settlementOf(outcome: BatchOutcome): Settlement {
  switch (outcome.kind) {
    case 'applied':
      return { kind: 'committed' };
    case 'refused':
      return { kind: 'refused', refusal: refusalOf(outcome.refusal) };
    case 'mistake':
      return outcome;
  }
}

function refusalOf(refusal: ThreadRefusal): Refusal {
  if (refusal.code === 'replayed') return refusal;
  return { ...refusal, zone: Name.fromWire(refusal.zone) };
}
