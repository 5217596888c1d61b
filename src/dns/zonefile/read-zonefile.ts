import { Class } from '../codes.ts';
import { DnsEncodeError } from '../errors.ts';
import type { ResourceRecord } from '../message.ts';
import type { Name } from '../name.ts';
import type { Rdata } from '../rdata.ts';
import { maxTtlSeconds } from './duration.ts';
import { EntryFields } from './entry-fields.ts';
import { EntryScanner } from './entry-scanner.ts';
import { type ZonefileMistake, ZonefileSyntaxError } from './mistake.ts';
import { readRdataFields } from './rdata-fields.ts';
import { recordExample, RecordHeads } from './record-head.ts';

/** How deep files may include one another; a file that includes itself comes to it soon. */
export const maxIncludeDepth = 8;
/** How many `$INCLUDE` one reading follows, for two files that include each other twice would be no end otherwise. */
const maxIncludes = 1000;
const defaultMaxMistakes = 20;

/** The text of an included file, or why there is none. */
export type IncludedText =
  | { readonly kind: 'text'; readonly text: string | Uint8Array }
  | { readonly kind: 'refused'; readonly wrong: string; readonly remedy: string };

export interface ZonefileOptions {
  /** What names without a final dot are relative to, until `$ORIGIN` says otherwise. */
  readonly origin: Name;
  /** The class of all records (RFC 1035 §5.2); IN when absent. */
  readonly class?: number;
  /** As though `$TTL` stood before the text. */
  readonly defaultTtlSeconds?: number;
  /** How mistakes are to call the file. */
  readonly fileName?: string;
  /**
   * Finds what `$INCLUDE` names, when it may be included at all; without it, every `$INCLUDE` is a mistake.
   *
   * @param fileName    as it is written in the file
   * @param includedBy  the file it is written in
   */
  readonly include?: (fileName: string, includedBy: string | undefined) => IncludedText;
  /** Reading ends when there are so many; 20 when absent. */
  readonly maxMistakes?: number;
}

/** What is found in a zone file, in the order of the file. */
export type ZonefileItem =
  | {
      readonly kind: 'record';
      readonly record: ResourceRecord;
      readonly line: number;
      readonly fileName: string | undefined;
    }
  | { readonly kind: 'warning' | 'mistake'; readonly mistake: ZonefileMistake };

/**
 * Reads a zone file (master file, RFC 1035 §5): a record at a time, so that a large zone never exists twice.
 *
 * Beyond RFC 1035: `$TTL` (RFC 2308 §4), TTLs with units as BIND has them, types, classes and RDATA of RFC 3597 §5.
 * Nothing is said of the zone as a whole; `readZone` does. An entry with a mistake in it gives no record, and what
 * follows is read all the same, so that all mistakes can be corrected at once; it is not to be used, for it may have the
 * wrong name or TTL then.
 *
 * @param text  a string, or octets, in which those outside ASCII may stand in character-strings and comments; not
 *              modified, and nothing returned shares it
 */
export function* readZonefile(
  text: string | Uint8Array,
  options: ZonefileOptions,
): Generator<ZonefileItem, void, undefined> {
  yield* new ZonefileReading(options).read(text, options.fileName, options.origin, undefined, 0);
}

/** What the files of one reading have in common. */
class ZonefileReading {
  readonly #options: ZonefileOptions;
  readonly #class: number;
  readonly #heads: RecordHeads;
  #mistakesLeft: number;
  #includesLeft = maxIncludes;
  /** Of `$TTL`. */
  #defaultTtl: number | undefined;
  /** The last that was stated. */
  #lastTtl: number | undefined;

  constructor(options: ZonefileOptions) {
    this.#options = options;
    this.#class = options.class ?? Class.IN;
    this.#heads = new RecordHeads(this.#class);
    this.#mistakesLeft = options.maxMistakes ?? defaultMaxMistakes;
    this.#defaultTtl = options.defaultTtlSeconds;
  }

