import type { ExternalZoneDescription } from '../primary/primary-pool.ts';
import { type DoctorTools, examineZone } from './examine-zone.ts';
import type { Report, ZoneReport } from './report.ts';

/**
 * Examines all zones of a configuration, some at a time, and reports on them in their order.
 *
 * Checks that run at the same time, here or elsewhere, do not disturb each other; every step has its deadline.
 */
export async function examineZones(zones: readonly ExternalZoneDescription[], tools: DoctorTools): Promise<Report> {
  const reports: ZoneReport[] = [];
  const waiting = zones.entries();
  const work = async () => {
    for (const [position, zone] of waiting) reports[position] = await examineZone(zone, tools);
  };
  await Promise.all(Array.from({ length: Math.min(tools.limits.zonesAtOnce, zones.length) }, work));
  return { zones: reports };
}
