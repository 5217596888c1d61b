import { maxLabelOctets, maxNameOctets, Name } from '../name.ts';
import { decodeDuration } from './duration.ts';
import { type EntryScanner, Token } from './entry-scanner.ts';
import { decodeEscape, decodeText, isDigit } from './escape.ts';
import { ZonefileSyntaxError } from './mistake.ts';

const dot = 0x2e;
const at = 0x40;
const backslash = 0x5c;

/** Beyond the characters of a number that fits 32 bits; more of them are not looked at. */
const maxDigits = 10;
const maxExcerptOctets = 60;

/**
 * The fields of an entry, one after the other. Every one that is asked for has to be there and be what it is to be.
 *
 * `what` is how the message calls the field: "the preference".
 *
 * @throws ZonefileSyntaxError from all that reads
 */
export class EntryFields {
  /** What relative names and "@" are relative to. */
  origin: Name;
  /** What would be right, for fields that are missing or too many. */
  example = '';
  readonly #scanner: EntryScanner;
  readonly #octets: Uint8Array;
  readonly #nameWire = new Uint8Array(maxNameOctets + maxLabelOctets);
  #index = 0;

  constructor(scanner: EntryScanner, origin: Name) {
    this.#scanner = scanner;
    this.#octets = scanner.octets;
    this.origin = origin;
  }

  /** Begins with the first field of the scanner's current entry. */
  rewind(): void {
    this.#index = 0;
  }

  get remaining(): number {
    return this.#scanner.tokenCount - this.#index;
  }

