import type {
  JournalEntry,
  JournalStep,
  RecordOrigin,
  RecordSetChange,
  ZoneDifference,
} from '../../store/zone-store.ts';
import type { Difference, OwnedRecords, ZoneChange } from '../../zone/difference.ts';
import type { NameKey } from '../../zone/name-key.ts';
import {
  compactRecords,
  noRecords,
  type PackedRecords,
  recordSetOf,
  splitRecordSets,
  typeAt,
} from '../../zone/packed-records.ts';
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
    removed: packOwned([{ owner: apex, records: soaBefore }, ...removed]),
    added: packOwned([{ owner: apex, records: soaAfter }, ...added]),
  };
}

/** Undefined when the octets are not what `toStoredDifference` has made. */
export function fromJournalEntry({ serialBefore, serialAfter, removed, added }: JournalEntry): Difference | undefined {
  const [before, ...gone] = unpackOwned(removed);
  const [after, ...come] = unpackOwned(added);
  if (before === undefined || after === undefined) return undefined;
  const soas = { soaBefore: before.records, soaAfter: after.records };
  return { serialBefore, serialAfter, ...soas, removed: gone, added: come };
}

/** For each name: itself on the wire, the octets of its records as a number of 4 octets, and these records. */
function packOwned(all: readonly OwnedRecords[]): Uint8Array {
  const pieces = all.map(({ owner, records }) => {
    const { length } = records;
    return (
      owner + String.fromCharCode(length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff) + records
    );
  });
  return octetsOf(pieces.join(''));
}

function unpackOwned(octets: Uint8Array): OwnedRecords[] {
  const packed = latin1Of(octets);
  const all: OwnedRecords[] = [];
  for (let at = 0; at < packed.length;) {
    const ownerEnd = endOfName(packed, at);
    const start = ownerEnd + 4;
    const end = start + Buffer.from(packed.slice(ownerEnd, start), 'latin1').readUInt32BE();
    const records = compactRecords(packed.slice(start, end) as PackedRecords);
    all.push({ owner: latin1Of(octets.subarray(at, ownerEnd)), records });
    at = end;
  }
  return all;
}

function endOfName(packed: string, start: number): number {
  let at = start;
  while (packed.charCodeAt(at) > 0) at += 1 + packed.charCodeAt(at);
  return at + 1;
}
