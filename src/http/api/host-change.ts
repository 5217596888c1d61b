import type { Administration, Changed, HostDescription } from '../../registry/administration.ts';
import type { Host } from '../../updates/host.ts';
import type { Hostname } from '../../updates/hostname.ts';
import { changedProblem } from './changed-problem.ts';
import { clampTtl } from './clamped-ttl.ts';
import { faultProblem } from './fault-problem.ts';
import { nameText } from './field-schemas.ts';
import { hostFault } from './host-permission.ts';
import { hostContent } from './host-schemas.ts';
import type { Result, Visit } from './operation.ts';
import { entityTag, holds } from './preconditions.ts';
import type { Problem } from './problem.ts';
import { changedMeanwhile, unknown, versionMismatch } from './request-problems.ts';
import { mayReadHost } from './visibility.ts';

export interface HostChange {
  readonly name: Hostname;
  /** Whether it may be one that there is not yet. */
  readonly mayMake: boolean;
  /** What it shall be, by what it is. */
  readonly describe: (host: Host | undefined) => HostDescription;
}

/** Others may change a host between our looking and our changing; then it is tried anew, so often. */
const mostAttempts = 5;

/**
 * Makes or changes a host on condition that nobody else has changed it since it was looked at: what is judged (its version, whom it follows, whether
 * there is one) is what is changed.
 */
export async function changeHost(administration: Administration, visit: Visit, wanted: HostChange): Promise<Result> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const result = await tryChange(administration, visit, wanted);
    if (result !== 'overtaken') return result;
  }
  return changedMeanwhile;
}

async function tryChange(
  administration: Administration,
  visit: Visit,
  { name, mayMake, describe }: HostChange,
): Promise<Result | 'overtaken'> {
  const { asker, preconditions } = visit;
  const missing = unknown('host', nameText(name));
  if (!mayReadHost(asker, name)) return missing;
  const host = administration.host(name);
  if (!host && !mayMake) return missing;
  const wish = describe(host);
  const { ttlSeconds, warnings } = clampTtl(wish.ttlSeconds, visit.settings.updater.ttl);
  const description = { ...wish, ttlSeconds };
  const fault = hostFault(asker, name, description, host);
  if (fault) return fault;
  if (!holds(preconditions, host?.version)) return versionMismatch;
  // From here on the name may be reserved for a token, until it is settled what has become of it.
  const making = host ? undefined : makingFault(visit, name);
  if (making) return making;
  const changed = await put(administration, visit, { name, description, host });
  if (changed.kind === 'changed') return made(administration, changed.value, !host, warnings);
  if (!isOvertaken(changed)) return changedProblem(changed, missing);
  // Whoever has named a version is told; whoever has not wants it changed, whatever it is.
  return (preconditions.ifMatch ?? preconditions.ifNoneMatch) ? versionMismatch : 'overtaken';
}

async function put(
  administration: Administration,
  { asker, settings }: Visit,
  wanted: { readonly name: Hostname; readonly description: HostDescription; readonly host: Host | undefined },
): Promise<Changed<Host>> {
  const { name, description, host } = wanted;
  const mayName = (other: Hostname) => mayReadHost(asker, other);
  if (host) return await administration.putHost(name, description, { version: host.version, mayName });
  const { credential } = asker;
  const madeBy = credential.kind === 'token' ? credential.id : undefined;
  try {
    return await administration.putHost(name, description, { version: 0, madeBy, mayName });
  } finally {
    settings.hosts.admissionEnded(name, asker);
  }
}

function isOvertaken({ kind }: Changed<Host>): boolean {
  return kind === 'other-version' || kind === 'unknown';
}

function made(administration: Administration, host: Host, isNew: boolean, warnings: readonly string[]): Result {
  const content = hostContent(host, administration.lastSeen(host.name), warnings);
  const tag = { content, entityTag: entityTag(host.version) };
  return isNew ? { status: 201, ...tag, location: `/api/v1/hosts/${nameText(host.name)}` } : { status: 200, ...tag };
}

function makingFault({ asker, settings }: Visit, name: Hostname): Problem | undefined {
  if (!settings.updater.zones.find(name)) return faultProblem({ code: 'unknown-zone', name: name.toString() });
  const fault = settings.hosts.admissionFault(name, asker);
  return fault && faultProblem(fault);
}
