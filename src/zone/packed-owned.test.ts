import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { arbitraryTypedRdata, arbitraryName } from '../../test/support/dns-arbitraries.ts';
import type { OwnedRecords } from './difference.ts';
import { countOwned, noOwned, packOwned, splitFirst, unpackOwned } from './packed-owned.ts';
import { countRecords, packRecord } from './packed-records.ts';

const owned = fc.tuple(arbitraryName, arbitraryTypedRdata).map(([name, { type, rdata }]): OwnedRecords => {
  return { owner: name.key, records: packRecord({ type, ttlSeconds: 60, rdata }) };
});

test('come back as they went in, in their order, and are counted without', () => {
  fc.assert(
    fc.property(fc.array(owned, { maxLength: 8 }), (all) => {
      const packed = packOwned(all);
      assert.deepEqual([...unpackOwned(packed)], all);
      assert.equal(
        countOwned(packed),
        all.reduce((total, { records }) => total + countRecords(records), 0),
      );
    }),
  );
});

test('the first comes apart from the others', () => {
  fc.assert(
    fc.property(owned, fc.array(owned, { maxLength: 8 }), (first, others) => {
      assert.deepEqual(splitFirst(packOwned([first, ...others])), { first, rest: packOwned(others) });
    }),
  );
  assert.equal(splitFirst(noOwned), undefined);
});