  /** @param owner  the last owner of the file that includes this one */
  *read(
    text: string | Uint8Array,
    fileName: string | undefined,
    origin: Name,
    owner: Name | undefined,
    depth: number,
  ): Generator<ZonefileItem, void, undefined> {
    const scanner = new EntryScanner(octetsOf(text));
    const file: FileState = {
      scanner,
      fields: new EntryFields(scanner, origin),
      fileName,
      owner,
      depth,
      warning: undefined,
    };
    const notText = whyNotText(scanner.octets);
    if (notText !== undefined) return yield { kind: 'mistake', mistake: located(file, notText) };
    while (this.#mistakesLeft > 0 && scanner.next()) {
      const { line } = scanner;
      const found = this.#readEntry(file);
      if (file.warning !== undefined) {
        yield { kind: 'warning', mistake: located(file, file.warning) };
        file.warning = undefined;
      }
      if (found instanceof ZonefileSyntaxError) {
        this.#mistakesLeft -= 1;
        yield { kind: 'mistake', mistake: located(file, found) };
      } else if (found !== undefined && 'rdata' in found) {
        yield { kind: 'record', record: found, line, fileName };
      } else if (found !== undefined) {
        yield* this.read(found.text, found.fileName, found.origin, file.owner, depth + 1);
      }
    }
  }

  #readEntry(file: FileState): ResourceRecord | Inclusion | ZonefileSyntaxError | undefined {
    const { scanner, fields } = file;
    if (scanner.fault !== undefined) return scanner.fault;
    fields.rewind();
    try {
      return !scanner.beginsBlank && fields.peekWordOctet() === dollar
        ? this.#readDirective(file)
        : this.#readRecord(file);
    } catch (error) {
      if (error instanceof ZonefileSyntaxError) return error;
      // Fields are checked one by one, so what does not fit in the end is their sum.
      if (!(error instanceof DnsEncodeError) || error.code !== 'too-long') throw error;
      return new ZonefileSyntaxError(
        scanner.starts[0]!,
        'The data of this record takes more than 65,535 octets',
        'Shorten it',
      );
    }
  }

  #readDirective(file: FileState): Inclusion | undefined {
    const { fields } = file;
    const directive = fields.peekWord('a directive').toUpperCase();
    switch (directive) {
      case '$ORIGIN':
        fields.example = 'Write $ORIGIN and a name, such as $ORIGIN example.com.';
        fields.skip();
        fields.origin = fields.domainName('the origin');
        break;
      case '$TTL':
        fields.example = 'Write $TTL and a time, such as $TTL 1h';
        fields.skip();
        this.#defaultTtl = fields.duration('a TTL', maxTtlSeconds);
        break;
      case '$INCLUDE':
        return this.#readInclude(file);
      case '$GENERATE':
        throw fields.fault(
          '$GENERATE is an extension of BIND and not taken here',
          'Write the records one by one; named-compilezone -o - ZONE FILE prints them',
        );
      default:
        throw fields.fault(
          `${fields.excerpt()} is no directive`,
          'There are $ORIGIN, $TTL and $INCLUDE; a name that begins with "$" is written \\$',
        );
    }
    fields.expectEnd(directive);
    return undefined;
  }

  /** RFC 1035 §5.1: the included file may have an origin of its own, and whatever it changes ends with it. */
  #readInclude({ fields, fileName, depth }: FileState): Inclusion {
    const { offset } = fields;
    fields.example = 'Write $INCLUDE, a file, and an origin if need be, such as $INCLUDE hosts.zone lan.example.com.';
    fields.skip();
    const octets = fields.text('the name of a file', maxFileNameOctets);
    const included = Buffer.from(octets).toString('utf8');
    const origin = fields.remaining > 0 ? fields.domainName('the origin') : fields.origin;
    fields.expectEnd('$INCLUDE');
    const { include } = this.#options;
    if (include === undefined) {
      throw new ZonefileSyntaxError(
        offset,
        '$INCLUDE is not allowed here',
        'Put the content of that file in its place',
      );
    }
    this.#includesLeft -= 1;
    if (depth >= maxIncludeDepth || this.#includesLeft < 0) {
      throw new ZonefileSyntaxError(
        offset,
        `Files include each other more than ${depth >= maxIncludeDepth ? `${maxIncludeDepth} deep` : `${maxIncludes} times`}`,
        'Look for a file that includes itself',
      );
    }
    const found = include(included, fileName);
    if (found.kind === 'refused') throw new ZonefileSyntaxError(offset, found.wrong, found.remedy);
    return { text: found.text, fileName: included, origin };
  }

  #readRecord(file: FileState): ResourceRecord {
    const { scanner, fields } = file;
    fields.example = recordExample;
    if (!scanner.beginsBlank) {
      const owner = fields.domainName('the name of a record');
      // Records of one name often stand together, and then share it.
      if (file.owner === undefined || Buffer.compare(owner.wire, file.owner.wire) !== 0) file.owner = owner;
    }
    const { type, ttl: statedTtl } = this.#heads.read(fields);
    if (file.owner === undefined) {
      throw new ZonefileSyntaxError(
        scanner.starts[0]!,
        'The name is left out, and no record before has one',
        'Write the name at the beginning of the line, or @ for the zone itself',
      );
    }
    const rdata = readRdataFields(fields, type, this.#class);
    const ttl = statedTtl ?? this.#defaultTtl ?? this.#lastTtl ?? this.#ttlOfSoa(file, rdata);
    this.#lastTtl = ttl;
    return { name: file.owner, type, class: this.#class, ttl, rdata };
  }

  /** RFC 1035 §3.3.13 had MINIMUM for this, and BIND still takes it where nothing else is said. */
  #ttlOfSoa(file: FileState, rdata: Rdata): number {
    const offset = file.scanner.starts[0]!;
    if (rdata.kind !== 'SOA') {
      throw new ZonefileSyntaxError(
        offset,
        'This record has no TTL, and none is stated before it',
        'Write $TTL 3600 at the beginning of the file',
      );
    }
    const ttl = Math.min(rdata.minimum, maxTtlSeconds);
    file.warning = new ZonefileSyntaxError(
      offset,
      `The zone states no TTL, so that the minimum of its SOA record, ${ttl}, is taken`,
      'Write $TTL and a time at the beginning of the file',
    );
    this.#defaultTtl = ttl;
    return ttl;
  }
}

