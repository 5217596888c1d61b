const isDigit = (octet: number | undefined): boolean => octet !== undefined && octet >= 0x30 && octet <= 0x39;
const code = (character: string): number => character.charCodeAt(0);

/** POSIX.1-2024 §9.3.5, item 6. */
const characterClasses: ReadonlySet<string> = new Set(
  'alnum alpha blank cntrl digit graph lower print punct space upper xdigit'.split(' '),
);
const maxRepetitions = 255;

/**
 * Counts the groups of an extended regular expression of POSIX (POSIX.1-2024 §9.4) in the C locale, in one pass. The expression
 * is never run: it comes from strangers, and may take for ever.
 *
 * What the standard leaves undefined is refused where BIND refuses it (a repetition of nothing or of a repetition, an alternative
 * without content, a bound beyond 255), and so are the forms of other dialects, such as `(?:a)`.
 *
 * @param expression  octets, none of them 0
 * @returns undefined when it is not well formed
 */
export function countGroups(expression: Uint8Array): number | undefined {
  return new ExpressionScanner(expression).scan();
}

/** What stands before the place that is looked at. */
type Before =
  /** The expression or an alternative begins: something has to come. */
  | 'nothing'
  /** A group begins: it may be empty. */
  | 'group'
  | 'atom'
  /** A repetition or an anchor, which cannot be repeated. */
  | 'unrepeatable';

class ExpressionScanner {
  readonly #octets: Uint8Array;
  #at = 0;
  #before: Before = 'nothing';
  #depth = 0;
  #groups = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  scan(): number | undefined {
    while (this.#at < this.#octets.length) if (!this.#element()) return undefined;
    return this.#depth === 0 && this.#hasAtom ? this.#groups : undefined;
  }

  get #hasAtom(): boolean {
    return this.#before === 'atom' || this.#before === 'unrepeatable';
  }

  #element(): boolean {
    const octet = this.#octets[this.#at]!;
    this.#at += 1;
    switch (String.fromCharCode(octet)) {
      case '\\':
        return this.#escape();
      case '[':
        return this.#bracket();
      case '(':
        this.#depth += 1;
        this.#groups += 1;
        return this.#leave('group');
      case ')':
        return this.#endGroup();
      case '|':
        return this.#hasAtom && this.#leave('nothing');
      case '^':
      case '$':
        return this.#leave('unrepeatable');
      case '*':
      case '+':
      case '?':
        return this.#before === 'atom' && this.#leave('unrepeatable');
      case '{':
        return isDigit(this.#octets[this.#at]) ? this.#bound() : this.#leave('atom');
      default:
        return this.#leave('atom');
    }
  }

  #leave(before: Before): true {
    this.#before = before;
    return true;
  }

  /** `\1` to `\9` mean a group that has begun before. */
  #escape(): boolean {
    const octet = this.#octets[this.#at];
    this.#at += 1;
    if (octet === undefined) return false;
    const group = isDigit(octet) ? octet - 0x30 : 0;
    return group <= this.#groups && this.#leave('atom');
  }

  /** A `)` that nothing has opened means itself. */
  #endGroup(): boolean {
    if (this.#depth > 0 && this.#before === 'nothing') return false;
    this.#depth = Math.max(this.#depth - 1, 0);
    return this.#leave('atom');
  }

  /** `{3}`, `{3,}` or `{3,5}`. */
  #bound(): boolean {
    if (this.#before !== 'atom') return false;
    const low = this.#number()!;
    let high: number | undefined;
    if (this.#octets[this.#at] === code(',')) {
      this.#at += 1;
      high = this.#number();
    }
    const isEnded = this.#octets[this.#at] === code('}');
    this.#at += 1;
    const isInOrder = high === undefined || low <= high;
    return isEnded && isInOrder && Math.max(low, high ?? 0) <= maxRepetitions && this.#leave('unrepeatable');
  }

  #number(): number | undefined {
    let value: number | undefined;
    while (isDigit(this.#octets[this.#at])) {
      value = (value ?? 0) * 10 + this.#octets[this.#at]! - 0x30;
      this.#at += 1;
    }
    return value;
  }

  #bracket(): boolean {
    const end = endOfBracket(this.#octets, this.#at);
    this.#at = end ?? this.#octets.length;
    return end !== undefined && this.#leave('atom');
  }
}

/**
 * Goes over a bracket expression (POSIX.1-2024 §9.3.5).
 *
 * @param from  where it goes on after `[`
 * @returns where it goes on after `]`; undefined when it is not well formed
 */
function endOfBracket(octets: Uint8Array, from: number): number | undefined {
  let at = octets[from] === code('^') ? from + 1 : from;
  const first = at;
  /** From the `-` on, 2; from its end on, 1, so that nothing else can begin there with a `-`. */
  let range = 0;
  let start = 0;
  for (; at < octets.length;) {
    const octet = octets[at]!;
    const isFirst = at === first;
    if (octet === code(']') && !isFirst) return at + 1;
    if (octet === code('-') && !isFirst && range !== 2) {
      if (range === 1) return undefined;
      range = 2;
      at += 1;
    } else if (octet === code('[')) {
      const kind = octets[at + 1];
      const named = kind === undefined ? undefined : readNamed(octets, at + 1, kind);
      if (named === 'literal') {
        at += 1;
        continue;
      }
      const isElement = kind === code('.');
      if (named === undefined || (range === 2 && !isElement)) return undefined;
      if (isElement) {
        range = Math.max(range - 1, 0);
        // Nothing can come after an element of several characters.
        start = named.content.length === 1 ? named.content[0]! : 256;
      }
      at = named.end;
    } else {
      if (range === 2 && octet < start) return undefined;
      range = Math.max(range - 1, 0);
      start = octet;
      at += 1;
    }
  }
  return undefined;
}

interface Named {
  readonly content: Uint8Array;
  /** Where it goes on after the `]`. */
  readonly end: number;
}

/** Reads `[.x.]`, `[=x=]` or `[:alpha:]` from the kind on; a `[` before anything else means itself. */
function readNamed(octets: Uint8Array, from: number, kind: number): Named | 'literal' | undefined {
  if (![code('.'), code('='), code(':')].includes(kind)) return 'literal';
  let close = from + 1;
  while (close < octets.length && !(octets[close] === kind && octets[close + 1] === code(']'))) close += 1;
  if (close >= octets.length || close === from + 1) return undefined;
  const content = octets.subarray(from + 1, close);
  if (kind === code(':') && !characterClasses.has(String.fromCharCode(...content))) return undefined;
  return { content, end: close + 2 };
}
