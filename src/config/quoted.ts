const maxShownCharacters = 60;

/**
 * A wrong value as a message may repeat it: in quotes, bounded, on one line.
 *
 * No value that may be repeated has white space in it. One that has may have swallowed the line below, where a colon or an
 * indentation is missing, and with it a secret: it is described and not repeated.
 */
export function quoted(written: string): string {
  if (/\s/.test(written)) return 'a text with spaces in it';
  return JSON.stringify(shortened(written));
}

/** The beginning of a text that may be long. */
export function shortened(written: string): string {
  return written.length > maxShownCharacters ? `${written.slice(0, maxShownCharacters)}…` : written;
}
