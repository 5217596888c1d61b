import type { ExternalZoneDescription } from '../primary/primary-pool.ts';
import { type DoctorTools, examineZone } from './examine-zone.ts';
import { inTurn } from './in-turn.ts';
import type { ZoneReport } from './report.ts';

/**
 * Examines all zones of a configuration that are on other nameservers, some at a time, and reports on them in their order.
 *
 * Checks that run at the same time, here or elsewhere, do not disturb each other; every step has its deadline.
 */
export async function examineZones(
  zones: readonly ExternalZoneDescription[],
  tools: DoctorTools,
): Promise<{ readonly zones: readonly ZoneReport[] }> {
  return { zones: await inTurn(zones, tools.limits.zonesAtOnce, async (zone) => await examineZone(zone, tools)) };
}
