import { Class, Opcode, Rcode } from '../../dns/codes.ts';
import { encodeUpdate, type Prerequisite } from '../../dns/update.ts';
import type { Change } from '../../updates/ports.ts';
import { prerequisiteOf } from './prerequisite.ts';
import { exchangeSigned, type ZoneAccess } from './signed-exchange.ts';

/**
 * Asks the primary whether it literally holds all that these changes wanted, in two messages however many they are.
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
  const [wanted, opposite] = await Promise.all([
    ask(
      access,
      changes.map(({ name, type, after }) => prerequisiteOf(name, type, after)),
      deadlineMs,
    ),
    ask(access, [contradicted(first)], deadlineMs),
  ]);
  return wanted === Rcode.NOERROR && opposite === (first.after ? Rcode.YXRRSET : Rcode.NXRRSET);
}

/** Whether the primary says that these hold, behind all the updates that it has received before. */
export async function arePrerequisitesMet(
  access: ZoneAccess,
  prerequisites: readonly Prerequisite[],
  deadlineMs: number,
): Promise<boolean> {
  return (await ask(access, prerequisites, deadlineMs)) === Rcode.NOERROR;
}

async function ask(
  access: ZoneAccess,
  prerequisites: readonly Prerequisite[],
  deadlineMs: number,
): Promise<number | undefined> {
  const { zone } = access;
  const reply = await exchangeSigned(access, {
    encode: (id) => encodeUpdate({ id, zone, zoneClass: Class.IN, prerequisites, operations: [] }),
    opcode: Opcode.UPDATE,
    repeatable: true,
    deadlineMs,
  });
  return reply.kind === 'reply' ? reply.message.rcode : undefined;
}

function contradicted({ name, type, after }: Change): Prerequisite {
  return { kind: after ? 'rrset-absent' : 'rrset-exists', name, type };
}
