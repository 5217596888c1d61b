import { DnsDecodeError } from './errors.ts';
import { maxNameOctets, Name } from './name.ts';

/** A name of 255 octets has at most 127 labels, so more pointers than that serve no name; an honest one has a handful. */
const maxPointers = 127;

/**
 * Reads DNS values from octets, front to back, never past the end.
 *
 * The octets belong to the caller and are not modified; every value that is returned is a copy. All multi-octet numbers
 * are unsigned, most significant octet first (RFC 1035 §2.3.2).
 */
export class WireReader {
  readonly #octets: Uint8Array;
  #offset: number;
  #end: number;
  // The name read last, where it began, so that the pointer to the question's name, which most records begin with, costs nothing.
  #recentName: Name | undefined;
  #recentNameOffset = -1;
  // Reading a name calls nobody, so one place to put its labels together serves all readers.
  static readonly #scratch = new Uint8Array(maxNameOctets);

  /**
   * @param octets  a whole message, so that compression pointers find their targets
   * @param offset  where to begin
   */
  constructor(octets: Uint8Array, offset: number = 0) {
    // A Buffer's slice() shares memory where a Uint8Array's copies; a plain view makes both alike.
    this.#octets = new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
    this.#offset = offset;
    this.#end = octets.length;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#end - this.#offset;
  }

  readU8(): number {
    const at = this.#advance(1);
    return this.#octets[at]!;
  }

  readU16(): number {
    const at = this.#advance(2);
    return (this.#octets[at]! << 8) | this.#octets[at + 1]!;
  }

  readU32(): number {
    const at = this.#advance(4);
    const octets = this.#octets;
    return ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0;
  }

  /** 48 bits, as TSIG's Time Signed (RFC 8945 §4.2); always a safe integer. */
  readU48(): number {
    return this.readU16() * 0x1_0000_0000 + this.readU32();
  }

  /** A copy of the next `length` octets. */
  readOctets(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#octets.slice(at, at + length);
  }

  /** A `<character-string>` (RFC 1035 §3.3): one length octet, then 0–255 octets. */
  readCharacterString(): Uint8Array {
    return this.readOctets(this.readU8());
  }

  /**
   * A name, with the compression of RFC 1035 §4.1.4.
   *
   * A pointer has to point before the first octet of the run of labels it ends, so every hop goes strictly backwards and
   * there is no loop; hops, labels and octets are counted besides.
   *
   * @throws DnsDecodeError `truncated`, `bad-label-type`, `bad-pointer` or `name-too-long`
   */
  readName(): Name {
    const octets = this.#octets;
    const start = this.#offset;
    let runStart = start;
    let position = start;
    let limit = this.#end;
    let pointers = 0;
    let length = 0;
    let labelCount = 0;
    for (;;) {
      if (position >= limit) throw new DnsDecodeError('truncated', position, 'The octets end inside a name');
      const octet = octets[position]!;
      if (octet >= 0xc0) {
        if (position + 1 >= limit) throw new DnsDecodeError('truncated', position, 'The octets end inside a pointer');
        const target = ((octet & 0x3f) << 8) | octets[position + 1]!;
        if (target >= runStart) {
          throw new DnsDecodeError(
            'bad-pointer',
            position,
            `A compression pointer to ${target} does not point backwards`,
          );
        }
        if (pointers === 0) this.#offset = position + 2;
        if (position === start && target === this.#recentNameOffset) return this.#recentName!;
        pointers += 1;
        if (pointers > maxPointers) throw new DnsDecodeError('bad-pointer', position, 'A name has too many pointers');
        limit = runStart;
        runStart = target;
        position = target;
        continue;
      }
      if (octet >= 0x40) throw new DnsDecodeError('bad-label-type', position, 'A label is of a type not in use');
      if (position + 1 + octet > limit)
        throw new DnsDecodeError('truncated', position, 'The octets end inside a label');
      if (length + 1 + octet > maxNameOctets) {
        throw new DnsDecodeError('name-too-long', position, 'A name exceeds 255 octets');
      }
      for (let index = 0; index <= octet; index += 1) WireReader.#scratch[length + index] = octets[position + index]!;
      length += 1 + octet;
      position += 1 + octet;
      if (octet === 0) break;
      labelCount += 1;
    }
    if (pointers === 0) this.#offset = position;
    const name = Name.fromCheckedWire(WireReader.#scratch.slice(0, length), labelCount);
    if (pointers === 0) {
      this.#recentName = name;
      this.#recentNameOffset = start;
    }
    return name;
  }

  /**
   * Runs `read` so that it sees exactly the next `length` octets as the rest of the message; pointers may still reach
   * back before them. It has to read all of them.
   *
   * @throws DnsDecodeError `truncated` or `trailing-octets`, besides what `read` throws
   */
  readWithin<Value>(length: number, read: (reader: WireReader) => Value): Value {
    const outerEnd = this.#end;
    const innerEnd = this.#offset + length;
    if (innerEnd > outerEnd) throw new DnsDecodeError('truncated', this.#offset, 'A field is longer than the message');
    this.#end = innerEnd;
    const value = read(this);
    if (this.#offset !== innerEnd) {
      throw new DnsDecodeError('trailing-octets', this.#offset, 'A field is longer than the value in it');
    }
    this.#end = outerEnd;
    return value;
  }

  /** @throws DnsDecodeError `trailing-octets` when something is left. */
  expectEnd(): void {
    if (this.#offset !== this.#end) {
      throw new DnsDecodeError(
        'trailing-octets',
        this.#offset,
        `${this.remaining} octets follow where the value has ended`,
      );
    }
  }

  #advance(length: number): number {
    const at = this.#offset;
    if (length > this.#end - at) throw new DnsDecodeError('truncated', at, `${length} octets are needed and missing`);
    this.#offset = at + length;
    return at;
  }
}
