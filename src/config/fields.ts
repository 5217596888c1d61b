import type { z } from 'zod';
import { nearestWord } from './nearest.ts';
import type { Position, ProblemList } from './problem.ts';
import { isHarmless, quoted, shortened } from './quoted.ts';
import type { YamlMapping, YamlTree } from './yaml-tree.ts';

/** One key of the configuration. */
export interface Field<Value> {
  /** Judges the value and turns it into what the rest of the program works with. */
  readonly schema: z.ZodType<Value>;
  /** What would be right; completes every sentence about a wrong value. */
  readonly expected: string;
  /** A number counts as the text that was written, leading zeros and all. */
  readonly takesNumbersAsText?: boolean;
  /** The value is never repeated. */
  readonly isSecret?: boolean;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What could be read; a key with a wrong value is missing here, and its mistake is told. */
export type FieldValues<Of extends Fields> = {
  readonly [Key in keyof Of]?: Of[Key] extends Field<infer Value> ? Value : never;
};

/** What the reader of one mapping knows besides the keys that it judges itself. */
export interface MappingPlace {
  /** What stands before a key in messages, such as `http.`. */
  readonly prefix?: string;
  /** Keys that the caller reads by itself. */
  readonly sections?: readonly string[];
  /** Keys that this version does not have, with the sentence that says so. */
  readonly later?: Readonly<Record<string, string>>;
}

/**
 * Reads the keys of one mapping, each by its own field, and tells of every unknown key and every wrong value.
 *
 * Each key is judged by itself rather than the mapping as a whole, so that one mistake hides no other.
 */
export function readFields<Of extends Fields>(
  mapping: YamlMapping,
  fields: Of,
  problems: ProblemList,
  { prefix = '', sections = [], later = {} }: MappingPlace = {},
): FieldValues<Of> {
  const values: Record<string, unknown> = {};
  const known = [...Object.keys(fields), ...sections];
  for (const [key, { keyPosition: position, value }] of mapping.entries) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field) {
      const read = readValue(prefix + key, value, field, problems);
      if (read.kind === 'value') values[key] = read.value;
      continue;
    }
    if (sections.includes(key)) continue;
    problems.add(position, (Object.hasOwn(later, key) && later[key]) || unknownKey(key, known, prefix));
  }
  return values as FieldValues<Of>;
}

type ReadValue = { kind: 'value'; value: unknown } | { kind: 'wrong' };

function readValue(key: string, tree: YamlTree, field: Field<unknown>, problems: ProblemList): ReadValue {
  const plain = plainValue(tree, field.takesNumbersAsText === true);
  const result = field.schema.safeParse(plain);
  if (result.success) return { kind: 'value', value: result.data };
  for (const issue of result.error.issues) {
    const place = subtree(tree, issue.path);
    // Our own checks say what is wrong; for all others the value speaks for itself, unless it is a secret.
    const what = issue.code === 'custom' ? issue.message : shownValue(place, field.isSecret === true, wantsText(issue));
    problems.add(place.position, `${key} ${what}; ${field.expected}`);
  }
  return { kind: 'wrong' };
}

function plainValue(tree: YamlTree, numbersAsText: boolean): unknown {
  switch (tree.kind) {
    case 'scalar':
      return numbersAsText && typeof tree.value === 'number' ? tree.source : tree.value;
    case 'list':
      return tree.items.map((item) => plainValue(item, numbersAsText));
    case 'mapping': {
      const entries = [...tree.entries].map(([key, { value }]) => [key, plainValue(value, numbersAsText)] as const);
      return Object.fromEntries(entries);
    }
  }
}

function subtree(tree: YamlTree, path: readonly PropertyKey[]): YamlTree {
  let place = tree;
  for (const step of path) {
    const next =
      place.kind === 'list'
        ? place.items[Number(step)]
        : place.kind === 'mapping'
          ? place.entries.get(String(step))?.value
          : undefined;
    if (!next) return place;
    place = next;
  }
  return place;
}

/** Where a text belongs, a long number may be a secret that consists of digits. */
function wantsText(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.expected === 'string';
}

function shownValue(tree: YamlTree, isSecret: boolean, isText = false): string {
  if (tree.kind === 'list') return `is a list of ${tree.items.length}`;
  if (tree.kind === 'mapping') return 'is a mapping';
  if (tree.value === null) return 'has no value';
  if (isSecret) return `is ${typeof tree.value === 'string' ? 'a text' : `a ${typeof tree.value}`}`;
  if (isText && !isHarmless(tree.source)) return `is a ${typeof tree.value} of ${tree.source.length} characters`;
  return `is ${typeof tree.value === 'string' ? quoted(tree.value) : shortened(tree.source)}`;
}

/** Plain letters are a key with a slip in it; anything else may be a secret that lost its place, and is not repeated. */
function unknownKey(key: string, known: readonly string[], prefix: string): string {
  const nearest = nearestWord(key, known);
  const remedy = nearest ? `did you mean ${prefix}${nearest}?` : `known here: ${known.join(', ')}`;
  return /^[A-Za-z_-]{1,30}$/.test(key)
    ? `the key ${prefix}${key} is not known; ${remedy}`
    : `this key is not known; ${remedy}`;
}

/** The mapping at a key, or undefined after telling that it is none; `optional` keys may be missing. */
export function readSection(
  parent: YamlMapping,
  key: string,
  expected: string,
  problems: ProblemList,
): YamlMapping | undefined {
  const entry = parent.entries.get(key);
  if (!entry) return undefined;
  if (entry.value.kind === 'mapping') return entry.value;
  problems.add(entry.value.position, `${key} ${shownValue(entry.value, false)}; ${expected}`);
  return undefined;
}

/** Where a key stands, for mistakes that lie in the key and not in its value. */
export function keyPosition(mapping: YamlMapping, key: string): Position {
  return mapping.entries.get(key)?.keyPosition ?? mapping.position;
}
