import { Class, Opcode, Rcode } from '../../dns/codes.ts';
import { encodeUpdate, type Prerequisite, type UpdateOperation } from '../../dns/update.ts';
import type { Fault } from '../../updates/fault.ts';
import type { Change } from '../../updates/ports.ts';
import { changeOctets, conditionOctets } from './change-octets.ts';
import { isHeld } from './held-check.ts';
import { type LiteralReader, refusal } from './literal-records.ts';
import { isDenial } from './prerequisite.ts';
import { exchangeSigned, type Reply, type ZoneAccess } from './signed-exchange.ts';

/** What became of one transaction's changes. */
export type Submission =
  /** The primary was asked afterwards, and holds them. */
  | { readonly kind: 'held' }
  /** The primary said NOERROR, which does not mean that they took. */
  | { readonly kind: 'accepted' }
  /** The zone does not hold what the changes were based on; nothing was changed. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'refused'; readonly fault: Fault }
  /** It is not known. */
  | { readonly kind: 'lost'; readonly fault: Fault };

export interface BatchLimits {
  /** Changes in one message, save where one transaction alone has more. */
  readonly changes: number;
  /** Octets of one message's update section. */
  readonly octets: number;
  /** How long the nameserver may take over one message. */
  readonly timeoutMs: number;
}

/** So many messages a look sends besides the changes; and one connection is left to somebody else. */
const connectionsToLook = 3;
/** So many names are asked for one by one. */
const fewChanges = 2;

/** Changes, and what has to be true for them to be made. */
export interface ConditionalChanges {
  /** Whether the conditions were remembered, not read. */
  readonly isGuess: boolean;
  readonly conditions: readonly Prerequisite[];
  readonly changes: readonly Change[];
}

interface Pending extends ConditionalChanges {
  readonly octets: number;
  readonly deadlineMs: number;
  readonly resolve: (submission: Submission) => void;
}

/**
 * Group commit: one UPDATE message of the zone is under way at a time, and what arrives meanwhile goes together into the
 * next one. A nameserver that syncs its journal once a message then syncs once for many.
 *
 * A message takes effect as a whole or not at all (RFC 2136 §3.7), so one bad change would fail its neighbours: a refused
 * batch is halved until the culprit stands alone. Where conditions do not hold, guesses are given back first. A transaction
 * is never divided. The caller sees to it that no two transactions here have a name in common, so their order within a message is
 * free.
 */
export class UpdateBatcher {
  readonly #access: ZoneAccess;
  readonly #limits: BatchLimits;
  readonly #reader: LiteralReader;
  #queue: Pending[] = [];
  #isBusy = false;

  constructor(access: ZoneAccess, reader: LiteralReader, limits: BatchLimits) {
    this.#access = access;
    this.#limits = limits;
    this.#reader = reader;
  }

  submit({ isGuess, conditions, changes }: ConditionalChanges, deadlineMs: number): Promise<Submission> {
    const octets =
      changes.reduce((sum, change) => sum + changeOctets(change), 0) +
      conditions.reduce((sum, condition) => sum + conditionOctets(condition), 0);
    if (octets > this.#limits.octets) {
      const name = changes[0]?.name.toString() ?? '';
      return Promise.resolve({ kind: 'refused', fault: { code: 'too-large', name } });
    }
    return new Promise((resolve) => {
      this.#queue.push({ isGuess, conditions, changes, octets, deadlineMs, resolve });
      this.#start();
    });
  }

