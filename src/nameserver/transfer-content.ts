import { countDifference, type Difference, type OwnedRecords } from '../zone/difference.ts';
import type { NameKey } from '../zone/name-key.ts';
import { unpackOwned } from '../zone/packed-owned.ts';
import { countRecords } from '../zone/packed-records.ts';
import type { Zone } from '../zone/zone.ts';

/** What a transfer consists of, in its order; whoever breaks off early calls `return`, as `for…of` does. */
export type TransferContent = Generator<OwnedRecords, void, undefined>;

/**
 * The whole zone: its SOA record, all others in no order, and the SOA record again (RFC 5936 §2.2).
 *
 * It is one version, whatever is changed before the last record is taken: the one at the time of the first.
 */
export function* wholeZone(zone: Zone): TransferContent {
  using snapshot = zone.snapshot();
  const apex = { owner: zone.origin.key, records: snapshot.soa };
  yield apex;
  yield* snapshot.records();
  yield apex;
}

/**
 * What has changed since a version, or what serves instead.
 *
 * Whoever has this version, or says that it has a later one, gets the SOA record alone (RFC 1995 §2). The whole zone comes where
 * the journal does not go back so far (RFC 1995 §4), and where it is shorter (RFC 1995 §5).
 */
export function changesSince(zone: Zone, serial: number): TransferContent {
  const known = zone.differencesSince(serial);
  switch (known.kind) {
    case 'up-to-date':
      return soaAlone(zone);
    case 'out-of-reach':
      return wholeZone(zone);
    case 'differences':
      return isLonger(zone, known.differences) ? wholeZone(zone) : sequences(zone.origin.key, known.differences);
  }
}

/** With more records than this, nothing is in one message, so that it need not be tried. */
const shortRecords = 1000;

/** Whether one message might hold the zone. */
export function isShortZone(zone: Zone): boolean {
  return zone.nameCount <= shortRecords;
}

/** Whether one message might hold what {@link changesSince} gives. */
export function areShortChanges(zone: Zone, serial: number): boolean {
  const known = zone.differencesSince(serial);
  switch (known.kind) {
    case 'up-to-date':
      return true;
    case 'out-of-reach':
      return isShortZone(zone);
    case 'differences':
      return known.differences.reduce((total, each) => total + countDifference(each), 0) <= shortRecords;
  }
}

function* soaAlone(zone: Zone): TransferContent {
  yield { owner: zone.origin.key, records: zone.soa };
}

/** Difference sequences between two copies of the SOA record, oldest first (RFC 1995 §4). They are values, and do not change. */
function* sequences(owner: NameKey, differences: readonly Difference[]): TransferContent {
  const latest = differences.at(-1)!.soaAfter;
  yield { owner, records: latest };
  for (const { soaBefore, removed, soaAfter, added } of differences) {
    yield { owner, records: soaBefore };
    yield* unpackOwned(removed);
    yield { owner, records: soaAfter };
    yield* unpackOwned(added);
  }
  yield { owner, records: latest };
}

/** Whether the differences have more records than the zone. It looks at no more names than there are such records. */
function isLonger(zone: Zone, differences: readonly Difference[]): boolean {
  const records = differences.reduce((total, difference) => total + countDifference(difference), 0);
  if (records <= zone.nameCount) return false;
  using snapshot = zone.snapshot();
  let room = records;
  for (const owned of snapshot.records()) {
    room -= countRecords(owned.records);
    if (room <= 0) return false;
  }
  return true;
}
