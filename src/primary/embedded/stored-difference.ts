import type {
  JournalEntry,
  JournalStep,
  RecordOrigin,
  RecordSetChange,
  ZoneDifference,
} from '../../store/zone-store.ts';
import type { Difference, ZoneChange } from '../../zone/difference.ts';
import type { NameKey } from '../../zone/name-key.ts';
import { noOwned, type PackedOwned, splitFirst, withOwned } from '../../zone/packed-owned.ts';
import { noRecords, type PackedRecords, recordSetOf, splitRecordSets, typeAt } from '../../zone/packed-records.ts';
import type { ZoneView } from '../../zone/zone-view.ts';
import { latin1Of, octetsOf, toStoredContent } from './stored-records.ts';

export type OriginOf = (key: NameKey, type: number) => RecordOrigin;

/**
 * One step of a zone as a store takes it.
 *
 * @param before      the zone that the step begins with
 * @param transfers   RRsets that change hands between configuration and updates, whether their records change or not
 */
export function toStoredDifference(
  before: ZoneView,
  { difference, names }: ZoneChange,
  originOf: OriginOf,
  transfers: Iterable<readonly [key: NameKey, type: number]> = [],
): ZoneDifference {
  const { serialBefore, serialAfter } = difference;
  const recordSets = new Map<string, RecordSetChange>();
  const put = (owner: NameKey, type: number, set: PackedRecords): void => {
    const content = set === noRecords ? undefined : toStoredContent(set, originOf(owner, type));
    recordSets.set(`${type} ${owner}`, { owner: octetsOf(owner), type, content });
  };
  for (const [owner, records] of names) {
    const present = before.records(owner);
    for (const type of typesOf(present, records)) {
      const set = recordSetOf(records, type);
      if (set !== recordSetOf(present, type)) put(owner, type, set);
    }
  }
  for (const [owner, type] of transfers) put(owner, type, recordSetOf(names.get(owner) ?? before.records(owner), type));
  return {
    zone: before.origin,
    serialBefore,
    serialAfter,
    recordSets: [...recordSets.values()],
    journal: journalStep(before.origin.key, difference),
  };
}

function typesOf(...sides: readonly PackedRecords[]): ReadonlySet<number> {
  return new Set(sides.flatMap((records) => splitRecordSets(records).map((set) => typeAt(set, 0))));
}

/** Both halves of a difference sequence (RFC 1995 §4), each with its SOA record in front. */
function journalStep(apex: NameKey, { soaBefore, soaAfter, removed, added }: Difference): JournalStep {
  return {
    kind: 'append',
    removed: octetsOf(withOwned(noOwned, apex, soaBefore) + removed),
    added: octetsOf(withOwned(noOwned, apex, soaAfter) + added),
  };
}

/** Undefined when the octets are not what `toStoredDifference` has made. */
export function fromJournalEntry({ serialBefore, serialAfter, removed, added }: JournalEntry): Difference | undefined {
  const gone = splitFirst(latin1Of(removed) as PackedOwned);
  const come = splitFirst(latin1Of(added) as PackedOwned);
  if (gone === undefined || come === undefined) return undefined;
  const soas = { soaBefore: gone.first.records, soaAfter: come.first.records };
  return { serialBefore, serialAfter, ...soas, removed: gone.rest, added: come.rest };
}
