import type { LedgerDocument } from '../store/ledger.ts';
import type { Sighting } from './administration.ts';
import type { Piece } from './late-writer.ts';
import { readSighting, writeSighting } from './sighting-document.ts';

/**
 * When tokens and hosts were last heard of, by ID or by name on the wire: the two never look the same, since a name of ten octets does not
 * begin with a letter or digit as its length.
 *
 * In memory at once, and in the database a while later: what a crash loses of it is least harm.
 */
export class Sightings {
  /** As they were loaded, until somebody asks: few are ever asked for, and all of them are loaded at every start. */
  readonly #known = new Map<string, Sighting | Uint8Array>();
  /** Those that differ from what is written; the ones that were forgotten, too. */
  readonly #waiting = new Set<string>();
  readonly #documentsPerWrite: number;

  constructor(documentsPerWrite: number) {
    this.#documentsPerWrite = documentsPerWrite;
  }

  get(key: string): Sighting | undefined {
    const known = this.#known.get(key);
    if (!(known instanceof Uint8Array)) return known;
    const reading = readSighting(known);
    // Nothing depends on one that cannot be read, and the next update makes it anew.
    if (reading.kind === 'unreadable') return undefined;
    this.#known.set(key, reading.value);
    return reading.value;
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Its octets are kept as they are. */
  load({ key, body }: LedgerDocument): void {
    this.#known.set(latin1(key), body);
  }

  /** What belongs to nobody any more goes. */
  keepOnly(belongs: (key: string) => boolean): void {
    for (const key of this.#known.keys()) if (!belongs(key)) this.forget(key);
  }

  /** Bounded by whoever calls it: only what is a token or a host is seen. */
  saw(key: string, sighting: Sighting): void {
    this.#known.set(key, sighting);
    this.#waiting.add(key);
  }

  forget(key: string): void {
    if (this.#known.delete(key)) this.#waiting.add(key);
  }

  /** The next piece of what waits, for a `LateWriter`. */
  next(): Piece | undefined {
    const keys: string[] = [];
    for (const key of this.#waiting) {
      if (keys.length === this.#documentsPerWrite) break;
      keys.push(key);
    }
    if (keys.length === 0) return undefined;
    // Whoever is seen again meanwhile waits again.
    for (const key of keys) this.#waiting.delete(key);
    const documents = keys.map((key) => {
      const sighting = this.get(key);
      return { kind: 'sighting', key: Buffer.from(key, 'latin1'), body: sighting && writeSighting(sighting) } as const;
    });
    return {
      changes: { documents, history: [] },
      written: () => {},
      kept: () => {
        for (const key of keys) this.#waiting.add(key);
      },
    };
  }
}

export function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
}
