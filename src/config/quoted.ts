const maxShownCharacters = 60;
const maxHarmlessCharacters = 7;

/**
 * A wrong value as a message may repeat it: in quotes, bounded, on one line.
 *
 * A value may be a secret that was put under the wrong key, so it is repeated only if it does not look like one: it has a
 * dot or a colon, or it is short. None that may be repeated has white space in it: it may have swallowed the line below,
 * where a colon or an indentation is missing, and with it a secret. All others are described.
 *
 * @param expected  what else the key's own values look like
 */
export function quoted(written: string, expected?: RegExp): string {
  if (/\s/.test(written)) return 'a text with spaces in it';
  if (!isHarmless(written) && !expected?.test(written)) return `a text of ${written.length} characters`;
  return JSON.stringify(shortened(written));
}

/** Whether it looks like a name or an address rather than like a secret. */
export function isHarmless(written: string): boolean {
  return !/\s/.test(written) && (/[.:]/.test(written) || written.length <= maxHarmlessCharacters);
}

/** The beginning of a text that may be long. */
export function shortened(written: string): string {
  return written.length > maxShownCharacters ? `${written.slice(0, maxShownCharacters)}…` : written;
}
