import { Type } from '../../dns/codes.ts';
import { type Asker, credentialLabel } from '../../updates/asker.ts';
import type { HistoryEntry } from '../../updates/history-entry.ts';
import { valueTexts } from '../../updates/record-set.ts';
import type { Draft } from '../../zone/draft.ts';
import { nameOfKey } from '../../zone/name-key.ts';
import { type PackedRecords, recordSetOf, splitRecordSets, typeAt, unpackRecords } from '../../zone/packed-records.ts';
import type { ZoneView } from '../../zone/zone-view.ts';

/**
 * What an UPDATE message has changed, RRset by RRset, for the history; the SOA record, which goes along with everything, is left out.
 *
 * Whatever it is, all of it is told: else a change could be hidden behind others. A message of 64 KiB bounds it.
 */
export function historyOfUpdate(view: ZoneView, draft: Draft, asker: Asker, atMs: number): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  const common = {
    atMs,
    outcome: 'changed',
    credential: credentialLabel(asker.credential),
    dialect: 'dns',
    source: asker.source?.text,
    detail: undefined,
  } as const;
  for (const key of draft.changedKeys()) {
    const [before, after] = [view.records(key), draft.records(key)];
    for (const type of typesOf(before, after)) {
      const [old, young] = [valuesOf(before, type), valuesOf(after, type)];
      if (old.join('\n') === young.join('\n')) continue;
      entries.push({ name: nameOfKey(key), type, before: old, after: young, ...common });
    }
  }
  return entries;
}

function typesOf(...sides: readonly PackedRecords[]): ReadonlySet<number> {
  const types = new Set(sides.flatMap((records) => splitRecordSets(records).map((set) => typeAt(set, 0))));
  types.delete(Type.SOA);
  return types;
}

function valuesOf(records: PackedRecords, type: number): string[] {
  return valueTexts({ rdatas: unpackRecords(recordSetOf(records, type)).map(({ rdata }) => rdata) });
}
