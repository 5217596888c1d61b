import type { ZoneReader } from '../../../store/zone-store.ts';
import { inOneGo } from '../../../zone/pieces.ts';
import { Zone } from '../../../zone/zone.ts';
import { faultOf } from '../embedded-fault.ts';
import type { EmbeddedZoneDescription } from '../embedded-zones.ts';
import { loadZone } from '../load-zone.ts';
import { firstContent } from '../open-hosted-zone.ts';
import type { Ownership } from '../ownership.ts';
import { reconcile } from '../reconcile.ts';
import { staticContent } from '../static-content.ts';
import type { ImportedZone } from './imported-zone.ts';
import { type ImportPolicy, planImport } from './plan-import.ts';
import type { ImportOutcome } from './import-report.ts';

/**
 * What an import would make of a zone as it is in the database now, under this configuration. Nothing is changed, and nobody has to own
 * the database.
 *
 * @param reader       undefined where there is no database yet
 * @param unixSeconds  the first serial of a zone that is not there yet
 */
export async function previewImport(
  reader: ZoneReader | undefined,
  { name, records }: EmbeddedZoneDescription,
  imported: ImportedZone,
  policy: ImportPolicy,
  unixSeconds: number,
): Promise<ImportOutcome> {
  const wanted = staticContent(name, records);
  const loaded = await (reader ? loadZone(reader, name, 0) : undefined);
  if (loaded?.kind === 'failed') {
    const fault = faultOf({ kind: 'not-stored', fault: loaded.fault }, name.toString());
    return { kind: 'failed', fault };
  }
  let zone: Zone;
  let before: Ownership;
  if (loaded?.kind === 'loaded') ({ zone, ownership: before } = loaded);
  else {
    zone = new Zone(name, firstContent(name, wanted, unixSeconds), 0);
    before = wanted.ownership;
  }
  const { change } = reconcile(zone, before, wanted);
  if (change) zone.apply(change);
  return inOneGo(planImport(zone, wanted.ownership, imported, policy)).verdict;
}
