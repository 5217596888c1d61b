import type { Name } from '../../dns/name.ts';
import type { StoreFault } from '../../store/store-fault.ts';
import type { Batch, Refusal, WriteResult, ZoneStore } from '../../store/zone-store.ts';
import type { Clock } from '../../updates/clock.ts';
import type { ZoneLimits } from '../../zone/zone-limits.ts';
import { Zone } from '../../zone/zone.ts';
import { Deadlines } from '../deadlines.ts';
import { type BatchBounds, CommitBatch } from './commit-batch.ts';
import { loadZone } from './load-zone.ts';
import type { Ownership } from './ownership.ts';
import { reconcile } from './reconcile.ts';
import type { StaticContent } from './static-content.ts';
import { type Rewriting, type WaitingRewriting, waitingRewriting } from './rewriting.ts';
import { toStoredDifference } from './stored-difference.ts';
import { toStoredRecordSets } from './stored-records.ts';
import { takeTurns } from './take-turns.ts';
import { type Settled, type Submission, type Waiting, WaitingSubmission, type WriteFailure } from './submission.ts';

export interface HostedZoneLimits {
  readonly zone: ZoneLimits;
  readonly batch: BatchBounds;
  /** Beyond: `busy`. */
  readonly waiting: number;
  /** What is kept in memory for incremental transfers. */
  readonly journalRecords: number;
  /** An UPDATE message, from its arrival to its answer. */
  readonly updateTimeoutMs: number;
}

export interface HostedZoneOptions {
  readonly store: ZoneStore;
  readonly clock: Clock;
  readonly limits: HostedZoneLimits;
  /** Whoever counts: so many submissions went into one commit. */
  readonly committed: (submissions: number) => void;
}

/** What became of new static content. */
export type Configured =
  | { readonly kind: 'configured'; readonly warnings: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: WriteFailure };

type Entry = Waiting | Reconfiguration | WaitingRewriting;

interface Reconfiguration {
  readonly kind: 'reconfiguration';
  readonly content: StaticContent;
  readonly resolve: (configured: Configured) => void;
  readonly reject: (mistake: unknown) => void;
}

/**
 * A zone in memory and its like in the store, with one writer: nothing is served before it is committed, and nothing answered
 * before it is served (RFC 2136 §3.5).
 *
 * While one commit is under way, whatever is submitted waits, and goes together into the next: evaluated in order, each as if
 * those before it had been carried out, stored as one step, and served as one step, with one new serial.
 */
export class HostedZone implements AsyncDisposable {
  readonly origin: Name;
  readonly #options: HostedZoneOptions;
  readonly #deadlines: Deadlines;
  readonly #listeners = new Set<() => void>();
  readonly #queue: Entry[] = [];
  #zone: Zone;
  #ownership: Ownership;
  #work: Promise<void> | undefined;
  #isClosed = false;
  /** Whether the store may have gone on without us: then it is asked before anything is based on what we have. */
  #isInDoubt = false;
  /** Whether what we have may be half of something, so that it has to be loaded again. */
  #isBroken = false;
  /** How many batches are to have one member, to find the one that the store refuses. */
  #alone = 0;

  /** @param ownership  what is static by the store; the configuration comes by `configure` */
  constructor(zone: Zone, ownership: Ownership, options: HostedZoneOptions) {
    this.origin = zone.origin;
    this.#zone = zone;
    this.#ownership = ownership;
    this.#options = options;
    this.#deadlines = new Deadlines(() => options.clock.monotonicMs());
  }

  get zone(): Zone {
    return this.#zone;
  }

  get limits(): HostedZoneLimits {
    return this.#options.limits;
  }

  /** Why nothing could be stored now; undefined when all is well. */
  get fault(): StoreFault | undefined {
    const { condition } = this.#options.store;
    return condition.kind === 'suspended' ? condition.fault : undefined;
  }

