import type { DoctorTools } from '../examine-zone.ts';
import { inTurn } from '../in-turn.ts';
import type { HostedZoneReport } from '../report.ts';
import { type DatabaseView, examineHostedZone } from './examine-hosted-zone.ts';
import type { HostedZoneDescription } from './hosted-zone-description.ts';

/** Examines all zones that are hosted here, some at a time, and reports on them in their order. */
export async function examineHostedZones(
  zones: readonly HostedZoneDescription[],
  database: DatabaseView,
  tools: DoctorTools,
): Promise<readonly HostedZoneReport[]> {
  return await inTurn(zones, tools.limits.zonesAtOnce, async (zone) => await examineHostedZone(zone, database, tools));
}
