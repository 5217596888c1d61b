import type { Name } from '../dns/name.ts';
import type { NameKey } from './name-key.ts';
import type { PackedRecords } from './packed-records.ts';

/** A zone as an update sees it: as it is served, or with changes on top that are not committed yet. */
export interface ZoneView {
  readonly origin: Name;
  readonly serial: number;
  /** How many names have records. */
  readonly nameCount: number;
  /** What stands literally at a name: no wildcard, no alias. No records when nothing does. */
  records(key: NameKey): PackedRecords;
  /** How many names right below it exist, be it only because others exist below them (RFC 4592 §2.2.2). */
  childCount(key: NameKey): number;
}
