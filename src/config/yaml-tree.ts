import {
  type Alias,
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type ParsedNode,
  type YAMLError,
  type YAMLMap,
  visit,
} from 'yaml';
import type { Position, ProblemList } from './problem.ts';

/** A YAML document as values that know where they stand; aliases and merge keys are resolved. */
export type YamlTree = YamlScalar | YamlList | YamlMapping;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly position: Position;
  readonly value: unknown;
  /** As it was written, so that a number keeps its leading zeros. */
  readonly source: string;
  /** A block that begins with `|`: the lines of the value are those of the file, from the next one on. */
  readonly isLiteral: boolean;
}

export interface YamlList {
  readonly kind: 'list';
  readonly position: Position;
  readonly items: readonly YamlTree[];
}

export interface YamlMapping {
  readonly kind: 'mapping';
  readonly position: Position;
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export interface YamlEntry {
  readonly keyPosition: Position;
  readonly value: YamlTree;
}

/**
 * Parses YAML 1.2 (core schema, with the merge keys of 1.1, which the original's parser had too).
 *
 * What is wrong goes to `problems`, in words of our own: the parser's messages quote the source, and a secret may stand there.
 *
 * @returns undefined when no tree could be made at all
 */
export function parseYamlTree(text: string, problems: ProblemList): YamlTree | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text.startsWith(byteOrderMark) ? text.slice(1) : text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    resolveKnownTags: false,
    // At `silent` the parser would not even tell of a second document; nothing is logged by parsing.
    logLevel: 'error',
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (reportSyntax(document, positionAt, problems)) return undefined;
  if (document.contents === null) {
    problems.add({ line: 1, column: 1 }, 'the file is empty; it needs at least secret, nameserver and zones');
    return undefined;
  }
  return new TreeBuilder(positionAt, problems).build(document.contents);
}

const byteOrderMark = '\uFEFF';

/** One mistake can make the parser stumble again and again. */
const maxSyntaxProblems = 10;

/** @returns whether the document is so broken that its values mean nothing */
function reportSyntax(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
  problems: ProblemList,
): boolean {
  const errors: readonly YAMLError[] = [...document.errors, ...document.warnings];
  const told = new Set<string>();
  for (const { code, pos } of errors) {
    const quote = code === 'MISSING_CHAR' ? openQuote(document, pos[0]) : undefined;
    const position = positionAt(quote ?? pos[0]);
    const message = quote === undefined ? syntaxMessages[code] : unclosedQuote;
    // The parser has several codes for some mistakes, and tells of some once for each bracket that is open.
    const mistake = `${message} ${position.line}`;
    if (told.has(mistake) || told.size === maxSyntaxProblems) continue;
    told.add(mistake);
    problems.add(position, message);
  }
  return errors.some(({ code }) => code !== 'TAG_RESOLVE_FAILED');
}

const unclosedQuote = 'the quote that opens here is not closed; close it at the end of the value';

/** Where the quoted text begins that ends at this place, where its closing quote is missing. */
function openQuote(document: Document.Parsed, end: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      const isQuoted = type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE';
      if (!isQuoted || !range || range[0] >= end || range[2] < end) return undefined;
      start = range[0];
      return visit.BREAK;
    },
  });
  return start;
}

/** Far more than any configuration has, and few enough that a bomb of nested aliases ends soon. */
const maxNodes = 1_000_000;
const maxDepth = 32;

class TreeBuilder {
  readonly #positionAt: (offset: number) => Position;
  readonly #problems: ProblemList;
  /** An alias stands for the very tree that was built for its anchor; the size is that of the tree written out. */
  readonly #anchors = new Map<string, { tree: YamlTree; size: number }>();
  #nodes = 0;
  #isExhausted = false;

  constructor(positionAt: (offset: number) => Position, problems: ProblemList) {
    this.#positionAt = positionAt;
    this.#problems = problems;
  }

  build(node: ParsedNode): YamlTree | undefined {
    const tree = this.#tree(node, 0);
    return this.#isExhausted ? undefined : tree;
  }

  #tree(node: ParsedNode | null, depth: number, fallback: Position = { line: 1, column: 1 }): YamlTree {
    const position = node ? this.#positionAt(node.range[0]) : fallback;
    this.#count(1, position);
    if (depth > maxDepth) this.#exhaust(position);
    if (this.#isExhausted || node === null)
      return { kind: 'scalar', position, value: null, source: '', isLiteral: false };
    if (isAlias(node)) return this.#alias(node.source, position);
    const nodesBefore = this.#nodes - 1;
    const tree = this.#content(node, depth, position);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, { tree, size: this.#nodes - nodesBefore });
    return tree;
  }

