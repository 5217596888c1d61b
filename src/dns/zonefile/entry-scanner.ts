import { ZonefileSyntaxError } from './mistake.ts';

/**
 * The longest entry, from its first line to its last. 65,535 octets of RDATA fit in whatever way they are written; what is
 * longer is most likely a parenthesis that nobody closes.
 */
export const maxEntryOctets = 512 * 1024;
/** RFC 1035 §5.1 gives parentheses no nesting; BIND counts them, so some are let pass. */
export const maxParenthesisDepth = 16;

const tab = 0x09;
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quotationMark = 0x22;
const openingParenthesis = 0x28;
const closingParenthesis = 0x29;
const semicolon = 0x3b;
const backslash = 0x5c;

/** How a token is written. */
export const Token = { word: 0, escapedWord: 1, quoted: 2, escapedQuoted: 3 } as const;

const endsWord = new Uint8Array(256);
for (const octet of [
  tab,
  newline,
  carriageReturn,
  space,
  quotationMark,
  openingParenthesis,
  closingParenthesis,
  semicolon,
  backslash,
])
  endsWord[octet] = 1;

/**
 * Splits a zone file into entries, and an entry into tokens (RFC 1035 §5.1): one line, or several within parentheses.
 *
 * The tokens of the current entry are ranges of the octets, in arrays that the next entry uses again. A carriage return is
 * white space, so lines may end in CRLF; a UTF-8 byte order mark at the beginning is passed over.
 *
 * Deliberately differs: a quoted string ends on the line it began on, as in BIND, so that a forgotten quotation mark does
 * not swallow what follows.
 */
export class EntryScanner {
  readonly octets: Uint8Array;
  /** Of the tokens: their first octets, and those after their last. The quotation marks do not belong to a token. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Of the tokens: one of `Token`. */
  readonly kinds: number[] = [];
  tokenCount = 0;
  /** The line of the entry, counted from 1. */
  line = 1;
  /** Whether white space stands before the first token, which leaves the owner out. */
  beginsBlank = false;
  /** What is wrong with the entry as a whole; its tokens are of no use then. */
  fault: ZonefileSyntaxError | undefined;
  #entryStart = 0;
  #offset = 0;
  #nextLine = 1;

  /** @param octets  the whole text; not modified, and not to be while it is read */
  constructor(octets: Uint8Array) {
    // A Buffer's slice() shares memory where a Uint8Array's copies, and a record must not hold on to the whole file.
    this.octets = new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
    if (octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf) this.#offset = 3;
  }

  /** Goes to the next entry that is not empty; false at the end. */
  next(): boolean {
    while (this.#offset < this.octets.length) {
      this.#scanEntry();
      if (this.tokenCount > 0 || this.fault !== undefined) return true;
    }
    return false;
  }

  /** Line and column of an octet in the current entry, both counted from 1. Octets that continue a UTF-8 character do not count. */
  place(offset: number): { readonly line: number; readonly column: number } {
    let { line } = this;
    let column = 1;
    for (let at = this.#entryStart; at < offset; at += 1) {
      const octet = this.octets[at]!;
      if (octet === newline) {
        line += 1;
        column = 1;
      } else if ((octet & 0xc0) !== 0x80) column += 1;
    }
    return { line, column };
  }

  #scanEntry(): void {
    const { octets } = this;
    let at = this.#offset;
    let parentheses = 0;
    let opened = at;
    this.tokenCount = 0;
    this.fault = undefined;
    this.line = this.#nextLine;
    this.#entryStart = at;
    this.beginsBlank = octets[at] === space || octets[at] === tab;
    while (at < octets.length) {
      switch (octets[at]) {
        case space:
        case tab:
        case carriageReturn:
          at += 1;
          continue;
        case newline:
          at += 1;
          this.#nextLine += 1;
          if (parentheses === 0) return this.#end(at);
          break;
        case semicolon:
          at = this.#lineEnd(at);
          continue;
        case openingParenthesis:
          if (parentheses === 0) opened = at;
          parentheses += 1;
          if (parentheses > maxParenthesisDepth) this.#blame(at, ...tooDeep);
          at += 1;
          break;
        case closingParenthesis:
          if (parentheses === 0) this.#blame(at, ...notOpened);
          else parentheses -= 1;
          at += 1;
          break;
        case quotationMark:
          at = this.#scanQuoted(at);
          break;
        default:
          at = this.#scanWord(at);
      }
      if (at - this.#entryStart > maxEntryOctets) return this.#giveUp(parentheses > 0 ? opened : this.#entryStart);
    }
    if (parentheses > 0) this.#blame(opened, ...notClosed);
    this.#end(at);
  }

  #end(at: number): void {
    this.#offset = at;
  }

  /** Where the next entry would begin is anybody's guess, so that the rest is not read. */
  #giveUp(at: number): void {
    this.fault = new ZonefileSyntaxError(
      at,
      `What begins here goes on for more than ${maxEntryOctets / 1024} KiB, so the rest of the file is not read`,
      'Close the parenthesis, or split the record',
    );
    this.#end(this.octets.length);
  }

  #scanWord(start: number): number {
    const { octets } = this;
    let at = start;
    let kind: number = Token.word;
    for (;;) {
      while (at < octets.length && endsWord[octets[at]!] === 0) at += 1;
      if (octets[at] !== backslash) break;
      kind = Token.escapedWord;
      at = this.#afterEscape(at);
    }
    this.#add(start, at, kind);
    return at;
  }

  #scanQuoted(quote: number): number {
    const { octets } = this;
    const start = quote + 1;
    let at = start;
    let kind: number = Token.quoted;
    while (at < octets.length && octets[at] !== newline) {
      const octet = octets[at];
      if (octet === quotationMark) {
        this.#add(start, at, kind);
        return at + 1;
      }
      if (octet === backslash) {
        kind = Token.escapedQuoted;
        at = this.#afterEscape(at);
      } else at += 1;
    }
    this.#blame(quote, ...notQuotedToTheEnd);
    return at;
  }

  /** A backslash and what it protects; it does not protect the end of the line, which `decodeEscape` will say. */
  #afterEscape(at: number): number {
    const next = this.octets[at + 1];
    return next === undefined || next === newline || next === carriageReturn ? at + 1 : at + 2;
  }

  #lineEnd(at: number): number {
    const end = this.octets.indexOf(newline, at);
    return end < 0 ? this.octets.length : end;
  }

  #add(start: number, end: number, kind: number): void {
    const index = this.tokenCount;
    this.starts[index] = start;
    this.ends[index] = end;
    this.kinds[index] = kind;
    this.tokenCount = index + 1;
  }

  #blame(offset: number, wrong: string, remedy: string): void {
    this.fault ??= new ZonefileSyntaxError(offset, wrong, remedy);
  }
}

type Words = readonly [wrong: string, remedy: string];

const notOpened: Words = ['This ")" closes nothing', 'Remove it, or write \\) where the character itself is meant'];
const notClosed: Words = ['This "(" is never closed', 'Write ")" after the last field of the record'];
const notQuotedToTheEnd: Words = [
  'This quotation mark has no partner on its line',
  'End the string with a quotation mark on the same line; split a long one into several strings, within parentheses',
];
const tooDeep: Words = [
  `Parentheses stand more than ${maxParenthesisDepth} deep`,
  'One pair around the fields of the record is enough',
];
