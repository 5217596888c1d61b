/** What is wrong with the arguments themselves, whatever they mean. */
export type ArgumentFault =
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'repeated'; readonly name: string }
  | { readonly kind: 'malformed'; readonly name: string }
  | { readonly kind: 'too-many'; readonly most: number };

export interface Arguments {
  /** Of a repeated argument the first value; an empty argument is not among them. */
  readonly values: ReadonlyMap<string, string>;
  /** The first fault, in the order in which the arguments were given. */
  readonly fault: ArgumentFault | undefined;
}

/**
 * Reads `application/x-www-form-urlencoded` text, each name and value percent-decoded exactly once, as UTF-8.
 *
 * There is one value to a name and no nesting: `a[]=1` is the argument `a[]`. The values are read to the end even after a
 * fault, because who asks matters before what is asked.
 *
 * @param texts     query and form body
 * @param known     every other argument is a fault
 * @param mostCount a bound for all texts together
 */
export function parseArguments(texts: readonly string[], known: ReadonlySet<string>, mostCount: number): Arguments {
  const values = new Map<string, string>();
  const seen = new Set<string>();
  let fault: ArgumentFault | undefined;
  let count = 0;
  for (const pair of texts.flatMap((text) => text.split('&'))) {
    if (pair === '') continue;
    count += 1;
    if (count > mostCount) return { values, fault: fault ?? { kind: 'too-many', most: mostCount } };
    const equals = pair.indexOf('=');
    const rawName = equals < 0 ? pair : pair.slice(0, equals);
    const name = decode(rawName);
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (name === undefined || value === undefined) fault ??= { kind: 'malformed', name: name ?? rawName };
    else if (!known.has(name)) fault ??= { kind: 'unknown', name };
    else if (seen.has(name)) fault ??= { kind: 'repeated', name };
    else if (value !== '') values.set(name, value);
    if (name !== undefined) seen.add(name);
  }
  return { values, fault };
}

/** @returns undefined when a percent sign is not followed by two hex digits, or the octets are not UTF-8 */
function decode(text: string): string | undefined {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}
