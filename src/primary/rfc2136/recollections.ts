import type { Change, CurrentRecords, RecordSetKey } from '../../updates/ports.ts';
import type { RecordSet } from '../../updates/record-set.ts';
import { packRecordSets, type RecordSetsByType, unpackRecordSets } from './packed-record-sets.ts';

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
  /** What the zone was last told to be before they were read; undefined where its serial cannot vouch for them. */
  readonly version: string | undefined;
}

interface RememberedName {
  readonly readAtMs: number;
  readonly version: string | undefined;
  readonly packedSets: string;
}

/**
 * What names held when we last read or changed them: a guess to begin with, never an answer by itself.
 *
 * A plan that is made from it is sent along with the condition that it is true, so that the primary itself confirms it or
 * says no. A guess that nothing has to change is worth something only where the zone's serial vouches for it
 * (serial-witness.ts). However often a name is changed, it is read again when the last reading is too long ago.
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
    const versions = new Set<string | undefined>();
    const names = new Map<string, RecordSetsByType>();
    for (const { name, type } of keys) {
      let sets = names.get(name.key);
      if (!sets) {
        const remembered = this.#names.get(name.key);
        if (!remembered || nowMs - remembered.readAtMs > this.#limits.ageMs) return undefined;
        sets = unpackRecordSets(name, remembered.packedSets);
        names.set(name.key, sets);
        readAtMs = Math.min(readAtMs, remembered.readAtMs);
        versions.add(remembered.version);
      }
      if (!sets.has(type)) return undefined;
    }
    const [version] = versions;
    const records: CurrentRecords = {
      recordSet: (name, type) => names.get(name.key)?.get(type),
      aliasTarget: () => undefined,
    };
    return { records, readAtMs, version: versions.size === 1 ? version : undefined };
  }

  /** Keeps what was there, with what has been changed. */
  remember(
    keys: readonly RecordSetKey[],
    { records, readAtMs, version }: Recollection,
    changes: readonly Change[],
  ): void {
    const names = new Map<string, Map<number, RecordSet | undefined>>();
    for (const { name, type } of keys) {
      if (records.aliasTarget(name) !== undefined) continue;
      const sets = names.get(name.key) ?? new Map<number, RecordSet | undefined>();
      names.set(name.key, sets.set(type, records.recordSet(name, type)));
    }
    for (const { name, type, after } of changes) names.get(name.key)?.set(type, after);
    for (const [key, sets] of names) {
      this.#names.delete(key);
      const packedSets = packRecordSets(sets);
      if (packedSets !== undefined) this.#names.set(key, { readAtMs, version, packedSets });
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
