import type { StoreFault } from '../store-fault.ts';
import type { WriteResult } from '../zone-store.ts';
import { type PackedBatch, packBatch } from './packed-batch.ts';

export interface QueueBounds {
  readonly batchesInGroup: number;
  readonly octetsInGroup: number;
  /** Waiting and under way. */
  readonly batches: number;
  readonly octets: number;
}

interface Waiting {
  readonly octets: Uint8Array;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (mistake: Error) => void;
}

/** What became of a batch; a mistake is the caller's own. */
export type Settlement = WriteResult | { readonly kind: 'mistake'; readonly message: string };

/** Commits batches in one transaction, and tells of each, in order. */
export type CommitGroup = (batches: readonly Uint8Array[]) => Promise<readonly Settlement[]>;

/**
 * Group commit: while one transaction is under way, what arrives waits and goes together into the next, so that one sync
 * serves many.
 */
export class CommitQueue {
  readonly #path: string;
  readonly #bounds: QueueBounds;
  readonly #commit: CommitGroup;
  #queue: Waiting[] = [];
  #count = 0;
  #octets = 0;
  #isBusy = false;
  #idle = Promise.resolve();

  constructor(path: string, bounds: QueueBounds, commit: CommitGroup) {
    this.#path = path;
    this.#bounds = bounds;
    this.#commit = commit;
  }

  submit(batch: PackedBatch): Promise<WriteResult> {
    const octets = packBatch(batch);
    const fault = this.#boundsFault(octets.length);
    if (fault) return Promise.resolve({ kind: 'failed', fault });
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult>();
    this.#queue.push({ octets, resolve, reject });
    this.#count += 1;
    this.#octets += octets.length;
    if (!this.#isBusy) {
      this.#isBusy = true;
      this.#idle = this.#drain();
    }
    return promise;
  }

  /** Until all that was submitted is settled. */
  async idle(): Promise<void> {
    await this.#idle;
  }

  #boundsFault(octets: number): StoreFault | undefined {
    const { octetsInGroup, batches, octets: maxOctets } = this.#bounds;
    const path = this.#path;
    if (octets > octetsInGroup) return { code: 'too-large', path, octets, maxOctets: octetsInGroup };
    if (this.#count >= batches || this.#octets + octets > maxOctets) return { code: 'busy', path };
    return undefined;
  }

  async #drain(): Promise<void> {
    // All who ask in this turn of the event loop share the first transaction as well.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) await this.#settle(this.#takeGroup());
    this.#isBusy = false;
  }

  #takeGroup(): Waiting[] {
    let octets = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      octets += waiting.octets.length;
      if (count > 0 && (count >= this.#bounds.batchesInGroup || octets > this.#bounds.octetsInGroup)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #settle(group: readonly Waiting[]): Promise<void> {
    let settlements: readonly Settlement[] = [];
    let mistake = 'The group was not settled';
    try {
      settlements = await this.#commit(group.map(({ octets }) => octets));
    } catch (error) {
      mistake = error instanceof Error ? error.message : String(error);
    }
    for (const [index, { octets, resolve, reject }] of group.entries()) {
      this.#count -= 1;
      this.#octets -= octets.length;
      const settlement = settlements[index] ?? { kind: 'mistake', message: mistake };
      if (settlement.kind === 'mistake') reject(new Error(settlement.message));
      else resolve(settlement);
    }
  }
}
