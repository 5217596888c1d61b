import { DnsDecodeError, NameSyntaxError } from './errors.ts';
import { labelText, parseLabels } from './name-text.ts';

/** RFC 1035 §2.3.4: a name takes at most 255 octets on the wire, the root's zero octet included. */
export const maxNameOctets = 255;
/** RFC 1035 §2.3.4. */
export const maxLabelOctets = 63;

/**
 * A domain name: a sequence of labels of 1–63 arbitrary octets, ending in the root.
 *
 * Immutable. It keeps the case it was given (RFC 4343 §4.1) and compares without it, for ASCII letters only
 * (RFC 4343 §3); every other octet stands for itself, so that a name with a dot or a zero octet inside a label
 * survives parsing, printing and comparing.
 */
export class Name {
  /** Uncompressed wire form: length octet, label, …, 0. At most 255 octets. Shared with nobody's buffer; never write to it. */
  readonly wire: Uint8Array;
  /** Without the root: 0 for ".", 2 for "example.com." */
  readonly labelCount: number;
  #key: string | undefined;
  #exactKey: string | undefined;
  #text: string | undefined;

  private constructor(wire: Uint8Array, labelCount: number) {
    this.wire = wire;
    this.labelCount = labelCount;
  }

  static readonly root: Name = new Name(new Uint8Array(1), 0);

  /**
   * Reads the presentation form (RFC 1035 §5.1): labels with dots between them, `\.` and `\\` for the characters
   * themselves, `\DDD` for the octet of that decimal value. The trailing dot is optional; "." is the root.
   *
   * Deliberately differs: there is no origin and no "@"; a name without a trailing dot is complete too. Characters outside
   * ASCII are refused: internationalised names become A-labels before they get here.
   *
   * @throws NameSyntaxError that says what is wrong and where
   */
  static parse(text: string): Name {
    return Name.fromLabels(parseLabels(text));
  }

