import { Rcode } from '../../dns/codes.ts';
import type { Prerequisite } from '../../dns/update.ts';
import type { Change } from '../../updates/ports.ts';
import { askPrerequisites, prerequisiteOf } from './prerequisite.ts';
import type { ZoneAccess } from './signed-exchange.ts';

/**
 * Asks the primary whether it literally holds all that some changes wanted, in two messages however many they are.
 *
 * Both are UPDATEs that consist of prerequisites alone and change nothing (RFC 2136 §2.4). The first says what should be:
 * each RRset exists with exactly these values (§2.4.2), or does not exist (§2.4.3). The second says the opposite of the
 * first one's beginning, so that both cannot be true: a server that nods at prerequisites without looking gives itself
 * away.
 *
 * @returns true when it is proven; false means only that somebody has to look closer
 */
export async function isHeld(access: ZoneAccess, changes: readonly Change[], deadlineMs: number): Promise<boolean> {
  const [first] = changes;
  if (!first) return true;
  const wanted = changes.map(({ name, type, after }) => prerequisiteOf(name, type, after));
  const [isGranted, opposite] = await Promise.all([
    arePrerequisitesMet(access, wanted, deadlineMs),
    askPrerequisites(access, [contradicted(first)], deadlineMs),
  ]);
  const denial = first.after ? Rcode.YXRRSET : Rcode.NXRRSET;
  return isGranted && opposite.kind === 'reply' && opposite.message.rcode === denial;
}

/** Whether the primary says that these hold, behind all the updates that it has received before. */
export async function arePrerequisitesMet(
  access: ZoneAccess,
  prerequisites: readonly Prerequisite[],
  deadlineMs: number,
): Promise<boolean> {
  const reply = await askPrerequisites(access, prerequisites, deadlineMs);
  return reply.kind === 'reply' && reply.message.rcode === Rcode.NOERROR;
}

function contradicted({ name, type, after }: Change): Prerequisite {
  return { kind: after ? 'rrset-absent' : 'rrset-exists', name, type };
}
