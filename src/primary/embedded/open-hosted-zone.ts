import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { StoredZone, WriteResult } from '../../store/zone-store.ts';
import type { OwnedRecords } from '../../zone/difference.ts';
import { withRecordSet } from '../../zone/packed-records.ts';
import { soaOf, withSerial } from '../../zone/soa.ts';
import { Zone } from '../../zone/zone.ts';
import { HostedZone, type HostedZoneOptions } from './hosted-zone.ts';
import { loadZone } from './load-zone.ts';
import type { StaticContent } from './static-content.ts';
import { toStoredRecordSets } from './stored-records.ts';
import type { WriteFailure } from './submission.ts';

export type OpenedZone =
  | { readonly kind: 'opened'; readonly hosted: HostedZone }
  | { readonly kind: 'failed'; readonly failure: WriteFailure };

/** Loads a zone from the store, woken up where it slept, or makes it there of its static content. */
export async function openHostedZone(
  name: Name,
  stored: StoredZone | undefined,
  content: StaticContent,
  options: HostedZoneOptions,
): Promise<OpenedZone> {
  if (!stored) return await createZone(name, content, options);
  const { store, limits } = options;
  const woken = stored.isDormant ? await store.setDormant(name, false) : undefined;
  if (woken && woken.kind !== 'committed') return failed(woken);
  const loaded = await loadZone(store, name, limits.journalRecords);
  switch (loaded.kind) {
    case 'unknown':
      return { kind: 'failed', failure: { kind: 'refused', refusal: { code: 'unknown-zone', zone: name } } };
    case 'failed':
      return { kind: 'failed', failure: { kind: 'not-stored', fault: loaded.fault } };
    case 'loaded':
      return { kind: 'opened', hosted: new HostedZone(loaded.zone, loaded.ownership, options) };
  }
}

/** The first serial is the time, so that a zone that begins anew is ahead of what its secondaries had of it. */
async function createZone(name: Name, wanted: StaticContent, options: HostedZoneOptions): Promise<OpenedZone> {
  const { store, clock, limits } = options;
  const { ownership } = wanted;
  const serial = clock.unixSeconds() >>> 0 || 1;
  const content = firstContent(name, wanted, serial);
  const recordSets = toStoredRecordSets(content, ownership.originOf);
  const created = await store.create({ zone: name, serial, recordSets });
  if (created.kind !== 'committed') return failed(created);
  return { kind: 'opened', hosted: new HostedZone(new Zone(name, content, limits.journalRecords), ownership, options) };
}

/** A zone of its static content alone. */
export function firstContent(name: Name, { names }: StaticContent, serial: number): readonly OwnedRecords[] {
  return Array.from(names, ([owner, records]): OwnedRecords => {
    if (owner !== name.key) return { owner, records };
    return { owner, records: withRecordSet(records, Type.SOA, withSerial(soaOf(records), serial)) };
  });
}

function failed(result: Exclude<WriteResult, { kind: 'committed' }>): OpenedZone {
  if (result.kind === 'refused') return { kind: 'failed', failure: result };
  return { kind: 'failed', failure: { kind: 'not-stored', fault: result.fault } };
}