  /**
   * For text that is known to be labels of plain characters with dots between them: no escape, no empty or long label, no
   * dot at the end, at most 253 characters.
   */
  static fromCheckedText(text: string): Name {
    const wire = new Uint8Array(text.length + 2);
    let lengthAt = 0;
    let labelCount = 1;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code === 0x2e) {
        wire[lengthAt] = index - lengthAt;
        lengthAt = index + 1;
        labelCount += 1;
      } else wire[index + 1] = code;
    }
    wire[lengthAt] = text.length - lengthAt;
    return Name.fromCheckedWire(wire, labelCount);
  }

  /**
   * Takes exactly one uncompressed name. The octets are copied.
   *
   * @throws DnsDecodeError when they are not one name from the first octet to the last
   */
  static fromWire(wire: Uint8Array): Name {
    let offset = 0;
    let labelCount = 0;
    for (;;) {
      const length = wire[offset];
      if (length === undefined) throw new DnsDecodeError('truncated', offset, 'The name ends without its root label');
      if (length > maxLabelOctets) {
        throw new DnsDecodeError('bad-label-type', offset, 'A label is longer than 63 octets or compressed');
      }
      offset += 1 + length;
      if (offset > maxNameOctets) throw new DnsDecodeError('name-too-long', offset, 'The name exceeds 255 octets');
      if (length === 0) break;
      labelCount += 1;
    }
    if (offset !== wire.length) throw new DnsDecodeError('trailing-octets', offset, 'Octets follow the name');
    return Name.fromCheckedWire(Uint8Array.from(wire), labelCount);
  }

  /**
   * For decoders that have just checked every label: takes the octets over without a copy and without a look.
   *
   * @param wire        a whole uncompressed name that nobody else will write to
   * @param labelCount  the number of its labels, without the root
   */
  static fromCheckedWire(wire: Uint8Array, labelCount: number): Name {
    return labelCount === 0 ? Name.root : new Name(wire, labelCount);
  }

  /** @throws NameSyntaxError when a label is empty or longer than 63 octets, or the whole exceeds 255. */
  static fromLabels(labels: readonly Uint8Array[]): Name {
    let total = 1;
    for (const [index, label] of labels.entries()) {
      if (label.length === 0) throw new NameSyntaxError('empty-label', index, 'A label is empty');
      if (label.length > maxLabelOctets) {
        throw new NameSyntaxError('label-too-long', index, `A label has ${label.length} octets, and 63 is the most`);
      }
      total += 1 + label.length;
    }
    if (total > maxNameOctets) {
      throw new NameSyntaxError('name-too-long', 0, `The name has ${total} octets, and ${maxNameOctets} is the most`);
    }
    const wire = new Uint8Array(total);
    let offset = 0;
    for (const label of labels) {
      wire[offset] = label.length;
      wire.set(label, offset + 1);
      offset += 1 + label.length;
    }
    return Name.fromCheckedWire(wire, labels.length);
  }

  /**
   * What maps and sets use: the wire form with ASCII letters in lower case, one UTF-16 code unit an octet.
   * `a.key === b.key` exactly when `a.equals(b)`.
   */
  get key(): string {
    return (this.#key ??= hasUpperCase(this.wire) ? latin1(lowerCased(this.wire)) : this.exactKey);
  }

  /** As `key`, with the case kept: what compression compares, so that it never changes the case of a name. */
  get exactKey(): string {
    return (this.#exactKey ??= latin1(this.wire));
  }

  /** Copies of the labels, leftmost first, without the root. */
  labels(): Uint8Array[] {
    return this.#labelOffsets().map((offset) => this.wire.slice(offset + 1, offset + 1 + this.wire[offset]!));
  }

  /** The presentation form, always with the trailing dot; `Name.parse` reads it back to the same octets. */
  toString(): string {
    return (this.#text ??= this.#toText());
  }

  #toText(): string {
    if (this.labelCount === 0) return '.';
    let text = '';
    for (const offset of this.#labelOffsets()) text += `${labelText(this.wire, offset + 1, this.wire[offset]!)}.`;
    return text;
  }

  toLowerCase(): Name {
    return hasUpperCase(this.wire) ? new Name(lowerCased(this.wire), this.labelCount) : this;
  }

  equals(other: Name): boolean {
    return this === other || (this.labelCount === other.labelCount && endsWith(this.wire, 0, other.wire));
  }

  /** Whether this is the ancestor itself or a name below it, label by label: "notexample.com." is not below "example.com.". */
  isAtOrBelow(ancestor: Name): boolean {
    let offset = 0;
    for (let surplus = this.labelCount - ancestor.labelCount; surplus > 0; surplus -= 1) {
      offset += 1 + this.wire[offset]!;
    }
    return endsWith(this.wire, offset, ancestor.wire);
  }

  /** The name without its leftmost label; undefined for the root, which has no parent. */
  parent(): Name | undefined {
    if (this.labelCount === 0) return undefined;
    return Name.fromCheckedWire(this.wire.slice(1 + this.wire[0]!), this.labelCount - 1);
  }

  /**
   * The name with one more label on the left.
   *
   * @param label  its octets, or its presentation form ("*", "_acme-challenge", "a\.b")
   * @throws NameSyntaxError when it is not one label, or the name gets longer than 255 octets
   */
  prepend(label: string | Uint8Array): Name {
    const added = typeof label === 'string' ? parseLabels(label) : [label];
    if (added.length !== 1)
      throw new NameSyntaxError('bad-character', 0, `${JSON.stringify(label)} is not exactly one label`);
    return Name.fromLabels([...added, ...this.labels()]);
  }

  /** Whether the leftmost label is the single octet "*" (RFC 4592 §2.1.1). */
  get isWildcard(): boolean {
    return this.wire[0] === 1 && this.wire[1] === 0x2a;
  }

  /**
   * The canonical order of RFC 4034 §6.1: by labels from the right, each as lower-cased unsigned octets; a name stands
   * before the names below it.
   *
   * @returns negative, zero (exactly when they are equal) or positive
   */
  static compare(a: Name, b: Name): number {
    if (a === b) return 0;
    const aOffsets = a.#labelOffsets();
    const bOffsets = b.#labelOffsets();
    const common = Math.min(aOffsets.length, bOffsets.length);
    for (let fromRight = 1; fromRight <= common; fromRight += 1) {
      const aOffset = aOffsets[aOffsets.length - fromRight]!;
      const bOffset = bOffsets[bOffsets.length - fromRight]!;
      const difference = compareLabels(a.wire, aOffset, b.wire, bOffset);
      if (difference !== 0) return difference;
    }
    return aOffsets.length - bOffsets.length;
  }

  #labelOffsets(): number[] {
    const offsets: number[] = [];
    for (let offset = 0; this.wire[offset] !== 0; offset += 1 + this.wire[offset]!) offsets.push(offset);
    return offsets;
  }
}

/** ASCII letters only (RFC 4343 §3). Length octets are at most 63, below "A", so a whole wire form can be folded at once. */
export function lowerCaseOctet(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}

function lowerCased(wire: Uint8Array): Uint8Array {
  return wire.map(lowerCaseOctet);
}

function hasUpperCase(wire: Uint8Array): boolean {
  for (let index = 0; index < wire.length; index += 1) {
    const octet = wire[index]!;
    if (octet >= 0x41 && octet <= 0x5a) return true;
  }
  return false;
}

/** For so few octets this takes half the time of a Buffer's `latin1`. */
function latin1(octets: Uint8Array): string {
  return String.fromCharCode.apply(undefined, octets as unknown as number[]);
}

function endsWith(wire: Uint8Array, offset: number, suffix: Uint8Array): boolean {
  if (wire.length - offset !== suffix.length) return false;
  for (let index = 0; index < suffix.length; index += 1) {
    const left = wire[offset + index]!;
    const right = suffix[index]!;
    if (left !== right && lowerCaseOctet(left) !== lowerCaseOctet(right)) return false;
  }
  return true;
}

function compareLabels(a: Uint8Array, aOffset: number, b: Uint8Array, bOffset: number): number {
  const aLength = a[aOffset]!;
  const bLength = b[bOffset]!;
  const common = Math.min(aLength, bLength);
  for (let index = 1; index <= common; index += 1) {
    const difference = lowerCaseOctet(a[aOffset + index]!) - lowerCaseOctet(b[bOffset + index]!);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}
