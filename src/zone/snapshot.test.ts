import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { arbitraryUpdateMessage, firstRecords, origin } from '../../test/support/update-arbitraries.ts';
import { makeZone, ownedLines, perform, zoneLines } from '../../test/support/zone-fixture.ts';
import type { OwnedRecords } from './difference.ts';
import type { Snapshot } from './snapshot.ts';
import type { Zone } from './zone.ts';

const message = arbitraryUpdateMessage(1000);

/** A transfer under way: what it has read, and what the zone was when it began. */
interface Transfer {
  readonly snapshot: Snapshot;
  readonly records: Iterator<OwnedRecords>;
  readonly expected: readonly string[];
  readonly read: string[];
}

function begin(zone: Zone): Transfer {
  const expected = zoneLines(zone);
  const snapshot = zone.snapshot();
  const read = ownedLines({ owner: origin.key, records: snapshot.soa });
  return { snapshot, records: snapshot.records(), expected, read };
}

/** @returns whether it is over; then it was checked */
function goOn(transfer: Transfer): boolean {
  const next = transfer.records.next();
  if (next.done !== true) {
    transfer.read.push(...ownedLines(next.value));
    return false;
  }
  transfer.snapshot[Symbol.dispose]();
  assert.deepEqual(transfer.read.sort(), transfer.expected);
  return true;
}

test('transfers see the version that they began with, whatever changes between their messages', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 10, maxLength: 10 }),
      fc.array(fc.oneof(message, fc.constantFrom('begin' as const, 'go on' as const)), { maxLength: 60 }),
      (setUp, steps) => {
        const zone = makeZone(origin, firstRecords);
        for (const each of setUp) perform(zone, each);
        let transfers: Transfer[] = [];
        for (const step of steps) {
          if (step === 'begin') transfers.push(begin(zone));
          else if (step === 'go on') transfers = transfers.filter((each) => !goOn(each));
          else perform(zone, step);
        }
        for (let rounds = 0; transfers.length > 0 && rounds < 100; rounds += 1)
          transfers = transfers.filter((each) => !goOn(each));
        assert.equal(transfers.length, 0);
        // What was kept for the transfers is gone with them.
        assert.equal(zoneLines(zone).filter((line) => / SOA /.test(line)).length, 1);
        assert.equal(new Set(zoneLines(zone).map((line) => line.split(' ')[0])).size, zone.nameCount);
      },
    ),
    { numRuns: 1000 },
  );
});