  /** Waits for the end of the turn of the event loop, so that all who ask in it share the first message as well. */
  #start(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    setImmediate(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) await this.#settle(this.#takeBatch());
    this.#isBusy = false;
  }

  #takeBatch(): Pending[] {
    let changes = 0;
    let octets = 0;
    let count = 0;
    for (const pending of this.#queue) {
      changes += pending.changes.length;
      octets += pending.octets;
      if (count > 0 && (changes > this.#limits.changes || octets > this.#limits.octets)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #settle(batch: readonly Pending[]): Promise<void> {
    const nowMs = this.#access.clock.monotonicMs();
    const { nameserver } = this.#access;
    const inTime = batch.filter(({ deadlineMs }) => deadlineMs > nowMs);
    for (const pending of batch)
      if (!inTime.includes(pending)) pending.resolve({ kind: 'refused', fault: { code: 'timeout', nameserver } });
    if (inTime.length === 0) return;
    const sending = this.#send(inTime);
    const looking = this.#access.server.updates.spare >= connectionsToLook ? this.#look(inTime) : undefined;
    const submission = submissionOf(await sending, this.#access);
    const isOutdated = submission.kind === 'refused' && isFailedPrerequisite(submission.fault);
    if (isOutdated && inTime.some(({ isGuess }) => isGuess)) return this.#giveBackGuesses(inTime);
    if (inTime.length > 1 && 'fault' in submission && mayBeOneCulprit(submission.fault)) {
      const middle = inTime.length >> 1;
      await this.#settle(inTime.slice(0, middle));
      await this.#settle(inTime.slice(middle));
      return;
    }
    // The next batch does not wait: these names are not in it.
    if (submission.kind === 'accepted') void this.#lookAfter(inTime, looking);
    else for (const pending of inTime) pending.resolve(isOutdated ? { kind: 'outdated' } : submission);
  }

  /** Where one guess is wrong, others may be: whoever guessed reads, which costs less than to find out who was wrong. */
  async #giveBackGuesses(batch: readonly Pending[]): Promise<void> {
    for (const { isGuess, resolve } of batch) if (isGuess) resolve({ kind: 'outdated' });
    const others = batch.filter(({ isGuess }) => !isGuess);
    if (others.length > 0) await this.#settle(others);
  }

  /**
   * Looks after all of them together: the zone holds what was sent, and no delegation or DNAME hides it.
   *
   * The question goes out behind the changes without waiting for their answer, where that takes no connection from other
   * zones. The nameservers that we know take up the updates of a zone in the order in which they came; where the two
   * overtake each other on their way, the question is denied, and asked once more.
   */
  async #look(batch: readonly Pending[]): Promise<boolean> {
    const changes = batch.flatMap((pending) => pending.changes);
    const deadlineMs = this.#deadlineMs(batch);
    const [isThere, isVisible] = await Promise.all([
      isHeld(this.#access, changes, deadlineMs),
      this.#isVisible(changes, deadlineMs),
    ]);
    return isThere && isVisible;
  }

  /** Few are asked for themselves, which sees also a zone of the same nameserver that begins at their very name. */
  async #isVisible(changes: readonly Change[], deadlineMs: number): Promise<boolean> {
    const added = changes.filter(({ after }) => after);
    if (added.length > fewChanges)
      return this.#reader.areParentsVisible(
        added.map(({ name }) => name),
        deadlineMs,
      );
    return this.#reader.areVisible(added, deadlineMs);
  }

  /** Where it is not proven for all together, each is left to be read, which says more. */
  async #lookAfter(batch: readonly Pending[], looking: Promise<boolean> | undefined): Promise<void> {
    const held = (await looking) || (await this.#look(batch));
    for (const pending of batch) pending.resolve({ kind: held ? 'held' : 'accepted' });
  }

  /** The first in line has the earliest deadline; a message must not be given up for it while others can wait. */
  #deadlineMs(batch: readonly Pending[]): number {
    const latestMs = Math.max(...batch.map(({ deadlineMs }) => deadlineMs));
    return Math.min(this.#access.clock.monotonicMs() + this.#limits.timeoutMs, latestMs);
  }

  #send(batch: readonly Pending[]): Promise<Reply> {
    const { zone } = this.#access;
    const operations = batch
      .flatMap(({ changes }) => changes.flatMap(deletions))
      .concat(batch.flatMap(({ changes }) => changes.flatMap(additions)));
    const prerequisites = batch.flatMap(({ conditions }) => conditions);
    this.#access.observer.batchSent(batch.length);
    return exchangeSigned(this.#access, {
      encode: (id) => encodeUpdate({ id, zone, zoneClass: Class.IN, prerequisites, operations }),
      opcode: Opcode.UPDATE,
      repeatable: false,
      deadlineMs: this.#deadlineMs(batch),
    });
  }
}

function submissionOf(reply: Reply, access: ZoneAccess): Submission {
  if (reply.kind === 'failed') return { kind: reply.mayHaveTakenEffect ? 'lost' : 'refused', fault: reply.fault };
  if (reply.message.rcode === Rcode.NOERROR) return { kind: 'accepted' };
  return { kind: 'refused', fault: refusal(reply.message, access, 'update') };
}

/**
 * NOTAUTH is about the zone or the key, and so about every change alike. But an unknown key is Knot's word also where its
 * rules deny the key one of the names; that it does know the key has been shown by the reads before.
 */
function mayBeOneCulprit(fault: Fault): boolean {
  if (fault.code === 'unknown-key') return true;
  return fault.code === 'refused' && fault.rcode !== Rcode.NOTAUTH && fault.rcode !== Rcode.NOTIMP;
}

function isFailedPrerequisite(fault: Fault): boolean {
  return fault.code === 'refused' && isDenial(fault.rcode);
}

/** RFC 2136 §2.5.2: the whole RRset goes, whatever it holds. */
function deletions({ name, type, before }: Change): UpdateOperation[] {
  return before ? [{ kind: 'delete-rrset', name, type }] : [];
}

function additions({ name, type, after }: Change): UpdateOperation[] {
  return after?.rdatas.map((rdata) => ({ kind: 'add', name, type, ttl: after.ttlSeconds, rdata })) ?? [];
}
