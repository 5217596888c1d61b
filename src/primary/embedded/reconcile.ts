import { Type, typeName } from '../../dns/codes.ts';
import type { ZoneChange } from '../../zone/difference.ts';
import { Draft } from '../../zone/draft.ts';
import { type NameKey, nameOfKey, parentKey } from '../../zone/name-key.ts';
import {
  hasType,
  noRecords,
  type PackedRecords,
  recordSetOf,
  splitRecordSets,
  typeAt,
  withRecordSet,
} from '../../zone/packed-records.ts';
import { nextSerial } from '../../zone/serial.ts';
import { soaOf, withSerial } from '../../zone/soa.ts';
import type { Zone } from '../../zone/zone.ts';
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
export function reconcile(zone: Zone, before: Ownership, wanted: StaticContent): Reconciliation {
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
  for (const [key, type] of setsInTheWay(zone, draft, before, wanted)) {
    draft.set(key, withRecordSet(draft.records(key), type, noRecords));
    warnings.push(claimText(key, type));
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

/**
 * What updates have put where the configuration leaves no place for it: NS or DNAME records that would hide what it has, and names
 * below a DNAME that is new in it (RFC 6672 §2.4).
 */
function setsInTheWay(
  zone: Zone,
  draft: Draft,
  before: Ownership,
  wanted: StaticContent,
): readonly (readonly [key: NameKey, type: number])[] {
  const { ownership } = wanted;
  const found: (readonly [NameKey, number])[] = [];
  const redirecting = new Set<NameKey>();
  const isHiding = (key: NameKey, type: number) =>
    hasType(draft.records(key), type) && !ownership.isStatic(key, type) && ownership.placeHiddenBy(key, type);
  const owners = new Set<NameKey>();
  for (const [key, records] of wanted.names) {
    if (hasType(records, Type.DNAME) && !before.isStatic(key, Type.DNAME)) redirecting.add(key);
    owners.add(key);
    for (const owner of namesAbove(key, zone.origin.key)) owners.add(owner);
  }
  for (const owner of owners)
    for (const type of [Type.NS, Type.DNAME]) if (isHiding(owner, type)) found.push([owner, type]);
  if (redirecting.size === 0) return found;
  using snapshot = zone.snapshot();
  for (const { owner: key } of snapshot.records())
    if (namesAbove(key, zone.origin.key).some((owner) => redirecting.has(owner)))
      for (const type of dynamicTypes(draft.records(key), key, ownership)) found.push([key, type]);
  return found;
}

function namesAbove(key: NameKey, apex: NameKey): readonly NameKey[] {
  const names: NameKey[] = [];
  for (let name = key; name !== apex;) {
    name = parentKey(name);
    names.push(name);
  }
  return names;
}

function dynamicTypes(records: PackedRecords, key: NameKey, ownership: Ownership): readonly number[] {
  return splitRecordSets(records)
    .map((set) => typeAt(set, 0))
    .filter((type) => !ownership.isStatic(key, type));
}

function claimText(key: NameKey, type: number): string {
  return `the configuration takes ${nameOfKey(key).toString()} ${typeName(type)}, which an update had set`;
}
