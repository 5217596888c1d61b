import { maxLabelOctets, maxNameOctets } from './name.ts';

/** Walks through the RDATA of one record, from field to field. Each step says whether the field is there, whole and right. */
export class RdataCursor {
  readonly octets: Uint8Array;
  at = 0;

  constructor(octets: Uint8Array) {
    this.octets = octets;
  }

  get remaining(): number {
    return this.octets.length - this.at;
  }

  /** The octet that comes next; undefined at the end. */
  get next(): number | undefined {
    return this.octets[this.at];
  }

  /** Octets that may be anything. */
  skip(count: number): boolean {
    this.at += count;
    return this.at <= this.octets.length;
  }

  /** 16 bits; undefined where they are not all there. */
  readU16(): number | undefined {
    if (this.remaining < 2) return undefined;
    this.at += 2;
    return (this.octets[this.at - 2]! << 8) | this.octets[this.at - 1]!;
  }

  /** A name in full (RFC 3597 §4): there is no message that a pointer could point into. */
  name(): boolean {
    const start = this.at;
    for (;;) {
      const length = this.next;
      if (length === undefined || length > maxLabelOctets) return false;
      this.at += 1 + length;
      if (this.at - start > maxNameOctets) return false;
      if (length === 0) return true;
    }
  }

  /** A character-string (RFC 1035 §3.3). */
  string(): boolean {
    const length = this.next;
    return length !== undefined && this.skip(1 + length);
  }
}
