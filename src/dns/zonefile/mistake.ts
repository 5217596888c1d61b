/** What is wrong in a zone file, for whoever wrote it. */
export interface ZonefileMistake {
  /** As the caller or `$INCLUDE` named it; undefined for a text without a file. */
  readonly fileName: string | undefined;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in characters. */
  readonly column: number;
  /** What is wrong: a sentence without a full stop. */
  readonly wrong: string;
  /** What would be right: a sentence without a full stop; a dot at its end belongs to a name. */
  readonly remedy: string;
}

/** As compilers put it, so that editors find the place: `example.zone:3:14: …`. */
export function mistakeText({ fileName, line, column, wrong, remedy }: ZonefileMistake): string {
  // The name of an included file is what the including file says, be it a terminal's escape sequence.
  const file = fileName?.replaceAll(/\p{C}/gu, '\ufffd');
  const place = file === undefined ? `line ${line}, column ${column}` : `${file}:${line}:${column}`;
  return `${place}: ${wrong}. ${remedy}${remedy.endsWith('.') ? '' : '.'}`;
}

/**
 * A mistake on its way from a field to the entry that it is in. It never leaves the reader of zone files, which makes a
 * `ZonefileMistake` of it.
 */
export class ZonefileSyntaxError extends Error {
  override readonly name = 'ZonefileSyntaxError';
  /** Where in the octets of the file. */
  readonly offset: number;
  readonly remedy: string;

  constructor(offset: number, wrong: string, remedy: string) {
    super(wrong);
    this.offset = offset;
    this.remedy = remedy;
  }
}
