import { hash } from 'node:crypto';

/** The hash functions of TSIG and the octets of the blocks they work on (RFC 2104 §2; FIPS 180-4 for SHA-2). */
const blockOctets = { md5: 64, sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 } as const;

export type HashName = keyof typeof blockOctets;

/**
 * HMAC (RFC 2104) with one key, for many short messages.
 *
 * Made of two one-shot hashes, which takes a third of the time of `createHmac`: that makes a stream object for every
 * message, which costs more than hashing one. The padded keys stand in front of two buffers that are used again.
 */
export class KeyedHash {
  readonly #hashName: HashName;
  readonly #blockOctets: number;
  #inner: Buffer;
  readonly #outer: Buffer;

  /** @param secret  of any length; longer than a block, its hash stands for it (RFC 2104 §2) */
  constructor(hashName: HashName, secret: Uint8Array) {
    this.#hashName = hashName;
    this.#blockOctets = blockOctets[hashName];
    const key = secret.length > this.#blockOctets ? hash(hashName, secret, 'buffer') : secret;
    this.#inner = Buffer.alloc(this.#blockOctets + 1024, 0);
    this.#outer = Buffer.alloc(this.#blockOctets + digestOctets(hashName), 0);
    for (const [buffer, pad] of [
      [this.#inner, 0x36],
      [this.#outer, 0x5c],
    ] as const) {
      buffer.set(key);
      for (let i = 0; i < this.#blockOctets; i++) buffer[i] = (buffer[i] ?? 0) ^ pad;
    }
  }

  /** The MAC of these octets, one part after the other; the result is the caller's. */
  macOf(parts: readonly Uint8Array[]): Uint8Array {
    let length = this.#blockOctets;
    for (const part of parts) length += part.length;
    if (length > this.#inner.length) this.#grow(length);
    let offset = this.#blockOctets;
    for (const part of parts) {
      this.#inner.set(part, offset);
      offset += part.length;
    }
    this.#outer.write(hash(this.#hashName, this.#inner.subarray(0, length), 'binary'), this.#blockOctets, 'latin1');
    const mac = Buffer.from(hash(this.#hashName, this.#outer, 'binary'), 'latin1');
    return new Uint8Array(mac.buffer, mac.byteOffset, mac.length);
  }

  #grow(octets: number): void {
    const larger = Buffer.alloc(octets * 2);
    larger.set(this.#inner.subarray(0, this.#blockOctets));
    this.#inner = larger;
  }
}

function digestOctets(hashName: HashName): number {
  return hash(hashName, '', 'buffer').length;
}