  submit<Verdict>(submission: Submission<Verdict>): Promise<Settled<Verdict>> {
    if (this.#isClosed) return Promise.resolve({ kind: 'failed', failure: { kind: 'closed' } });
    if (this.#queue.length >= this.limits.waiting)
      return Promise.resolve({ kind: 'failed', failure: { kind: 'busy' } });
    const waiting = new WaitingSubmission(submission, this.#deadlines);
    this.#enqueue(waiting);
    return waiting.settled;
  }

  /** Makes the static content what the configuration says, in its turn among the updates. */
  configure(content: StaticContent): Promise<Configured> {
    if (this.#isClosed) return Promise.resolve({ kind: 'failed', failure: { kind: 'closed' } });
    const { promise, resolve, reject } = Promise.withResolvers<Configured>();
    this.#enqueue({ kind: 'reconfiguration', content, resolve, reject });
    return promise;
  }

  /** Puts other content in the place of all that the zone holds, in its turn among the updates, and as one step. */
  rewrite<Verdict>(rewriting: Rewriting<Verdict>): Promise<Settled<Verdict>> {
    if (this.#isClosed) return Promise.resolve({ kind: 'failed', failure: { kind: 'closed' } });
    if (this.#queue.length >= this.limits.waiting)
      return Promise.resolve({ kind: 'failed', failure: { kind: 'busy' } });
    const { promise, resolve, reject } = Promise.withResolvers<Settled<Verdict>>();
    this.#enqueue(waitingRewriting(rewriting, resolve, reject));
    return promise;
  }

  /** @returns ends it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes nothing more, and waits for what is in line. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#work;
  }

  #enqueue(entry: Entry): void {
    this.#queue.push(entry);
    this.#work ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // What is submitted in the same turn of the event loop goes together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      try {
        const failure = this.#isInDoubt ? await this.#catchUp() : undefined;
        const [next] = this.#queue;
        if (failure) this.#failAll(failure);
        else if (next?.kind === 'reconfiguration') {
          await this.#reconfigure(next);
          this.#queue.shift();
        } else if (next?.kind === 'rewriting') await this.#rewrite(next);
        else await this.#commitOrBreak(this.#gather());
      } catch (mistake) {
        this.#breakFirst(mistake);
      }
    }
    this.#work = undefined;
  }

  /** A mistake of ours meets those whom it has met, and the next in line finds what the store holds. */
  async #commitOrBreak(batch: CommitBatch): Promise<void> {
    try {
      await this.#commit(batch);
    } catch (mistake) {
      this.#isInDoubt = true;
      this.#isBroken = true;
      batch.break(mistake);
    }
  }

  /** Whatever it is that cannot be worked off must not stand in line for ever. */
  #breakFirst(mistake: unknown): void {
    this.#isInDoubt = true;
    this.#isBroken = true;
    const entry = this.#queue.shift();
    if (entry?.kind === 'reconfiguration') entry.reject(mistake);
    else entry?.break(mistake);
  }

  #gather(): CommitBatch {
    const { clock, limits } = this.#options;
    const bounds = this.#alone > 0 ? { ...limits.batch, submissions: 1 } : limits.batch;
    this.#alone = Math.max(0, this.#alone - 1);
    const batch = new CommitBatch(this.#zone, this.#ownership, bounds);
    const nowMs = clock.monotonicMs();
    let taken = 0;
    for (const entry of this.#queue) {
      if (entry.kind !== 'update') break;
      if (!entry.isOver) {
        if (entry.deadlineMs <= nowMs) entry.fail({ kind: 'late' });
        else if (!batch.take(entry)) break;
      }
      taken += 1;
    }
    this.#queue.splice(0, taken);
    return batch;
  }

  async #commit(batch: CommitBatch): Promise<void> {
    const change = batch.change();
    if (!change && batch.remembered.length === 0) return batch.settle();
    batch.begin();
    const differences = change ? [toStoredDifference(this.#zone, change, this.#ownership.originOf)] : [];
    const result = await this.#store({ differences, remembered: batch.remembered, history: batch.history });
    switch (result.kind) {
      case 'committed':
        this.#options.committed(batch.members.length);
        if (change) {
          this.#zone.apply(change);
          this.#tellListeners();
        }
        return batch.settle();
      case 'failed':
        return batch.fail({ kind: 'not-stored', fault: result.fault });
      case 'unconfirmed':
        this.#isInDoubt = true;
        return batch.fail(result);
      case 'refused':
        return this.#comeAgain(batch, result.refusal);
      case 'mistake':
        return batch.break(result.mistake);
    }
  }

  /** The store takes a batch as a whole or not at all, and one that it refuses must not stand in the way of its neighbours. */
  #comeAgain(batch: CommitBatch, refusal: Refusal): void {
    const { members } = batch;
    const isReplay = refusal.code === 'replayed';
    const isHopeless = isReplay ? members.length === 1 : members.some(({ isRepeated }) => isRepeated);
    if (!isReplay) this.#isInDoubt = true;
    if (isHopeless) return batch.fail({ kind: 'refused', refusal });
    if (isReplay) this.#alone = members.length;
    for (const member of members) {
      member.isUnderWay = false;
      member.isRepeated ||= !isReplay;
    }
    this.#queue.unshift(...members);
  }

  async #reconfigure(entry: Reconfiguration): Promise<void> {
    const { content } = entry;
    const { change, claimed, warnings } = reconcile(this.#zone, this.#ownership, content);
    if (change) {
      const difference = toStoredDifference(this.#zone, change, content.ownership.originOf, claimed);
      const result = await this.#store({ differences: [difference], remembered: [] });
      if (result.kind !== 'committed') {
        this.#isInDoubt = result.kind !== 'failed';
        if (result.kind === 'mistake') return entry.reject(result.mistake);
        return entry.resolve({ kind: 'failed', failure: failureOf(result) });
      }
      this.#zone.apply(change);
    }
    this.#ownership = content.ownership;
    if (change) this.#tellListeners();
    entry.resolve({ kind: 'configured', warnings });
  }

  /** What is served stays what it was until all of the new content is stored. */
  async #rewrite(entry: WaitingRewriting): Promise<void> {
    this.#queue.shift();
    const { store, limits } = this.#options;
    try {
      const content = await takeTurns(entry.plan(this.#zone, this.#ownership));
      if (content === undefined) return entry.settle();
      const { serial, names } = content;
      const next = await takeTurns(Zone.build(this.origin, names, limits.journalRecords));
      const recordSets = toStoredRecordSets(names, this.#ownership.originOf);
      const result = await store.replace({
        zone: this.origin,
        serialBefore: this.#zone.serial,
        serial,
        recordSets,
      });
      if (result.kind !== 'committed') {
        this.#isInDoubt = result.kind !== 'failed';
        return entry.fail(failureOf(result));
      }
      this.#zone = next;
    } catch (mistake) {
      this.#isInDoubt = true;
      return entry.break(mistake);
    }
    this.#options.committed(1);
    this.#tellListeners();
    entry.settle();
  }

  async #store(batch: Batch): Promise<WriteResult | { readonly kind: 'mistake'; readonly mistake: unknown }> {
    try {
      return await this.#options.store.commit(batch);
    } catch (mistake) {
      this.#isInDoubt = true;
      return { kind: 'mistake', mistake };
    }
  }

  /** A serial changes with a commit and with nothing else: where it is ours, the store holds what we hold. */
  async #catchUp(): Promise<WriteFailure | undefined> {
    const { store, limits } = this.#options;
    const listed = await store.zones();
    if (listed.kind === 'failed') return { kind: 'not-stored', fault: listed.fault };
    const stored = listed.zones.find(({ zone }) => zone.key === this.origin.key);
    if (!stored) return { kind: 'refused', refusal: { code: 'unknown-zone', zone: this.origin } };
    if (this.#isBroken || stored.serial !== this.#zone.serial) {
      const loaded = await loadZone(store, this.origin, limits.journalRecords);
      if (loaded.kind === 'failed') return { kind: 'not-stored', fault: loaded.fault };
      if (loaded.kind === 'unknown') return { kind: 'refused', refusal: { code: 'unknown-zone', zone: this.origin } };
      this.#zone = loaded.zone;
      this.#ownership = loaded.ownership;
      this.#isBroken = false;
      this.#tellListeners();
    }
    this.#isInDoubt = false;
    return undefined;
  }

  #failAll(failure: WriteFailure): void {
    for (const entry of this.#queue.splice(0)) {
      if (entry.kind === 'reconfiguration') entry.resolve({ kind: 'failed', failure });
      else entry.fail(failure);
    }
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener();
  }
}

function failureOf(result: Exclude<WriteResult, { kind: 'committed' }>): WriteFailure {
  switch (result.kind) {
    case 'failed':
      return { kind: 'not-stored', fault: result.fault };
    case 'unconfirmed':
    case 'refused':
      return result;
  }
}
