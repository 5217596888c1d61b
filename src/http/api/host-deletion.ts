import { Type, typeName } from '../../dns/codes.ts';
import type { Administration, Changed } from '../../registry/administration.ts';
import type { Host } from '../../updates/host.ts';
import type { Hostname } from '../../updates/hostname.ts';
import { nameText } from './field-schemas.ts';
import type { Visit } from './operation.ts';
import { isProblem, type Problem } from './problem.ts';
import { readRecords } from './record-reading.ts';
import { cannotBeSo } from './request-problems.ts';
import { mayReadHost } from './visibility.ts';

/**
 * Forgets a host, for a token only when none of the records that it may set is left of it: a name counts as long as it has records, and only a
 * host counts.
 *
 * An update may come between our looking and the deletion, so we look once more, and what should not be forgotten is made again.
 *
 * @param version  what has to be forgotten; undefined: whatever there is
 */
export async function forgetHost(
  administration: Administration,
  visit: Visit,
  host: Host,
  version: number | undefined,
): Promise<Changed<Host> | Problem> {
  const fault = makerFault(administration, visit, host) ?? (await leftoverFault(administration, visit, host));
  if (fault) return fault;
  const mayName = (name: Hostname) => mayReadHost(visit.asker, name);
  const changed = await administration.deleteHost(host.name, { version, mayName });
  if (changed.kind !== 'changed') return changed;
  const late = await leftoverFault(administration, visit, host);
  if (!late) return changed;
  await administration.restoreHost(host);
  return late;
}

/** A host that counts among the names of another token is not this one's to forget. */
function makerFault(administration: Administration, { asker }: Visit, { madeBy }: Host): Problem | undefined {
  if (asker.credential.kind !== 'token' || madeBy === undefined || madeBy === asker.credential.id) return undefined;
  const maker = administration.token(madeBy);
  if (!maker || maker.revokedAtSeconds !== undefined) return undefined;
  return cannotBeSo('it counts among the names of another token');
}

async function leftoverFault(
  administration: Administration,
  visit: Visit,
  { name }: Host,
): Promise<Problem | undefined> {
  const { asker, settings } = visit;
  if (asker.credential.kind !== 'token' || !settings.updater.zones.find(name)) return undefined;
  const types = new Set([...(administration.token(asker.credential.id)?.scope.types ?? []), Type.TXT]);
  const found: string[] = [];
  for (const place of placesOf(name)) {
    // What is a host itself counts by itself.
    if (place !== name && administration.host(place)) continue;
    const own = [...types].filter((type) => asker.permission(place, type, 'set').kind === 'granted');
    const sets = own.length > 0 ? await readRecords(visit, place, own) : [];
    if (isProblem(sets)) return sets;
    found.push(...sets.map(({ type }) => `${nameText(place)}/${typeName(type)}`));
  }
  if (found.length === 0) return undefined;
  return cannotBeSo(`there are records of it still, which go first (DELETE /api/v1/records/…): ${found.join(', ')}`);
}

/** Where records may be that count by the host: at its name, its wildcard twin and its challenge. */
function placesOf(name: Hostname): readonly Hostname[] {
  const labels = name.isWildcard ? [] : ['*', '_acme-challenge'];
  const fitting = labels.filter((label) => name.wire.length + label.length + 1 <= longestName);
  return [name, ...fitting.map((label) => name.prepend(label) as Hostname)];
}

/** RFC 1035 §2.3.4. */
const longestName = 255;
