import { DnsEncodeError } from './errors.ts';
import type { Name } from './name.ts';
import { unfilledOctets } from './octets.ts';

/** RFC 1035 §4.1.4: a pointer is 14 bits wide, so nothing beyond this offset can be pointed at. */
const maxPointerTarget = 0x3fff;

/**
 * Writes DNS values into octets that grow as needed, up to a limit.
 *
 * Numbers are written most significant octet first (RFC 1035 §2.3.2). One that does not fit its field is never cut off in
 * silence: it throws DnsEncodeError `out-of-range`.
 */
export class WireWriter {
  #octets: Uint8Array;
  #length = 0;
  readonly #maxOctets: number;
  readonly #names = new Map<string, number>();
  #recentName: Name | undefined;
  #recentNameOffset = 0;

  /** @param maxOctets  a write that would go beyond it throws DnsEncodeError `too-long` */
  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
    this.#octets = unfilledOctets(Math.min(512, maxOctets));
  }

  get length(): number {
    return this.#length;
  }

  /** The octets written; they belong to the caller, and nothing may be written after. */
  finish(): Uint8Array {
    return this.#octets.subarray(0, this.#length);
  }

  writeU8(value: number): void {
    if (value !== (value & 0xff)) throw outOfRange(value, 0xff);
    const at = this.#reserve(1);
    this.#octets[at] = value;
  }

  writeU16(value: number): void {
    if (value !== (value & 0xffff)) throw outOfRange(value, 0xffff);
    const at = this.#reserve(2);
    this.#octets[at] = value >>> 8;
    this.#octets[at + 1] = value;
  }

  writeU32(value: number): void {
    if (value !== value >>> 0) throw outOfRange(value, 0xffff_ffff);
    const at = this.#reserve(4);
    this.#octets[at] = value >>> 24;
    this.#octets[at + 1] = value >>> 16;
    this.#octets[at + 2] = value >>> 8;
    this.#octets[at + 3] = value;
  }

  writeOctets(octets: Uint8Array): void {
    const at = this.#reserve(octets.length);
    this.#octets.set(octets, at);
  }

  /** @throws DnsEncodeError `too-long` beyond 255 octets (RFC 1035 §3.3) */
  writeCharacterString(octets: Uint8Array): void {
    if (octets.length > 255) {
      throw new DnsEncodeError('too-long', `A character-string has ${octets.length} octets, and 255 is the most`);
    }
    this.writeU8(octets.length);
    this.writeOctets(octets);
  }

  /** Leaves room for a 16-bit length; `endLength` fills it in with the octets written since. */
  beginLength(): number {
    return this.#reserve(2);
  }

  /** @throws DnsEncodeError `too-long` when more than 65535 octets were written since `beginLength` */
  endLength(at: number): void {
    const length = this.#length - at - 2;
    if (length > 0xffff) throw new DnsEncodeError('too-long', `A field of ${length} octets exceeds its 16-bit length`);
    this.#octets[at] = length >>> 8;
    this.#octets[at + 1] = length;
  }

  /** The name in full. Later names may still point at it, as RFC 1035 §4.1.4 lets them point at any prior name. */
  writeUncompressedName(name: Name): void {
    const at = this.#reserve(name.wire.length);
    this.#octets.set(name.wire, at);
  }

  /**
   * The name, with its longest tail that was already written as a compressible name replaced by a pointer
   * (RFC 1035 §4.1.4). Tails are compared with their case, so that what is read back is what was written.
   */
  writeName(name: Name): void {
    if (name.labelCount === 0) {
      this.writeU8(0);
      return;
    }
    if (name === this.#recentName) {
      this.writeU16(0xc000 | this.#recentNameOffset);
      return;
    }
    const { wire, exactKey } = name;
    const start = this.#length;
    let offset = 0;
    while (wire[offset] !== 0) {
      const tail = offset === 0 ? exactKey : exactKey.slice(offset);
      const target = this.#names.get(tail);
      if (target !== undefined) {
        this.writeOctets(wire.subarray(0, offset));
        this.writeU16(0xc000 | target);
        this.#remember(name, offset === 0 ? target : start);
        return;
      }
      if (start + offset <= maxPointerTarget) this.#names.set(tail, start + offset);
      offset += 1 + wire[offset]!;
    }
    this.writeOctets(wire);
    this.#remember(name, start);
  }

  #remember(name: Name, offset: number): void {
    if (offset > maxPointerTarget) return;
    this.#recentName = name;
    this.#recentNameOffset = offset;
  }

  #reserve(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#octets.length) this.#grow(needed);
    this.#length = needed;
    return at;
  }

  #grow(needed: number): void {
    if (needed > this.#maxOctets) {
      throw new DnsEncodeError('too-long', `The message needs more than the ${this.#maxOctets} octets it may have`);
    }
    const grown = unfilledOctets(Math.min(this.#maxOctets, Math.max(needed, this.#octets.length * 2)));
    grown.set(this.#octets.subarray(0, this.#length));
    this.#octets = grown;
  }
}

function outOfRange(value: number, most: number): DnsEncodeError {
  return new DnsEncodeError('out-of-range', `${value} is not a whole number from 0 to ${most}`);
}
