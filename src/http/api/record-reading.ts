import { createHash } from 'node:crypto';
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

/** The version of an RRset: its TTL and values, whoever has set them, as 132 bits of a hash. */
export function recordsVersion(set: RecordSet): string {
  const text = JSON.stringify([set.ttlSeconds, valueTexts(set)]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

export function recordsContent(name: Name, set: RecordSet): object {
  return { name: nameText(name), type: typeName(set.type), ttl: set.ttlSeconds, values: valueTexts(set) };
}
