import { Class, Opcode, Rcode } from '../../dns/codes.ts';
import { encodeUpdate, type Prerequisite } from '../../dns/update.ts';
import type { Change } from '../../updates/ports.ts';
import { changeOctets } from './change-octets.ts';
import { exchangeSigned, type ZoneAccess } from './signed-exchange.ts';

interface Question {
  readonly changes: readonly Change[];
  readonly octets: number;
  readonly deadlineMs: number;
  readonly resolve: (isHeld: boolean) => void;
}

/**
 * Asks the primary whether it holds what it was sent, for many transactions in one message.
 *
 * The message is an UPDATE that consists of prerequisites alone and changes nothing: each RRset exists with exactly these
 * values (RFC 2136 §2.4.2), or does not exist (§2.4.3). NOERROR says all of it at once, literally, past any wildcard or
 * alias. Any other answer says only that somebody has to look closer.
 */
export class HeldCheck {
  readonly #access: ZoneAccess;
  readonly #maxOctets: number;
  #questions: Question[] = [];

  constructor(access: ZoneAccess, maxOctets: number) {
    this.#access = access;
    this.#maxOctets = maxOctets;
  }

  /** @returns true when the zone is proven to hold what the changes wanted; false when that is not proven */
  isHeld(changes: readonly Change[], deadlineMs: number): Promise<boolean> {
    const octets = changes.reduce((sum, change) => sum + changeOctets(change), 0);
    return new Promise((resolve) => {
      // The transactions of one UPDATE go on in one turn of the event loop, and so ask together.
      if (this.#questions.length === 0) setImmediate(() => this.#ask());
      this.#questions.push({ changes, octets, deadlineMs, resolve });
    });
  }

  #ask(): void {
    const questions = this.#questions;
    this.#questions = [];
    let start = 0;
    let octets = 0;
    for (const [index, question] of questions.entries()) {
      if (index > start && octets + question.octets > this.#maxOctets) {
        void this.#askTogether(questions.slice(start, index));
        [start, octets] = [index, 0];
      }
      octets += question.octets;
    }
    void this.#askTogether(questions.slice(start));
  }

  async #askTogether(questions: readonly Question[]): Promise<void> {
    const { zone } = this.#access;
    const prerequisites = questions.flatMap(({ changes }) => changes.map(prerequisiteOf));
    const reply = await exchangeSigned(this.#access, {
      encode: (id) => encodeUpdate({ id, zone, zoneClass: Class.IN, prerequisites, operations: [] }),
      opcode: Opcode.UPDATE,
      repeatable: true,
      deadlineMs: Math.min(...questions.map(({ deadlineMs }) => deadlineMs)),
    });
    const isHeld = reply.kind === 'reply' && reply.message.rcode === Rcode.NOERROR;
    for (const { resolve } of questions) resolve(isHeld);
  }
}

function prerequisiteOf({ name, type, after }: Change): Prerequisite {
  return after
    ? { kind: 'rrset-exists-exactly', name, type, rdatas: after.rdatas }
    : { kind: 'rrset-absent', name, type };
}
