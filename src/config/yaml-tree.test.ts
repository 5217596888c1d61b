import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem, ProblemList } from './problem.ts';
import { parseYamlTree, type YamlTree } from './yaml-tree.ts';

/** The tree as plain values, every scalar as `source@line:column`. */
function outline(tree: YamlTree): unknown {
  const { line, column } = tree.position;
  if (tree.kind === 'scalar') return `${tree.source}@${line}:${column}`;
  if (tree.kind === 'list') return tree.items.map(outline);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, outline(value)]));
}

function parse(text: string): { outline: unknown; problems: string[] } {
  const problems = new ProblemList('f');
  const tree = parseYamlTree(text, problems);
  return { outline: tree && outline(tree), problems: problems.sorted().map(describeProblem) };
}

const trees: readonly (readonly [name: string, text: string, expected: unknown])[] = [
  ['numbers keep their source', 'secret: 00123456', { secret: '00123456@1:9' }],
  ['a list of numbers too', '- 007\n- 0x10', ['007@1:3', '0x10@2:3']],
  ['carriage returns', 'a: 1\r\nb: 2\r\n', { a: '1@1:4', b: '2@2:4' }],
  ['a byte order mark', '\uFEFFa: 1', { a: '1@1:4' }],
  ['an alias stands where its anchor stands', 'a: &x 1\nb: *x', { a: '1@1:7', b: '1@1:7' }],
  ['a key without a value', 'a:\nb: 1', { a: '@1:3', b: '1@2:4' }],
  [
    'a merge key',
    'a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}',
    { a: { x: '1@1:11', y: '2@1:17' }, b: { y: '3@2:16', x: '1@1:11' } },
  ],
  [
    'a merge of several: the first wins',
    '- &a {x: 1}\n- &b {x: 2, y: 3}\n- {<<: [*a, *b]}',
    [{ x: '1@1:10' }, { x: '2@2:10', y: '3@2:16' }, { x: '1@1:10', y: '3@2:16' }],
  ],
  ['a quoted << is a key', '"<<": 1', { '<<': '1@1:7' }],
  ['a key called __proto__', '__proto__: 1', JSON.parse('{"__proto__": "1@1:12"}')],
];
for (const [name, text, expected] of trees) {
  test(name, () => {
    assert.deepEqual(parse(text), { outline: expected, problems: [] });
  });
}

const mistakes: readonly (readonly [name: string, text: string, expected: RegExp])[] = [
  ['an empty file', '', /^f:1:1: the file is empty/],
  ['nothing but a comment', '# nothing\n', /^f:1:1: the file is empty/],
  ['a mapping in a value', 'a: b: c', /^f:1:4: a line here is neither/],
  ['no space after the colon', 'secret:12345678\nport: 53', /^f:1:1: .*the space after it/],
  ['a tab', 'a:\n\t- b', /^f:2:1: a tab/],
  ['an open quote', 'a: "12345678', /^f:1:4: the quote that opens here is not closed; /],
  ['a quote that swallows lines', "b: 1\na: '12345678\nc: 2\nd:\n  - e: 3\n", /^f:2:4: the quote that opens here/],
  [
    'a quote that swallows lines up to the next',
    "a: '12345678\nc: 2\nd: 'S3cret'\n",
    /^f:1:4: the quote that opens here/,
  ],
  ['an open bracket', 'a: [1', /^f:1:6: /],
  ['wrong indentation', 'a:\n    b: 1\n  c: 2\n', /^f:3:1: the indentation/],
  ['a line that is indented too far', 'a:\n  b: 1\n    c: 2\n', /^f:2:6: a line here is neither/],
  ['two brackets that are open', 'a: {b: [1, 2\nc: 3', /^f:2:1: the indentation/],
  ['a key beside the dash', 'a:\n  - b: 1\n   c: 2\n', /^f:3:1: .*the `- ` of a list/],
  ['an at sign', 'a: @x', /^f:1:4: .*quote/],
  ['a second document', 'a: 1\n---\nb: 2', /^f:2:1: a second document/],
  ['an alias without an anchor', 'a: *y', /^f:1:4: this alias/],
  ['an alias of itself', 'a: &x [*x]', /^f:1:8: this alias refers to nothing/],
  ['an unknown tag', 'a: !env S3cret', /^f:1:4: this tag/],
  ['a list as a key', '? [a]\n: b', /^f:1:3: a key has to be/],
  ['a key twice', 'a: 1\nb: 2\na: 3', /^f:3:1: this key stands here a second time/],
  ['a merge of a number', 'a: {<<: 3}', /^f:1:9: << merges/],
  ['a bad escape', 'a: "\\q"', /^f:1:\d: there is no such escape/],
];
for (const [name, text, expected] of mistakes) {
  test(`refused: ${name}`, () => {
    const { problems } = parse(text);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', expected);
    assert.doesNotMatch(problems[0] ?? '', /12345678|S3cret/);
  });
}

test('a bomb of aliases ends with a sentence', () => {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `- &a${level + 1} [${Array(10).fill(`*a${level}`).join(', ')}]`,
  );
  const { problems } = parse(`- &a0 x\n${levels.join('\n')}`);
  assert.match(problems.join('\n'), /nested too deeply or repeats itself/);
});

test('brackets without end do too, and are told of a few times only', () => {
  const { problems } = parse('['.repeat(100_000));
  assert.match(problems.join('\n'), /nested too deeply/);
  assert.ok(problems.length <= 10);
});

test('a deep tree within the parser’s own limit is cut off by ours', () => {
  const { problems } = parse(`${'['.repeat(60)}${']'.repeat(60)}`);
  assert.match(problems.join('\n'), /nested too deeply/);
});
