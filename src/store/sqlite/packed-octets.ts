const firstCapacity = 512;

/**
 * Numbers and octets one after the other in one growing piece, which goes to another thread without being copied: numbers
 * in network order, octets with a length of 4 octets before them.
 */
export class OctetPacker {
  #octets = new Uint8Array(firstCapacity);
  #view = new DataView(this.#octets.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    const offset = this.#room(1);
    this.#view.setUint8(offset, value);
  }

  u16(value: number): void {
    const offset = this.#room(2);
    this.#view.setUint16(offset, value);
  }

  u32(value: number): void {
    const offset = this.#room(4);
    this.#view.setUint32(offset, value);
  }

  /** Whole numbers up to 2⁵³. */
  wide(value: number): void {
    const offset = this.#room(8);
    this.#view.setFloat64(offset, value);
  }

  octets(value: Uint8Array): void {
    this.u32(value.length);
    this.plain(value);
  }

  /** Without a length. */
  plain(value: Uint8Array): void {
    const offset = this.#room(value.length);
    this.#octets.set(value, offset);
  }

  /** What has been packed, in memory of its own; the packer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#octets.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** May move everything: only what is looked up afterwards is in its place. */
  #room(count: number): number {
    const offset = this.#length;
    this.#length += count;
    if (this.#length > this.#octets.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#octets.length * 2));
      larger.set(this.#octets);
      this.#octets = larger;
      this.#view = new DataView(larger.buffer);
    }
    return offset;
  }
}

/** Reads what `OctetPacker` has packed. Octets are views of the piece. */
export class OctetUnpacker {
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#octets.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  wide(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  octets(): Uint8Array {
    return this.plain(this.u32());
  }

  plain(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#octets.subarray(start, start + length);
  }

  #advance(count: number): number {
    const offset = this.#offset;
    this.#offset += count;
    if (this.#offset > this.#octets.length) throw new RangeError('The packed octets end too soon');
    return offset;
  }
}
