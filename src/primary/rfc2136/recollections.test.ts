import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Type } from '../../dns/codes.ts';
import { Name } from '../../dns/name.ts';
import type { CurrentRecords } from '../../updates/ports.ts';
import type { RecordSet } from '../../updates/record-set.ts';
import { Recollections } from './recollections.ts';

const www = Name.parse('www.example.com.');
const keys = [
  { name: www, type: Type.A },
  { name: www, type: Type.AAAA },
];
const one = setOf(1);
const two = setOf(2);

function setOf(last: number): RecordSet {
  return { name: www, type: Type.A, ttlSeconds: 60, rdatas: [{ kind: 'A', address: Uint8Array.of(192, 0, 2, last) }] };
}

function holding(set: RecordSet | undefined, alias?: string): CurrentRecords {
  return { recordSet: (_name, type) => (type === Type.A ? set : undefined), aliasTarget: () => alias };
}

const read = (records: CurrentRecords, version?: string) => ({ records, readAtMs: 0, version });
const open = (names = 10) => new Recollections({ names, ageMs: 1000 });

test('what was changed is remembered as it became, what was not as it was', () => {
  const recollections = open();
  recollections.remember(keys, read(holding(one)), [{ name: www, type: Type.A, before: one, after: two }]);
  const recalled = recollections.recall(keys, 500);
  assert.deepEqual(recalled?.records.recordSet(www, Type.A), two);
  assert.equal(recalled?.records.recordSet(www, Type.AAAA), undefined);
});

test('nothing is recalled that was not seen, was forgotten, is too old, or was an alias', () => {
  const recollections = open();
  assert.equal(recollections.recall(keys, 0), undefined);
  recollections.remember(keys.slice(0, 1), read(holding(one)), []);
  assert.equal(recollections.recall(keys, 0), undefined, 'one type was never seen');
  recollections.remember(keys, read(holding(one)), []);
  assert.ok(recollections.recall(keys, 1000));
  assert.equal(recollections.recall(keys, 1001), undefined);
  recollections.forget(keys);
  assert.equal(recollections.recall(keys, 0), undefined);
  recollections.remember(keys, read(holding(undefined, 'elsewhere.example.')), []);
  assert.equal(recollections.recall(keys, 0), undefined);
});

test('the names that have not been dealt with for longest make room', () => {
  const recollections = open(2);
  const names = ['a', 'b', 'a', 'c'].map((label) => Name.parse(`${label}.example.com.`));
  for (const name of names) recollections.remember([{ name, type: Type.A }], read(holding(undefined)), []);
  const known = ['a', 'b', 'c'].filter((label) =>
    recollections.recall([{ name: Name.parse(`${label}.example.com.`), type: Type.A }], 0),
  );
  assert.deepEqual(known, ['a', 'c']);
});

test('changing does not make a reading younger', () => {
  const recollections = open();
  recollections.remember(keys, read(holding(one)), []);
  const recalled = recollections.recall(keys, 900);
  assert.ok(recalled);
  recollections.remember(keys, recalled, [{ name: www, type: Type.A, before: one, after: two }]);
  assert.ok(recollections.recall(keys, 1000));
  assert.equal(recollections.recall(keys, 1001), undefined);
});

test('a version is that of all names together, or of none', () => {
  const recollections = open();
  const mail = { name: Name.parse('mail.example.com.'), type: Type.A };
  recollections.remember(keys, read(holding(one), '7'), []);
  recollections.remember([mail], read(holding(undefined), '7'), []);
  assert.equal(recollections.recall([...keys, mail], 0)?.version, '7');
  recollections.remember([mail], read(holding(undefined), '8'), []);
  assert.equal(recollections.recall([...keys, mail], 0)?.version, undefined);
});
