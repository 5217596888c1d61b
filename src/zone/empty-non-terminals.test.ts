import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { parseRecordLines } from '../../test/support/record-lines.ts';
import { makeZone, perform, zoneLines } from '../../test/support/zone-fixture.ts';
import { update } from '../../test/support/update-arbitraries.ts';
import { Class, Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { emptyRdata } from '../dns/rdata.ts';
import { lookup } from './lookup.ts';
import type { Zone } from './zone.ts';

const origin = Name.parse('example.');
const apex = parseRecordLines(['example. SOA 1', 'example. NS ns.elsewhere.test.']);
const kindOf = (zone: Zone, name: string) => lookup(zone, Name.parse(name).key, Type.A).kind;

function change(zone: Zone, action: 'add' | 'delete', name: string): void {
  const added = parseRecordLines([`${name} TXT x`]);
  const deleted = { name: Name.parse(name), type: Type.ANY, class: Class.ANY, ttl: 0, rdata: emptyRdata };
  perform(zone, update([{ name: origin, type: Type.SOA, class: Class.IN }], [], action === 'add' ? added : [deleted]));
}

describe('empty non-terminals (RFC 4592 §2.2.2, RFC 2136 §7.16)', () => {
  test('come and go with the names below them', () => {
    const zone = makeZone(origin, apex);
    const kinds = () => ['b.example.', 'a.b.example.', 'z.a.b.example.'].map((name) => kindOf(zone, name));
    assert.deepEqual(kinds(), ['no-name', 'no-name', 'no-name']);
    change(zone, 'add', 'z.a.b.example.');
    assert.deepEqual(kinds(), ['no-data', 'no-data', 'no-data']);
    change(zone, 'add', 'b.example.');
    change(zone, 'delete', 'z.a.b.example.');
    assert.deepEqual(kinds(), ['no-data', 'no-name', 'no-name']);
    change(zone, 'delete', 'b.example.');
    assert.deepEqual(kinds(), ['no-name', 'no-name', 'no-name']);
  });

  test('stay while anything is below, and when their own records go', () => {
    const zone = makeZone(origin, apex);
    for (const name of ['x.b.example.', 'y.b.example.', 'b.example.']) change(zone, 'add', name);
    change(zone, 'delete', 'b.example.');
    assert.equal(kindOf(zone, 'b.example.'), 'no-data');
    change(zone, 'delete', 'x.b.example.');
    assert.equal(kindOf(zone, 'b.example.'), 'no-data');
    change(zone, 'delete', 'y.b.example.');
    assert.equal(kindOf(zone, 'b.example.'), 'no-name');
  });

  test('leave nothing behind, whether the upper or the lower name goes first', () => {
    const names = ['a.example.', 'b.a.example.', 'c.b.a.example.'];
    for (const order of [names, names.toReversed()]) {
      const zone = makeZone(origin, apex);
      for (const added of names) change(zone, 'add', added);
      for (const deleted of order) change(zone, 'delete', deleted);
      for (const gone of [...names, 'example.']) assert.ok(!zone.hasDescendants(Name.parse(gone).key), gone);
    }
  });

  // So few names that all below one are often gone.
  const label = fc.constantFrom('a', '*');
  const name = fc.array(label, { maxLength: 3 }).map((labels) => [...labels, 'example.'].join('.'));
  const steps = fc.array(fc.tuple(fc.constantFrom('add' as const, 'delete' as const), name), { maxLength: 40 });

  test('whatever was added and deleted, names exist as in a zone made anew of the same records', () => {
    fc.assert(
      fc.property(steps, fc.array(name, { minLength: 10, maxLength: 10 }), (changes, questions) => {
        const zone = makeZone(origin, apex);
        for (const [action, changed] of changes) change(zone, action, changed);
        const lines = zoneLines(zone).map((line) => line.replace(/ 3600 /, ' ').replace(/"/g, ''));
        const anew = makeZone(
          origin,
          parseRecordLines(lines.map((line) => (/ SOA /.test(line) ? 'example. SOA 1' : line))),
        );
        assert.equal(zone.nameCount, anew.nameCount);
        for (const question of [...questions, ...changes.map(([, changed]) => changed)]) {
          const key = Name.parse(question).key;
          assert.equal(zone.hasDescendants(key), anew.hasDescendants(key), question);
          assert.equal(zone.hasDescendants(key), isAbove(question, lines), question);
          assert.deepEqual(lookup(zone, key, Type.TXT), lookup(anew, key, Type.TXT), question);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** Told from the lines alone. */
function isAbove(name: string, lines: readonly string[]): boolean {
  return lines.some((line) => line.split(' ')[0]!.endsWith(`.${name}`));
}
