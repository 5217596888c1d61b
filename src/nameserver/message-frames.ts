const prefixOctets = 2;
const firstCapacity = 512;

/**
 * Cuts TCP's stream into messages: each has its length in two octets before it (RFC 1035 §4.2.2), and all of it may come in pieces
 * of any size (RFC 7766 §8).
 *
 * It keeps one unfinished message and what came behind it in the last piece, so at most 64 KiB more than one piece.
 */
export class MessageFrames {
  #octets = new Uint8Array(firstCapacity);
  #start = 0;
  #end = 0;

  push(piece: Uint8Array): void {
    this.#makeRoom(piece.length);
    this.#octets.set(piece, this.#end);
    this.#end += piece.length;
  }

  /** The next whole message, in octets of its own; undefined when there is none yet. */
  next(): Uint8Array | undefined {
    const kept = this.#end - this.#start;
    if (kept < prefixOctets) return undefined;
    const length = (this.#octets[this.#start]! << 8) | this.#octets[this.#start + 1]!;
    if (kept < prefixOctets + length) return undefined;
    const from = this.#start + prefixOctets;
    this.#start = from + length;
    return this.#octets.slice(from, this.#start);
  }

  /** Whether a message has begun and not ended. */
  get isInside(): boolean {
    return this.#end > this.#start;
  }

  #makeRoom(needed: number): void {
    if (this.#end + needed <= this.#octets.length) return;
    const kept = this.#end - this.#start;
    // Doubling, so that octets which come one by one are not moved each time.
    let capacity = firstCapacity;
    while (capacity < 2 * (kept + needed)) capacity *= 2;
    const octets = new Uint8Array(capacity);
    octets.set(this.#octets.subarray(this.#start, this.#end));
    this.#octets = octets;
    this.#start = 0;
    this.#end = kept;
  }
}

/** A message with its length before it, in one piece, so that it goes in one segment (RFC 7766 §8). */
export function framed(message: Uint8Array): Uint8Array {
  const octets = new Uint8Array(prefixOctets + message.length);
  octets[0] = message.length >>> 8;
  octets[1] = message.length;
  octets.set(message, prefixOctets);
  return octets;
}
