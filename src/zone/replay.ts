import { Type } from '../dns/codes.ts';
import type { Difference, OwnedRecords, ZoneChange } from './difference.ts';
import { Draft } from './draft.ts';
import { unpackOwned } from './packed-owned.ts';
import {
  type PackedRecords,
  recordSetOf,
  splitRecords,
  splitRecordSets,
  typeAt,
  withRecordSet,
} from './packed-records.ts';
import { addRecord, removeRecord } from './record-set-change.ts';
import type { ZoneView } from './zone-view.ts';

/**
 * The step that a difference makes of a zone, for whoever did not evaluate the update but was told of it: another node, or
 * this one after a restart.
 *
 * @returns undefined when the zone is not at the version that the difference begins with
 */
export function replayDifference(view: ZoneView, difference: Difference): ZoneChange | undefined {
  if (view.serial !== difference.serialBefore) return undefined;
  const draft = new Draft(view);
  // Removed before added, as in a transfer (RFC 1995 §4): a changed TTL is both.
  for (const owned of unpackOwned(difference.removed)) edit(draft, owned, removeRecord);
  for (const owned of unpackOwned(difference.added)) edit(draft, owned, addRecord);
  const apexKey = view.origin.key;
  draft.set(apexKey, withRecordSet(draft.records(apexKey), Type.SOA, difference.soaAfter));
  return { difference, names: draft.change().names };
}

type Edit = (set: PackedRecords, record: PackedRecords) => PackedRecords;

function edit(draft: Draft, { owner, records }: OwnedRecords, change: Edit): void {
  let edited = draft.records(owner);
  for (const set of splitRecordSets(records)) {
    const type = typeAt(set, 0);
    const changed = splitRecords(set).reduce(change, recordSetOf(edited, type));
    edited = withRecordSet(edited, type, changed);
  }
  draft.set(owner, edited);
}
