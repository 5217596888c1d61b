import * as fc from 'fast-check';

/** A random zone in lines of a master file, in which names are relative to the origin, and questions that fit it. */
export interface RandomZone {
  readonly lines: readonly string[];
  readonly questions: readonly RandomQuestion[];
}

export interface RandomQuestion {
  /** Relative; empty for the apex. */
  readonly name: string;
  readonly type: string;
  /** Undefined for a query without EDNS. */
  readonly udpPayloadSize: number | undefined;
}

const label = fc.constantFrom('a', 'b', 'c', '*', 'x', 'd');
const relativeName = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const target = fc.oneof(
  { weight: 15, arbitrary: relativeName },
  fc.constantFrom('@', 'out.test.', 'www.example.', 'deep.out.test.'),
);

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly values: readonly string[];
}

const entriesOf = (weight: number, type: string, value: fc.Arbitrary<string>, maxLength = 1) => ({
  weight,
  arbitrary: fc.record({
    name: relativeName,
    type: fc.constant(type),
    values: fc.uniqueArray(value, { minLength: 1, maxLength, size: 'max' }),
  }),
});
const ipv4 = fc.integer({ min: 1, max: 250 }).map((last) => `192.0.2.${last}`);
const ipv6 = fc.integer({ min: 1, max: 60_000 }).map((last) => `2001:db8::${last.toString(16)}`);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  entriesOf(5, 'CNAME', target),
  entriesOf(5, 'NS', target, 3),
  entriesOf(4, 'DNAME', target),
  entriesOf(2, 'DS', fc.constant(`1 8 2 ${'ab'.repeat(32)}`)),
  entriesOf(
    2,
    'MX',
    target.map((name) => `10 ${name}`),
    2,
  ),
  entriesOf(
    2,
    'SRV',
    target.map((name) => `1 2 3 ${name}`),
  ),
  entriesOf(3, 'TXT', fc.constantFrom('t', 't'.repeat(200)), 2),
  entriesOf(7, 'A', ipv4, 3),
  entriesOf(3, 'A', ipv4, 40),
  entriesOf(4, 'AAAA', ipv6, 30),
);

/** Those of the entries that BIND takes beside those before them. */
function consistent(entries: readonly Entry[]): Entry[] {
  const types = new Map<string, Set<string>>();
  const taken: Entry[] = [];
  for (const candidate of entries) {
    const { name, type } = candidate;
    const here = types.get(name) ?? new Set();
    const names = [...types.keys()];
    const isBelowDname = names.some((other) => name.endsWith(`.${other}`) && types.get(other)?.has('DNAME'));
    const hasNamesBelow = names.some((other) => other.endsWith(`.${name}`));
    const isAlone = type === 'CNAME' ? here.size === 0 : !here.has('CNAME');
    const isPlaced =
      (type !== 'DNAME' || (!hasNamesBelow && !here.has('NS') && !here.has('DNAME'))) &&
      (type !== 'NS' || (!name.startsWith('*') && !here.has('DNAME'))) &&
      (type !== 'DS' || here.has('NS'));
    if (isBelowDname || !isAlone || !isPlaced || here.has(type)) continue;
    types.set(name, here.add(type));
    taken.push(candidate);
  }
  return taken;
}

const questionTypes = ['A', 'A', 'A', 'AAAA', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'SRV', 'DNAME', 'DS', 'CAA'];

function questionOf(names: readonly string[]): fc.Arbitrary<RandomQuestion> {
  const known = names.length > 0 ? fc.constantFrom(...names) : relativeName;
  const parent = known.map((name) => name.slice(name.indexOf('.') + 1));
  const below = fc.tuple(relativeName, known).map((parts) => parts.join('.'));
  const name = fc.oneof(
    { weight: 4, arbitrary: known },
    { weight: 4, arbitrary: below },
    { weight: 2, arbitrary: relativeName },
    parent,
    fc.constant(''),
  );
  const cased = fc
    .tuple(name, fc.infiniteStream(fc.boolean()))
    .map(([text, isUpper]) =>
      Array.from(text, (character) => (isUpper.next().value ? character.toUpperCase() : character)).join(''),
    );
  return fc.record({
    name: cased,
    type: fc.constantFrom(...questionTypes),
    udpPayloadSize: fc.constantFrom(undefined, 512, 600, 1232, 4096),
  });
}

/** @param count  how many questions */
export function arbitraryZone(count: number): fc.Arbitrary<RandomZone> {
  const entries = fc.array(entry, { minLength: 4, maxLength: 70, size: 'max' }).map(consistent);
  return entries.chain((taken) =>
    fc.array(questionOf(taken.map(({ name }) => name)), { minLength: count, maxLength: count }).map((questions) => ({
      lines: taken.flatMap(({ name, type, values }) => values.map((value) => `${name} IN ${type} ${value}`)),
      questions,
    })),
  );
}
