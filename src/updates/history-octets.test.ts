import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { Name } from '../dns/name.ts';
import type { HistoryEntry } from './history-entry.ts';
import { historyEntry, historyOctets } from './history-octets.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 80 });
const maybe = fc.option(text, { nil: undefined });

const entries: fc.Arbitrary<HistoryEntry> = fc.record({
  name: fc.constantFrom(Name.parse('www.example.com.'), Name.parse('\\000.example.'), Name.root),
  type: fc.nat(0xffff),
  atMs: fc.nat(2 ** 45),
  outcome: fc.constantFrom('changed', 'failed', 'skipped', 'noted'),
  before: fc.array(text, { maxLength: 4 }),
  after: fc.array(text, { maxLength: 4 }),
  credential: text,
  dialect: text,
  source: maybe,
  detail: maybe,
});

test('what is kept of an entry is the entry', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const read = historyEntry(historyOctets(entry));
      assert.ok(read?.name.equals(entry.name));
      assert.deepEqual({ ...read, name: undefined }, { ...entry, name: undefined });
    }),
  );
});

test('no octets make it throw', () => {
  const name = Name.parse('a.').wire;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (octets, isFormed) => {
      const body = isFormed ? Uint8Array.from([1, 0, 0, 1, ...octets]) : octets;
      const read = historyEntry({ name, atMs: 0, body });
      assert.ok(read === undefined || Array.isArray(read.before));
    }),
  );
  assert.equal(historyEntry({ name: Uint8Array.of(99), atMs: 0, body: historyOctets(sample).body }), undefined);
});

const sample: HistoryEntry = {
  name: Name.root,
  type: 1,
  atMs: 1,
  outcome: 'changed',
  before: [],
  after: ['192.0.2.1'],
  credential: 'secret',
  dialect: 'seed',
  source: undefined,
  detail: undefined,
};
