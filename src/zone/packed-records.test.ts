import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { arbitraryTypedRdata } from '../../test/support/dns-arbitraries.ts';
import { Type } from '../dns/codes.ts';
import { equalRdata } from '../dns/rdata.ts';
import {
  compactRecords,
  countRecords,
  countRecordSets,
  hasType,
  joinRecords,
  noRecords,
  type PackedRecords,
  packRecord,
  recordSetOf,
  splitRecords,
  splitRecordSets,
  ttlSecondsAt,
  typeAt,
  unpackRecords,
  withRecordSet,
} from './packed-records.ts';
import { addRecord, isSameRecordSet, recordIdentity, removeRecord } from './record-set-change.ts';

const record = fc
  .tuple(arbitraryTypedRdata, fc.integer({ min: 0, max: 0x7fff_ffff }))
  .map(([typed, ttlSeconds]) => ({ type: typed.type, ttlSeconds, rdata: typed.rdata }));
const records = fc.array(record, { maxLength: 12 });

function packAll(list: readonly Parameters<typeof packRecord>[0][]): PackedRecords {
  return list.map(packRecord).reduce((packed, each) => {
    const type = typeAt(each, 0);
    return withRecordSet(packed, type, addRecord(recordSetOf(packed, type), each));
  }, noRecords);
}

describe('packed records', () => {
  test('come back as they went in', () => {
    fc.assert(fc.property(record, (value) => assert.deepEqual(unpackRecords(packRecord(value)), [value])));
  });

  test('the octets of an A record', () => {
    const packed = packRecord({ type: 1, ttlSeconds: 300, rdata: { kind: 'A', address: Uint8Array.of(192, 0, 2, 1) } });
    // 0001 TYPE, 0001 CLASS, 0000012c TTL, 0004 RDLENGTH, c0000201 RDATA
    assert.equal(Buffer.from(packed, 'latin1').toString('hex'), '000100010000012c0004c0000201');
    assert.deepEqual([typeAt(packed, 0), ttlSecondsAt(packed, 0), countRecords(packed)], [1, 300, 1]);
  });

  test('are the same string in whatever order they are put together, TTL aside', () => {
    const oneTtl = records.map((list) => list.map(({ type, rdata }) => ({ type, rdata, ttlSeconds: 60 })));
    fc.assert(
      fc.property(oneTtl, (list) => {
        const identities = new Set(list.map((each) => recordIdentity(packRecord(each))));
        // Of two that differ in case alone, and of two singletons, the later one stays.
        fc.pre(identities.size === list.length);
        fc.pre(
          !list.some(
            ({ type }, index) => [5, 6, 39].includes(type) && list.findIndex((each) => each.type === type) < index,
          ),
        );
        assert.equal(packAll(list), packAll(list.toReversed()));
      }),
    );
  });

  test('fall into RRsets and records, and are put together of them again', () => {
    fc.assert(
      fc.property(records, (list) => {
        const packed = packAll(list);
        assert.equal(joinRecords(splitRecords(packed)), packed);
        assert.equal(joinRecords(splitRecordSets(packed)), packed);
        assert.equal(countRecordSets(packed), splitRecordSets(packed).length);
        assert.equal(compactRecords(packed), packed);
        for (const set of splitRecordSets(packed)) {
          const type = typeAt(set, 0);
          assert.equal(recordSetOf(packed, type), set);
          assert.equal(new Set(splitRecords(set).map((each) => ttlSecondsAt(each, 0))).size, 1);
          const without = withRecordSet(packed, type, noRecords);
          assert.ok(hasType(packed, type) && !hasType(without, type));
          assert.equal(withRecordSet(without, type, set), packed);
        }
        assert.equal(recordSetOf(packed, 65_000), noRecords);
      }),
    );
  });
});

describe('equality', () => {
  test('is that of the codec, for types that have a shape there', () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        fc.pre(a.type === b.type && a.rdata.kind !== 'opaque');
        assert.equal(recordIdentity(packRecord(a)) === recordIdentity(packRecord(b)), equalRdata(a.rdata, b.rdata));
      }),
    );
  });

  test('does not see the case of names, also in types without a shape; that of other octets it does', () => {
    const opaque = (type: number, text: string) =>
      packRecord({
        type,
        ttlSeconds: 0,
        rdata: { kind: 'opaque', octets: Uint8Array.from(Buffer.from(text, 'latin1')) },
      });
    for (const type of [Type.DNAME, Type.RP, Type.MINFO])
      assert.ok(isSameRecordSet(opaque(type, '\x01a\0\x01b\0'), opaque(type, '\x01A\0\x01B\0')));
    for (const type of [Type.AFSDB, Type.KX, Type.RT]) {
      assert.ok(isSameRecordSet(opaque(type, 'aa\x01a\0'), opaque(type, 'aa\x01A\0')));
      assert.ok(!isSameRecordSet(opaque(type, 'aa\x01a\0'), opaque(type, 'Aa\x01a\0')));
    }
    assert.ok(!isSameRecordSet(opaque(65280, 'a'), opaque(65280, 'A')));
    assert.ok(!isSameRecordSet(opaque(Type.DNAME, '\xe0'), opaque(Type.DNAME, '\xc0')));
  });

  test('what was added can be removed, whatever its TTL', () => {
    fc.assert(
      fc.property(records, record, (list, value) => {
        const type = value.type;
        const before = recordSetOf(packAll(list), type);
        const added = addRecord(before, packRecord(value));
        const removed = removeRecord(added, packRecord({ ...value, ttlSeconds: 0 }));
        assert.equal(countRecords(removed), countRecords(added) - 1);
      }),
    );
  });
});
