import type { UpdateMessage, UpdateOperation } from '../../dns/update.ts';
import type { Name } from '../../dns/name.ts';
import { Class } from '../../dns/codes.ts';
import type { Change } from '../../updates/ports.ts';

/** The changes of a plan as the update that carries them out. */
export function updateOf(zone: Name, changes: readonly Change[]): UpdateMessage {
  // Every deletion before every addition: a name may get a CNAME only when the rest is gone (RFC 2136 §3.4.2.2).
  const deletions = changes.map(({ name, type }): UpdateOperation => ({ kind: 'delete-rrset', name, type }));
  const operations = [...deletions, ...changes.flatMap(additions)];
  return { id: 0, zone, zoneClass: Class.IN, prerequisites: [], operations };
}

function additions({ after }: Change): UpdateOperation[] {
  if (!after) return [];
  const { name, type, ttlSeconds: ttl } = after;
  return after.rdatas.map((rdata) => ({ kind: 'add', name, type, ttl, rdata }));
}
