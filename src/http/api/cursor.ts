import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';

/** Octets of the code by which a cursor is known as ours. */
const codeOctets = 8;

/** Longer than any that is given out: a name has 255 octets. */
const mostCharacters = 600;

/**
 * Where a list goes on: opaque to clients, so that what is in it may change, and sealed, so that one that was made up or belongs to another
 * list is refused instead of giving a page that nobody asked for. It is encrypted as well, for a place in the history of all is a count of what all do.
 *
 * The key lives as long as the process, and a client that comes back after a restart begins anew.
 */
export class Cursors {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** @param list  which list it is of, with whatever filters it */
  seal(list: string, position: string): string {
    const octets = Buffer.from(position, 'utf8');
    const code = this.#code(list, octets);
    return Buffer.concat([code, this.#veil(code, octets)]).toString('base64url');
  }

  /** @returns undefined for what this list has not given */
  open(list: string, cursor: string): string | undefined {
    if (cursor.length > mostCharacters) return undefined;
    const sealed = Buffer.from(cursor, 'base64url');
    // Decoding is lenient; one position has one text.
    if (sealed.length < codeOctets || sealed.toString('base64url') !== cursor) return undefined;
    const code = sealed.subarray(0, codeOctets);
    const octets = this.#veil(code, sealed.subarray(codeOctets));
    return timingSafeEqual(code, this.#code(list, octets)) ? octets.toString('utf8') : undefined;
  }

  /** Encrypts and decrypts: the code of a position, which no other has, begins its stream (as in RFC 5297). */
  #veil(code: Uint8Array, octets: Uint8Array): Buffer {
    const key = createHmac('sha256', this.#key).update('veil').digest();
    const start = Buffer.concat([code, Buffer.alloc(16 - codeOctets)]);
    return createCipheriv('aes-256-ctr', key, start).update(octets);
  }

  #code(list: string, octets: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(`${list}\0`).update(octets).digest().subarray(0, codeOctets);
  }
}
