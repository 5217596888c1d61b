/** What came of the octets so far. */
export type Framing =
  | { readonly kind: 'messages'; readonly messages: readonly Uint8Array[] }
  | { readonly kind: 'broken' };

const headerOctets = 12;

/**
 * Puts DNS messages back together from a TCP stream (RFC 1035 §4.2.2: each is preceded by its length in two octets).
 *
 * The stream may be cut anywhere (RFC 7766 §8). A length that no message can have means that the peer speaks something
 * else. At most one message of 65,535 octets waits for its end.
 */
export class MessageStream {
  #pending: Uint8Array = new Uint8Array(0);

  /** How many octets wait for the rest of their message. */
  get pendingOctets(): number {
    return this.#pending.length;
  }

  /** @param chunk  may be written over afterwards: what is returned and what waits are copies */
  push(chunk: Uint8Array): Framing {
    const octets = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const messages: Uint8Array[] = [];
    let offset = 0;
    while (offset + 2 <= octets.length) {
      const length = ((octets[offset] ?? 0) << 8) | (octets[offset + 1] ?? 0);
      if (length < headerOctets) return { kind: 'broken' };
      if (offset + 2 + length > octets.length) break;
      messages.push(Buffer.from(octets.subarray(offset + 2, offset + 2 + length)));
      offset += 2 + length;
    }
    this.#pending = offset === octets.length ? new Uint8Array(0) : Uint8Array.from(octets.subarray(offset));
    return { kind: 'messages', messages };
  }
}

/** Messages with their lengths in front, ready for the stream. */
export function frames(wires: readonly Uint8Array[]): Uint8Array {
  const octets = Buffer.allocUnsafe(wires.reduce((sum, wire) => sum + wire.length + 2, 0));
  let offset = 0;
  for (const wire of wires) {
    octets[offset] = wire.length >> 8;
    octets[offset + 1] = wire.length & 0xff;
    octets.set(wire, offset + 2);
    offset += wire.length + 2;
  }
  return octets;
}
