import { typeName } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { Hostname } from '../../updates/hostname.ts';
import { type RecordSet, valueTexts } from '../../updates/record-set.ts';
import { faultProblem } from './fault-problem.ts';
import { nameText } from './field-schemas.ts';
import type { Visit } from './operation.ts';
import type { Problem } from './problem.ts';

/** How long the primary may take to say what it holds. */
const readTimeoutMs = 10_000;

/** What the zone's primary literally holds: no answer of a wildcard is among it. */
export async function readRecords(
  { settings, services }: Visit,
  name: Hostname,
  types: readonly number[],
): Promise<readonly RecordSet[] | Problem> {
  const zone = settings.updater.zones.find(name);
  if (!zone) return faultProblem({ code: 'unknown-zone', name: name.toString() });
  const result = await zone.primary.transact({
    reads: types.map((type) => ({ name, type })),
    plan: (current) => ({ changes: [], found: types.flatMap((type) => current.recordSet(name, type) ?? []) }),
    deadlineMs: services.clock.monotonicMs() + readTimeoutMs,
  });
  return result.kind === 'done' ? result.plan.found : faultProblem(result.fault);
}

export function recordsContent(name: Name, set: RecordSet): object {
  return { name: nameText(name), type: typeName(set.type), ttl: set.ttlSeconds, values: valueTexts(set) };
}
