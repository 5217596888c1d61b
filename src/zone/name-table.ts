import type { NameKey } from './name-key.ts';
import { noRecords, type PackedRecords } from './packed-records.ts';

/** A power of two. */
const shardCount = 64;
/** Enough to tell apart what a zone has many of: names below one, also below `*` or `_acme-challenge`. */
const hashedOctets = 32;

/**
 * What stands at each name of a zone.
 *
 * Many maps instead of one, because a map doubles at once: with a million names in it that holds everybody up for
 * 150 ms, with 64 maps for 3 ms. No records may stand at a name: then it keeps its place among the names that are run
 * through, and that is all.
 */
export class NameTable {
  readonly #shards = Array.from({ length: shardCount }, () => new Map<NameKey, PackedRecords>());

  get(key: NameKey): PackedRecords {
    return this.#shard(key).get(key) ?? noRecords;
  }

  set(key: NameKey, records: PackedRecords): void {
    this.#shard(key).set(key, records);
  }

  delete(key: NameKey): void {
    this.#shard(key).delete(key);
  }

  /**
   * Runs through the names while others change them. Each name that has been in the table from the beginning to the end comes
   * exactly once; one that is put in meanwhile may come or not.
   */
  *[Symbol.iterator](): Generator<readonly [NameKey, PackedRecords]> {
    for (const shard of this.#shards) yield* shard;
  }

  #shard(key: NameKey): Map<NameKey, PackedRecords> {
    const end = Math.min(key.length, hashedOctets);
    let hash = 0;
    for (let index = 0; index < end; index += 1) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
    return this.#shards[(hash ^ (hash >>> 15)) & (shardCount - 1)]!;
  }
}
