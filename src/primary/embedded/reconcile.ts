import { Type, typeName } from '../../dns/codes.ts';
import type { ZoneChange } from '../../zone/difference.ts';
import { Draft } from '../../zone/draft.ts';
import { type NameKey, nameOfKey } from '../../zone/name-key.ts';
import {
  noRecords,
  type PackedRecords,
  recordSetOf,
  splitRecordSets,
  typeAt,
  withRecordSet,
} from '../../zone/packed-records.ts';
import { nextSerial } from '../../zone/serial.ts';
import { soaOf, withSerial } from '../../zone/soa.ts';
import type { ZoneView } from '../../zone/zone-view.ts';
import type { Ownership } from './ownership.ts';
import type { StaticContent } from './static-content.ts';

/** What has to be done to a zone so that its static content is what the configuration says. */
export interface Reconciliation {
  /** Undefined when all of it is so already. */
  readonly change: ZoneChange | undefined;
  /** RRsets that were dynamic and are static now, whether their records change or not. */
  readonly claimed: readonly (readonly [key: NameKey, type: number])[];
  /** For people: what updates had put there, and the configuration has taken away. */
  readonly warnings: readonly string[];
}

/**
 * Compares a zone with its configuration. Dynamic RRsets stay as they are, unless the configuration claims them; the serial
 * rises by one, and only if anything is different.
 *
 * @param before  what was static until now
 */
export function reconcile(zone: ZoneView, before: Ownership, wanted: StaticContent): Reconciliation {
  const draft = new Draft(zone);
  const claimed: (readonly [NameKey, number])[] = [];
  const warnings: string[] = [];
  for (const [key, type] of before.sets()) {
    if (!wanted.ownership.isStatic(key, type)) draft.set(key, withRecordSet(draft.records(key), type, noRecords));
  }
  for (const [key, records] of wanted.names) {
    for (const type of displacedTypes(draft.records(key), key, records, before, wanted.ownership)) {
      draft.set(key, withRecordSet(draft.records(key), type, noRecords));
      warnings.push(claimText(key, type));
    }
    for (const set of splitRecordSets(records)) {
      const type = typeAt(set, 0);
      const present = recordSetOf(draft.records(key), type);
      if (present !== noRecords && !before.isStatic(key, type)) {
        claimed.push([key, type]);
        warnings.push(claimText(key, type));
      }
      const inForce = type === Type.SOA ? withSerial(set, zone.serial) : set;
      if (inForce !== present) draft.set(key, withRecordSet(draft.records(key), type, inForce));
    }
  }
  if (!draft.isChanged && claimed.length === 0) return { change: undefined, claimed, warnings };
  const apex = draft.records(zone.origin.key);
  const soa = withSerial(soaOf(apex), nextSerial(zone.serial));
  draft.set(zone.origin.key, withRecordSet(apex, Type.SOA, soa));
  return { change: draft.change(), claimed, warnings };
}

/** Dynamic RRsets that cannot stand beside what the configuration wants at the name. */
function displacedTypes(
  present: PackedRecords,
  key: NameKey,
  wanted: PackedRecords,
  before: Ownership,
  after: Ownership,
): readonly number[] {
  const displaces = (type: number): boolean =>
    recordSetOf(wanted, type) === noRecords &&
    !before.isStatic(key, type) &&
    (after.ownsName(key) || type === Type.CNAME);
  return splitRecordSets(present)
    .map((set) => typeAt(set, 0))
    .filter(displaces);
}

function claimText(key: NameKey, type: number): string {
  return `the configuration takes ${nameOfKey(key).toString()} ${typeName(type)}, which an update had set`;
}
