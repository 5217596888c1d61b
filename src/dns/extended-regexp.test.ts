import assert from 'node:assert/strict';
import { test } from 'node:test';

import { countGroups } from './extended-regexp.ts';

const groupsOf = (expression: string) => countGroups(Buffer.from(expression, 'latin1'));

const wellFormed: readonly (readonly [expression: string, groups: number])[] = [
  ['a', 0],
  ['^.*$', 0],
  ['()', 1],
  ['((a)|b)+', 2],
  ['(a)\\1', 1],
  ['\\(a\\)\\{', 0],
  ['a)', 0],
  ['a{2}b{2,}c{2,255}', 0],
  ['a{,2}{}', 0],
  ['[]a]', 0],
  ['[^]a-]', 0],
  ['[a-z[:digit:]_-]', 0],
  ['[[.-.]-9[=a=](]', 0],
  ['[[.hyphen.]]', 0],
  ['[[a]', 0],
  ['[\\]', 0],
  ['\xff+', 0],
];

for (const [expression, groups] of wellFormed)
  test(`${expression} has ${groups} groups`, () => assert.equal(groupsOf(expression), groups));

const malformed: readonly (readonly [expression: string, why: string])[] = [
  ['', 'it is empty'],
  ['*a', 'nothing is repeated'],
  ['a**', 'a repetition is repeated'],
  ['^*', 'an anchor is repeated'],
  ['(+)', 'nothing is repeated in a group'],
  ['(?:a)', 'groups that do not count are not of this dialect'],
  ['(?=a)', 'nor is looking ahead'],
  ['a|', 'an alternative is empty'],
  ['|a', 'an alternative is empty'],
  ['(a|)', 'an alternative in a group is empty'],
  ['(a', 'a group has no end'],
  ['\\1', 'there is no such group'],
  ['(a)\\2', 'there are not so many groups'],
  ['a\\', 'nothing is escaped'],
  ['a{2', 'a bound has no end'],
  ['a{2,1}', 'a bound is the wrong way round'],
  ['a{256}', 'a bound is too great'],
  ['a{1,256}', 'a bound is too great'],
  ['a{1,2,3}', 'a bound has three numbers'],
  ['{1}', 'nothing is repeated'],
  ['[a', 'a bracket has no end'],
  ['[]', 'a bracket that is first means itself'],
  ['[z-a]', 'a range is the wrong way round'],
  ['[a-b-c]', 'a range begins where another ends'],
  ['[a-[:digit:]]', 'a class ends no range'],
  ['[[:digits:]]', 'there is no such class'],
  ['[[..]]', 'an element is empty'],
  ['[[.aa.]-z]', 'an element of two characters begins a range'],
];

for (const [expression, why] of malformed)
  test(`${expression} is not well formed: ${why}`, () => assert.equal(groupsOf(expression), undefined));

test('an expression that would take for ever to run is gone over in an instant', () => {
  const nested = `${'('.repeat(50)}a${'*)'.repeat(50)}`;
  const start = performance.now();
  assert.equal(groupsOf('(|a)'.repeat(60)), undefined);
  assert.equal(groupsOf(`${'(a|aa){60}'.repeat(20)}\\b`), 20);
  assert.equal(groupsOf(nested), 50);
  assert.ok(performance.now() - start < 1_000);
});
