import { Class, Opcode, Rcode } from '../../dns/codes.ts';
import { encodeUpdate, type Prerequisite } from '../../dns/update.ts';
import type { Change } from '../../updates/ports.ts';
import { prerequisiteOf } from './prerequisite.ts';
import { exchangeSigned, type ZoneAccess } from './signed-exchange.ts';

/** For so long a nameserver that was seen to look at prerequisites is taken to go on doing so. */
const trustedForMs = 1_000;

/**
 * Asks the primary whether it literally holds what some changes wanted, in one message however many they are.
 *
 * The message is an UPDATE that consists of prerequisites alone and changes nothing (RFC 2136 §2.4): each RRset exists with
 * exactly these values (§2.4.2), or does not exist (§2.4.3). Now and then goes along a second one that says the opposite of
 * the first one's beginning, so that both cannot be true: a server that nods at prerequisites without looking gives itself
 * away.
 */
export class HeldCheck {
  readonly #access: ZoneAccess;
  #trustedUntilMs = 0;

  constructor(access: ZoneAccess) {
    this.#access = access;
  }

  /** @returns true when it is proven; false means only that somebody has to look closer */
  async isHeld(changes: readonly Change[], deadlineMs: number): Promise<boolean> {
    const [first] = changes;
    if (!first) return true;
    const wanted = changes.map(({ name, type, after }) => prerequisiteOf(name, type, after));
    const [isGranted, isTrusted] = await Promise.all([
      arePrerequisitesMet(this.#access, wanted, deadlineMs),
      this.#deniesOpposite(first, deadlineMs),
    ]);
    return isGranted && isTrusted;
  }

  async #deniesOpposite(change: Change, deadlineMs: number): Promise<boolean> {
    const nowMs = this.#access.clock.monotonicMs();
    if (nowMs < this.#trustedUntilMs) return true;
    const rcode = await ask(this.#access, [contradicted(change)], deadlineMs);
    const isDenied = rcode === (change.after ? Rcode.YXRRSET : Rcode.NXRRSET);
    if (isDenied) this.#trustedUntilMs = nowMs + trustedForMs;
    return isDenied;
  }
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
