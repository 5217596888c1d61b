import type { Change, CurrentRecords, RecordSetKey } from '../../updates/ports.ts';
import type { RecordSet } from '../../updates/record-set.ts';

export interface RecollectionLimits {
  readonly names: number;
  /** A name that became hidden meanwhile, by a delegation or a DNAME above it, is noticed at the latest after this. */
  readonly ageMs: number;
}

/** What some names held, and when the primary was last asked about them. */
export interface Recollection {
  readonly records: CurrentRecords;
  /** On the monotonic clock; for several names, the earliest. */
  readonly readAtMs: number;
}

interface RememberedName {
  readonly readAtMs: number;
  readonly sets: ReadonlyMap<number, RecordSet | undefined>;
}

/**
 * What names held when we last read or changed them: a guess to begin with, never an answer.
 *
 * A plan that is made from it is sent along with the condition that it is true, so that the primary itself confirms it or
 * says no. A guess that nothing has to change is worth nothing, and is not taken. However often a name is changed, it is
 * read again when the last reading is too long ago.
 */
export class Recollections {
  readonly #limits: RecollectionLimits;
  readonly #names = new Map<string, RememberedName>();

  constructor(limits: RecollectionLimits) {
    this.#limits = limits;
  }

  /** The records of all these, or undefined where one is not remembered well enough. */
  recall(keys: readonly RecordSetKey[], nowMs: number): Recollection | undefined {
    let readAtMs = nowMs;
    for (const { name, type } of keys) {
      const remembered = this.#names.get(name.key);
      const isFresh = remembered && nowMs - remembered.readAtMs <= this.#limits.ageMs;
      if (!isFresh || !remembered.sets.has(type)) return undefined;
      readAtMs = Math.min(readAtMs, remembered.readAtMs);
    }
    const records: CurrentRecords = {
      recordSet: (name, type) => this.#names.get(name.key)?.sets.get(type),
      aliasTarget: () => undefined,
    };
    return { records, readAtMs };
  }

  /** Keeps what was there, with what has been changed. */
  remember(keys: readonly RecordSetKey[], { records, readAtMs }: Recollection, changes: readonly Change[]): void {
    const sets = new Map<string, Map<number, RecordSet | undefined>>();
    for (const { name, type } of keys) {
      if (records.aliasTarget(name) !== undefined) continue;
      const ofName = sets.get(name.key) ?? new Map<number, RecordSet | undefined>();
      sets.set(name.key, ofName.set(type, records.recordSet(name, type)));
    }
    for (const { name, type, after } of changes) sets.get(name.key)?.set(type, after);
    for (const [key, ofName] of sets) {
      this.#names.delete(key);
      this.#names.set(key, { readAtMs, sets: ofName });
    }
    // A map keeps the order of insertion, so what comes first has not been dealt with for longest.
    for (const key of this.#names.keys()) {
      if (this.#names.size <= this.#limits.names) break;
      this.#names.delete(key);
    }
  }

  forget(keys: readonly RecordSetKey[]): void {
    for (const { name } of keys) this.#names.delete(name.key);
  }
}