  #content(node: Exclude<ParsedNode, Alias>, depth: number, position: Position): YamlTree {
    if (isMap(node)) return { kind: 'mapping', position, entries: this.#entries(node, depth) };
    if (isSeq(node)) {
      return { kind: 'list', position, items: node.items.map((item) => this.#tree(item, depth + 1, position)) };
    }
    return {
      kind: 'scalar',
      position,
      value: node.value,
      source: node.source,
      isLiteral: node.type === 'BLOCK_LITERAL',
    };
  }

  #alias(anchor: string, position: Position): YamlTree {
    const found = this.#anchors.get(anchor);
    if (found) this.#count(found.size, position);
    else this.#problems.add(position, syntaxMessages.BAD_ALIAS);
    return found?.tree ?? { kind: 'scalar', position, value: null, source: '', isLiteral: false };
  }

  #entries(map: YAMLMap.Parsed, depth: number): Map<string, YamlEntry> {
    const entries = new Map<string, YamlEntry>();
    const merged: YamlTree[] = [];
    for (const { key, value } of map.items) {
      const keyTree = this.#tree(key, depth + 1);
      const keyPosition = keyTree.position;
      if (isScalar(key) && key.value === '<<' && key.type === 'PLAIN') {
        merged.push(this.#tree(value, depth + 1, keyPosition));
        continue;
      }
      const name = keyTree.kind === 'scalar' ? String(keyTree.value) : '';
      if (entries.has(name)) this.#problems.add(keyPosition, syntaxMessages.DUPLICATE_KEY);
      else entries.set(name, { keyPosition, value: this.#tree(value, depth + 1, keyPosition) });
    }
    for (const source of merged) this.#merge(entries, source);
    return entries;
  }

  /** What the mapping says itself wins over what it merges, and what is merged first over what comes later. */
  #merge(entries: Map<string, YamlEntry>, source: YamlTree): void {
    const mappings = source.kind === 'list' ? source.items : [source];
    for (const mapping of mappings) {
      if (mapping.kind !== 'mapping') {
        this.#problems.add(
          mapping.position,
          '<< merges what is no mapping; give it an alias of a mapping, such as *name',
        );
        continue;
      }
      this.#count(mapping.entries.size, mapping.position);
      for (const [name, entry] of mapping.entries) if (!entries.has(name)) entries.set(name, entry);
    }
  }

  #count(nodes: number, position: Position): void {
    this.#nodes += nodes;
    if (this.#nodes > maxNodes) this.#exhaust(position);
  }

  #exhaust(position: Position): void {
    if (this.#isExhausted) return;
    this.#isExhausted = true;
    this.#problems.add(
      position,
      'this is nested too deeply or repeats itself through its aliases; write it out plainly',
    );
  }
}

const oneLine =
  'a line here is neither `key: value` nor part of a list; look at the colon, the space after it and the indentation';

const syntaxMessages: Record<ErrorCode, string> = {
  ALIAS_PROPS: 'an alias can have neither anchor nor tag; write *name alone',
  BAD_ALIAS:
    'this alias refers to nothing; put the anchor &name before its first use, or quote a value that begins with *',
  BAD_COLLECTION_TYPE: 'the tag does not fit what follows; leave the tag out',
  BAD_DIRECTIVE: 'this % directive is not known; leave the line out',
  BAD_DQ_ESCAPE: 'there is no such escape in double quotes; use single quotes, or write \\\\ for a backslash',
  BAD_INDENT: 'the indentation does not fit; indent the keys of one mapping alike, by spaces',
  BAD_PROP_ORDER: 'anchor and tag come after the indicator; write `- &name value`',
  BAD_SCALAR_START: 'a value cannot begin with this character unless it is quoted; put it into single quotes',
  BLOCK_AS_IMPLICIT_KEY: oneLine,
  BLOCK_IN_FLOW: 'inside { } and [ ] only the short form can stand; close the bracket first',
  DUPLICATE_KEY: 'this key stands here a second time; keep one of the two',
  IMPOSSIBLE: oneLine,
  KEY_OVER_1024_CHARS: 'this key is longer than 1024 characters; look for a missing colon or quote',
  MISSING_CHAR:
    'something is missing here, or is indented wrongly; look for a closing quote, a comma, a colon with a space after it, or the `- ` of a list',
  MULTILINE_IMPLICIT_KEY: oneLine,
  MULTIPLE_ANCHORS: 'a value can have only one anchor; leave one out',
  MULTIPLE_DOCS: 'a second document begins here; keep one, without a `---` in between',
  MULTIPLE_TAGS: 'a value can have only one tag; leave one out',
  NON_STRING_KEY: 'a key has to be a plain word; quote it',
  RESOURCE_EXHAUSTION: 'this is nested too deeply; write it out plainly',
  TAB_AS_INDENT: 'a tab indents this line; use spaces',
  TAG_RESOLVE_FAILED: 'this tag is not known; leave it out and write the value itself',
  UNEXPECTED_TOKEN:
    'this does not belong here; look for a missing quote, a missing space after a colon, or wrong indentation',
};