interface FileState {
  readonly scanner: EntryScanner;
  readonly fields: EntryFields;
  readonly fileName: string | undefined;
  readonly depth: number;
  owner: Name | undefined;
  warning: ZonefileSyntaxError | undefined;
}

interface Inclusion {
  readonly text: string | Uint8Array;
  readonly fileName: string;
  readonly origin: Name;
}

const dollar = 0x24;
const maxFileNameOctets = 4096;

/** Files that are taken for zone files now and then, and would give senseless mistakes. */
function whyNotText(octets: Uint8Array): ZonefileSyntaxError | undefined {
  const [first, second, third, fourth] = octets;
  if (first === 0 && second === 0 && third === 0 && (fourth === 2 || fourth === 3)) {
    const remedy = 'Turn it into text: named-compilezone -f raw -F text -o NEW-FILE ZONE FILE';
    return new ZonefileSyntaxError(0, 'This is no text, but a zone as BIND writes it for itself', remedy);
  }
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return new ZonefileSyntaxError(0, 'This text is in UTF-16', 'Save it in UTF-8 or ASCII');
  }
  return undefined;
}

function octetsOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
}

function located({ scanner, fileName }: FileState, fault: ZonefileSyntaxError): ZonefileMistake {
  return { fileName, ...scanner.place(fault.offset), wrong: fault.message, remedy: fault.remedy };
}
