/**
 * Reads `application/x-www-form-urlencoded` text as routers write it: names in any case, an empty value is none, of several the first that
 * says something counts, and what cannot be decoded stays as it was written, for whoever knows what it should be to refuse it.
 *
 * @param texts      query and form body
 * @param mostCount  for all texts together; what comes beyond is not looked at
 * @returns the values by their names in lower case
 */
export function readLeniently(texts: readonly string[], mostCount: number): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of texts.flatMap((text) => text.split('&')).slice(0, mostCount)) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const name = decoded(pair.slice(0, equals)).toLowerCase();
    const value = decoded(pair.slice(equals + 1)).trim();
    if (value !== '' && !values.has(name)) values.set(name, value);
  }
  return values;
}

/** Of several arguments that mean the same, the first that was given. */
export function firstOf(values: ReadonlyMap<string, string>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = values.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
