/** The longest name has 253 characters; whatever is longer is no name and no address, and its beginning shows what it was. */
const mostCharacters = 260;

/** Control, format and unassigned characters, lone surrogates and line separators: they change how a line looks. */
const treacherous = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Makes a piece of a request fit to be quoted in an answer or a log line: one line, bounded, and nothing that a terminal
 * or an editor would act on.
 */
export function printable(text: string, longest: number = mostCharacters): string {
  const beginning = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return beginning.replaceAll(treacherous, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