  /** Where the next field begins in the octets of the file, or where the last has ended. */
  get offset(): number {
    const { starts, ends, kinds, tokenCount } = this.#scanner;
    if (this.#index >= tokenCount) return ends[tokenCount - 1] ?? 0;
    return starts[this.#index]! - (kinds[this.#index]! >= Token.quoted ? 1 : 0);
  }

  /** @throws ZonefileSyntaxError when a field is left */
  expectEnd(what: string): void {
    if (this.remaining > 0) throw this.fault(`${this.excerpt()} is more than ${what} holds`, this.example);
  }

  /** A mistake at the next field. */
  fault(wrong: string, remedy: string): ZonefileSyntaxError {
    return new ZonefileSyntaxError(this.offset, wrong, remedy);
  }

  /** The next field in quotation marks, fit to be shown: short, and without what a terminal could take for a command. */
  excerpt(): string {
    const start = this.#scanner.starts[this.#index]!;
    const end = this.#scanner.ends[this.#index]!;
    const text = Buffer.from(this.#octets.subarray(start, Math.min(end, start + maxExcerptOctets))).toString('utf8');
    return `"${text.replaceAll(/\p{C}/gu, '\ufffd')}${end - start > maxExcerptOctets ? '…' : ''}"`;
  }

  /** The octet that the next field begins with, if it is a word without quotation marks. */
  peekWordOctet(): number | undefined {
    if (this.remaining === 0 || this.#scanner.kinds[this.#index]! >= Token.quoted) return undefined;
    return this.#octets[this.#scanner.starts[this.#index]!];
  }

  /** Whether the next field is exactly this, without escapes or quotation marks. */
  isWord(text: string): boolean {
    return this.remaining > 0 && this.#scanner.kinds[this.#index]! < Token.quoted && this.#latin1() === text;
  }

  /** The next word, as it is written; it stays the next. */
  peekWord(what: string): string {
    this.#expectWord(what);
    return this.#latin1();
  }

  skip(): void {
    this.#index += 1;
  }

  /** A word, as it is written. */
  word(what: string): string {
    const text = this.peekWord(what);
    this.#index += 1;
    return text;
  }

  /** A word that `decode` makes a value of; undefined from it is a mistake. */
  decoded<Value>(
    what: string,
    decode: (octets: Uint8Array, start: number, end: number) => Value | undefined,
    remedy: string,
  ): Value {
    this.#expectWord(what);
    const value = decode(this.#octets, this.#scanner.starts[this.#index]!, this.#scanner.ends[this.#index]!);
    if (value === undefined) throw this.fault(`${this.excerpt()} is not ${what}`, remedy);
    this.#index += 1;
    return value;
  }

  /** A whole number without sign or unit. */
  number(what: string, most: number): number {
    this.#expectWord(what);
    const start = this.#scanner.starts[this.#index]!;
    const end = this.#scanner.ends[this.#index]!;
    let value = end - start > maxDigits ? Infinity : 0;
    for (let position = start; position < end && value <= most; position += 1) {
      const octet = this.#octets[position]!;
      value = isDigit(octet) ? value * 10 + octet - 0x30 : Infinity;
    }
    if (value > most)
      throw this.fault(`${this.excerpt()} cannot be ${what}`, `Write a whole number from 0 to ${most} there`);
    this.#index += 1;
    return value;
  }

  /** Seconds, with or without units. */
  duration(what: string, mostSeconds: number): number {
    this.#expectWord(what);
    const seconds = decodeDuration(this.#octets, this.#scanner.starts[this.#index]!, this.#scanner.ends[this.#index]!);
    if (seconds === undefined) {
      throw this.fault(
        `${this.excerpt()} cannot be ${what}`,
        'Write seconds, or numbers with the units w, d, h, m and s, such as 5400 or 1h30m',
      );
    }
    if (seconds > mostSeconds) {
      throw this.fault(
        `${what.charAt(0).toUpperCase()}${what.slice(1)}, ${this.excerpt()}, is too long`,
        `${mostSeconds} seconds are the most`,
      );
    }
    this.#index += 1;
    return seconds;
  }

  /** A `<character-string>`, with or without quotation marks, of at most 255 octets (RFC 1035 §3.3, §5.1). */
  characterString(what: string): Uint8Array {
    return this.text(what, 255);
  }

  /** As a character-string, where the length does not have to fit one octet. */
  text(what: string, maxOctets: number): Uint8Array {
    this.#expectField(what);
    const kind = this.#scanner.kinds[this.#index];
    const start = this.#scanner.starts[this.#index]!;
    const end = this.#scanner.ends[this.#index]!;
    const isPlain = kind === Token.word || kind === Token.quoted;
    const octets = isPlain ? this.#octets.slice(start, end) : decodeText(this.#octets, start, end);
    if (octets.length > maxOctets) {
      throw this.fault(
        `A string of ${octets.length} octets stands for ${what}, and ${maxOctets} is the most`,
        maxOctets === 255 ? 'Split it into several strings, each in quotation marks' : 'Shorten it',
      );
    }
    this.#index += 1;
    return octets;
  }

  /** As `text`, for a field that ends in "=" with a string in quotation marks right behind it: both together (RFC 9460 §2.1). */
  pair(what: string, maxOctets: number): Uint8Array {
    const { starts, ends, kinds } = this.#scanner;
    const index = this.#index;
    const first = this.text(what, maxOctets);
    const isJoined =
      this.remaining > 0 &&
      first.at(-1) === 0x3d &&
      kinds[index]! < Token.quoted &&
      kinds[index + 1]! >= Token.quoted &&
      starts[index + 1] === ends[index]! + 1;
    return isJoined ? Uint8Array.from([...first, ...this.text(what, maxOctets - first.length)]) : first;
  }

  /** All fields that are left, put together without the white space between them. */
  rest(what: string): string {
    this.#expectWord(what);
    let text = '';
    while (this.remaining > 0) text += this.word(what);
    return text;
  }

  /**
   * A name: absolute with its final dot, otherwise relative to the origin; "@" is the origin itself (RFC 1035 §5.1).
   */
  domainName(what: string): Name {
    this.#expectWord(what);
    const octets = this.#octets;
    const wire = this.#nameWire;
    const start = this.#scanner.starts[this.#index]!;
    const end = this.#scanner.ends[this.#index]!;
    this.#index += 1;
    if (end - start === 1 && octets[start] === at) return this.origin;
    if (end - start === 1 && octets[start] === dot) return Name.root;
    let length = 1;
    let labelStart = 0;
    let labelCount = 0;
    let position = start;
    while (position < end) {
      let octet = octets[position]!;
      if (octet === dot) {
        if (length - labelStart === 1) throw this.#nameFault(position, `A label is empty before this dot`);
        wire[labelStart] = length - labelStart - 1;
        labelCount += 1;
        labelStart = length;
        length += 1;
        position += 1;
        continue;
      }
      if (octet === backslash) {
        const escape = decodeEscape(octets, position, end);
        octet = escape & 0xff;
        position += escape >> 8;
      } else if (octet <= 0x20 || octet >= 0x7f) {
        throw this.#nameFault(position, 'This character may not stand in a name as it is');
      } else position += 1;
      if (length - labelStart > maxLabelOctets) {
        throw this.#nameFault(start, `A label of this name is longer than ${maxLabelOctets} octets`);
      }
      wire[length] = octet;
      length += 1;
      if (length >= maxNameOctets) throw this.#nameFault(start, `This name is longer than ${maxNameOctets} octets`);
    }
    if (length - labelStart === 1) {
      wire[labelStart] = 0;
      return Name.fromCheckedWire(wire.slice(0, length), labelCount);
    }
    wire[labelStart] = length - labelStart - 1;
    return this.#belowOrigin(start, length, labelCount + 1);
  }

  #belowOrigin(start: number, length: number, labelCount: number): Name {
    const { origin } = this;
    const total = length + origin.wire.length;
    if (total > maxNameOctets) {
      throw this.#nameFault(start, `This name and the origin ${origin.toString()} are longer than 255 octets together`);
    }
    const wire = new Uint8Array(total);
    wire.set(this.#nameWire.subarray(0, length));
    wire.set(origin.wire, length);
    return Name.fromCheckedWire(wire, labelCount + origin.labelCount);
  }

  #nameFault(offset: number, wrong: string): ZonefileSyntaxError {
    return new ZonefileSyntaxError(
      offset,
      wrong,
      'Write labels of 1 to 63 octets with dots between them, an octet that is no printable ASCII as \\DDD, and an internationalised name as A-labels (xn--…)',
    );
  }

  #latin1(): string {
    const start = this.#scanner.starts[this.#index]!;
    const end = this.#scanner.ends[this.#index]!;
    let text = '';
    if (end - start > 16) return Buffer.from(this.#octets.subarray(start, end)).toString('latin1');
    for (let position = start; position < end; position += 1) text += String.fromCharCode(this.#octets[position]!);
    return text;
  }

  #expectField(what: string): void {
    if (this.remaining === 0) throw this.fault(`The entry ends before ${what}`, this.example);
  }

  #expectWord(what: string): void {
    this.#expectField(what);
    if (this.#scanner.kinds[this.#index]! >= Token.quoted) {
      throw this.fault(
        `${this.excerpt()} stands in quotation marks, and is to be ${what}`,
        'Leave out the quotation marks',
      );
    }
  }
}
