import { setTimeout as delay } from 'node:timers/promises';

import { Rcode, Type, typeName } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { TsigKey } from '../../dns/tsig.ts';
import type { Clock } from '../../updates/clock.ts';
import type { Fault } from '../../updates/fault.ts';
import type {
  Change,
  CurrentRecords,
  Planned,
  Primary,
  RecordSetKey,
  Transaction,
  TransactionResult,
} from '../../updates/ports.ts';
import { sameRdatas, valueTexts } from '../../updates/record-set.ts';
import type { PrimaryObserver } from '../primary-observer.ts';
import { type BatchLimits, type ConditionalChanges, type Submission, UpdateBatcher } from './batcher.ts';
import { arePrerequisitesMet, isHeld } from './held-check.ts';
import { LiteralReader, refusal } from './literal-records.ts';
import type { NameTurns } from './name-turns.ts';
import type { Nameserver } from './nameserver.ts';
import { Deadlines } from '../deadlines.ts';
import { conditionsOf, isAboutTtlsOnly } from './plan-conditions.ts';
import { prerequisiteOf } from './prerequisite.ts';
import { type Recollection, type RecollectionLimits, Recollections } from './recollections.ts';
import { SerialWitness } from './serial-witness.ts';
import type { ZoneAccess } from './signed-exchange.ts';
import type { UnsettledNames } from './unsettled-names.ts';

export interface Rfc2136PrimaryOptions {
  readonly zone: Name;
  readonly key: TsigKey;
  readonly nameserver: Nameserver;
  readonly clock: Clock;
  readonly limits: Rfc2136Limits;
  readonly observer: PrimaryObserver;
  /** Of this zone, whichever primary it has had. */
  readonly turns: NameTurns;
  readonly unsettled: UnsettledNames;
}

export interface Rfc2136Limits {
  readonly batch: BatchLimits;
  /** How long the nameserver may take over one query. */
  readonly queryTimeoutMs: number;
  readonly recollections: RecollectionLimits;
  /**
   * So long after it was read, a name may be called unchanged because the zone's serial is. Bounded, since a zone can be
   * edited behind its nameserver's back without a new serial.
   */
  readonly vouchedForMs: number;
  /** Transactions under way or in line; more are told to come back. */
  readonly transactions: number;
}

/** A plan is made anew so often when others change the same records. */
const maxAttempts = 3;
/** A change may go out so often before it is called unconfirmed. */
const maxSubmissions = 2;
const askAgainAfterMs = 100;

/**
 * A zone whose primary is another program: BIND, Knot, PowerDNS or whatever else takes signed updates (RFC 2136, RFC
 * 8945).
 *
 * A transaction reads, plans, sends its changes with those of others in one UPDATE, and looks after what it changed: BIND
 * and Knot answer NOERROR also to what they silently ignore, such as an address beside a CNAME (RFC 2136 §3.4.2.2). When
 * an answer got lost, asking settles it.
 */
export class Rfc2136Primary implements Primary {
  readonly keepsHistory = false;
  readonly #access: ZoneAccess;
  readonly #limits: Rfc2136Limits;
  readonly #reader: LiteralReader;
  readonly #batcher: UpdateBatcher;
  readonly #recollections: Recollections;
  readonly #witness: SerialWitness;
  readonly #turns: NameTurns;
  readonly #deadlines: Deadlines;
  readonly #unsettled: UnsettledNames;

  constructor({ zone, key, nameserver, clock, limits, observer, turns, unsettled }: Rfc2136PrimaryOptions) {
    this.#access = { server: nameserver, zone, key, nameserver: nameserver.endpoint.address, clock, observer };
    this.#limits = limits;
    this.#reader = new LiteralReader(this.#access);
    this.#batcher = new UpdateBatcher(this.#access, this.#reader, limits.batch);
    this.#recollections = new Recollections(limits.recollections);
    this.#witness = new SerialWitness({
      ask: (deadlineMs) => this.#reader.serial(deadlineMs),
      lostConnections: () => nameserver.lostConnections,
      unixSeconds: () => clock.unixSeconds(),
    });
    this.#turns = turns;
    this.#unsettled = unsettled;
    this.#deadlines = new Deadlines(() => clock.monotonicMs());
  }

  async transact<Plan extends Planned>(transaction: Transaction<Plan>): Promise<TransactionResult<Plan>> {
    const { nameserver } = this.#access;
    if (this.#turns.size >= this.#limits.transactions) return failed({ code: 'busy', nameserver });
    const names = [...new Set(transaction.reads.map(({ name }) => name.key))];
    const progress: Progress = { isSubmitted: false };
    const work = this.#turns.run(names, () => this.#perform(transaction, progress));
    // The inner deadlines are each message's; this one is the transaction's, in line and in batches of others too.
    return this.#deadlines.endBy(transaction.deadlineMs, work, () => failed(this.#late(transaction, progress)));
  }

  async probe(deadlineMs: number): Promise<Fault | undefined> {
    const { zone } = this.#access;
    const look = await this.#reader.look([{ name: zone, type: Type.SOA }], this.#queryDeadline(deadlineMs));
    if (look.kind === 'failed') return look.fault;
    const isZone = look.records.recordSet(zone, Type.SOA) !== undefined;
    return isZone ? undefined : refusal({ rcode: Rcode.NOTAUTH }, this.#access, 'query');
  }

  /** Waits for what is under way, which ends by its deadline; the connections are the nameserver's, not this zone's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.idle();
  }

  /**
   * Plans from what we remember, if we do, and else from what is read; the changes are made on the condition that this is
   * still so. If it is not, somebody else has changed the records, or a wildcard has made them up, and it is read and
   * planned anew.
   */
  async #perform<Plan extends Planned>(
    transaction: Transaction<Plan>,
    progress: Progress,
  ): Promise<TransactionResult<Plan>> {
    const { deadlineMs, reads } = transaction;
    const remembered = this.#recollections.recall(reads, this.#nowMs);
    if (remembered) {
      const guess = transaction.plan(remembered.records);
      if (await this.#isVouchedFor(remembered, guess, transaction)) return { kind: 'done', plan: guess };
      const basis = { ...remembered, isGuess: true };
      const isWorthSending = !isAboutTtlsOnly(guess.changes);
      const settled = isWorthSending && (await this.#settle(transaction, basis, guess, progress));
      if (settled) return settled;
    }
    for (let attempts = 1; ; attempts++) {
      const reading = await this.#read(transaction, attempts);
      if (reading.kind === 'failed') return reading;
      if (reading.kind === 'overtaken') {
        if (attempts === maxAttempts) return failed(this.#contested(transaction.reads));
        continue;
      }
      const { basis, plan } = reading;
      if (plan.changes.length === 0) {
        if (await this.#isAtRest(reads, basis.records, deadlineMs)) return { kind: 'done', plan };
        if (attempts === maxAttempts) return failed(this.#timeout);
        continue;
      }
      const settled = await this.#settle(transaction, basis, plan, progress);
      if (settled) return settled;
      if (attempts === maxAttempts) return failed(this.#contested(plan.changes, basis.records));
    }
  }

  /**
   * Reads, and plans. A first look is enough for a plan that changes something, where there are no wildcards that we know
   * of: all that it saw goes along as a condition, which is literal. What changes nothing has to be proven.
   */
  async #read<Plan extends Planned>(
    { reads, plan, deadlineMs }: Transaction<Plan>,
    attempts: number,
  ): Promise<{ kind: 'read'; basis: Basis; plan: Plan } | { kind: 'overtaken' } | { kind: 'failed'; fault: Fault }> {
    const readAtMs = this.#nowMs;
    const { version } = this.#witness;
    const queryDeadlineMs = this.#queryDeadline(deadlineMs);
    const look = await this.#reader.look(reads, queryDeadlineMs);
    if (look.kind === 'failed') return look;
    const planned = plan(look.records);
    if (attempts === 1 && !isAboutTtlsOnly(planned.changes) && this.#reader.areLikelyLiteral(reads)) {
      const basis = { records: look.records, readAtMs, version: undefined, isGuess: true };
      return { kind: 'read', basis, plan: planned };
    }
    const proof = await this.#reader.prove(look, queryDeadlineMs);
    if (proof.kind !== 'seen') return proof;
    const basis = { records: proof.records, readAtMs, version, isGuess: false };
    this.#recollections.remember(reads, basis, []);
    this.#witness.enquire(queryDeadlineMs);
    return { kind: 'read', basis, plan: plan(proof.records) };
  }

  /** Whether the zone has not changed since these records were read and proven, so that nothing has to change now. */
  async #isVouchedFor(
    { version, readAtMs }: Recollection,
    { changes }: Planned,
    { reads, deadlineMs }: Transaction<Planned>,
  ): Promise<boolean> {
    if (changes.length > 0 || version === undefined) return false;
    if (this.#nowMs - readAtMs > this.#limits.vouchedForMs) return false;
    if (reads.some(({ name }) => this.#unsettled.has(name.key))) return false;
    return this.#witness.isStillAt(version, this.#queryDeadline(deadlineMs));
  }

  /** @returns undefined when the plan was outdated, and nothing was changed */
  async #settle<Plan extends Planned>(
    { reads, deadlineMs }: Transaction<Plan>,
    basis: Basis,
    plan: Plan,
    progress: Progress,
  ): Promise<TransactionResult<Plan> | undefined> {
    const { changes } = plan;
    await this.#witness.learn(this.#queryDeadline(deadlineMs));
    if (this.#nowMs >= deadlineMs) return failed(this.#timeout);
    progress.isSubmitted = true;
    const conditions = conditionsOf(reads, changes, basis.records, this.#access.zone);
    const result = await this.#apply({ isGuess: basis.isGuess, conditions, changes }, deadlineMs);
    if (result === 'applied') {
      this.#witness.hasToMove();
      this.#recollections.remember(reads, { ...basis, version: undefined }, changes);
      for (const { name } of reads) this.#unsettled.settled(name.key);
    } else this.#recollections.forget(reads);
    if (typeof result === 'object' && result.code === 'unconfirmed')
      for (const { name } of reads) this.#unsettled.add(name.key);
    if (result === 'outdated') {
      progress.isSubmitted = false;
      return undefined;
    }
    return result === 'applied' ? { kind: 'done', plan } : failed(result);
  }

  /**
   * An update that is still unconfirmed may yet take effect, so that what was just read would not last. A question in the
   * form of an update stands in line behind it, and so settles it: the nameservers that we know take the updates of a zone
   * in the order in which they came.
   */
  async #isAtRest(reads: readonly RecordSetKey[], records: CurrentRecords, deadlineMs: number): Promise<boolean> {
    if (!reads.some(({ name }) => this.#unsettled.has(name.key))) return true;
    const conditions = reads.map(({ name, type }) => prerequisiteOf(name, type, records.recordSet(name, type)));
    if (!(await arePrerequisitesMet(this.#access, conditions, this.#queryDeadline(deadlineMs)))) return false;
    for (const { name } of reads) this.#unsettled.settled(name.key);
    return true;
  }

  async #apply(work: ConditionalChanges, deadlineMs: number): Promise<'applied' | 'outdated' | Fault> {
    const { changes } = work;
    const name = changes[0]?.name.toString() ?? this.#access.zone.toString();
    let submission: Submission = await this.#batcher.submit(work, deadlineMs);
    for (let submissions = 1; submission.kind === 'lost'; submissions++) {
      const verdict = await this.#findOut(changes, deadlineMs);
      if (verdict.kind === 'held') return 'applied';
      if (isBorneOut(submission.fault, verdict)) return submission.fault;
      // Only a peer that hung up has surely forgotten the message; after a silence it may yet act on it.
      const mayGoAgain = submission.fault.code === 'disconnected' && verdict.kind === 'differs';
      if (!mayGoAgain || submissions >= maxSubmissions) return this.#unconfirmed(name, submission.fault);
      submission = await this.#batcher.submit(work, deadlineMs);
    }
    switch (submission.kind) {
      case 'held':
        return 'applied';
      case 'accepted':
        return (await this.#confirm(name, changes, deadlineMs)) ?? 'applied';
      case 'outdated':
        return 'outdated';
      case 'refused':
        return submission.fault;
    }
  }

  #contested(keys: readonly RecordSetKey[], records?: CurrentRecords): Fault {
    const name = keys[0]?.name ?? this.#access.zone;
    const alias = records?.aliasTarget(name);
    const place = { nameserver: this.#access.nameserver, name: name.toString() };
    if (alias === undefined) return { code: 'contested', ...place };
    return { code: 'not-applied', ...place, reason: `the name is an alias for ${alias}` };
  }

  async #confirm(name: string, changes: readonly Change[], deadlineMs: number): Promise<Fault | undefined> {
    const verdict = await this.#findOut(changes, deadlineMs);
    switch (verdict.kind) {
      case 'held':
        return undefined;
      case 'differs':
        return { code: 'not-applied', nameserver: this.#access.nameserver, name: verdict.name, reason: verdict.reason };
      case 'unknown':
        return this.#unconfirmed(name, verdict.fault);
    }
  }

  /** Asks until there is an answer, for a nameserver that is being started anew will soon give one. */
  async #findOut(changes: readonly Change[], deadlineMs: number): Promise<Comparison> {
    for (;;) {
      const verdict = await this.#compare(changes, deadlineMs);
      const isPassing = verdict.kind === 'unknown' && mayPass(verdict.fault);
      if (!isPassing || this.#nowMs + askAgainAfterMs >= deadlineMs) return verdict;
      await delay(askAgainAfterMs);
    }
  }

  /**
   * Whether the zone holds what the changes wanted, and shows it to whoever asks: the first by prerequisites, which are
   * literal, the other by queries, which also say what is there instead.
   */
  async #compare(changes: readonly Change[], deadlineMs: number): Promise<Comparison> {
    const queryDeadlineMs = this.#queryDeadline(deadlineMs);
    const [isThere, look] = await Promise.all([
      isHeld(this.#access, changes, queryDeadlineMs),
      this.#reader.look(changes, queryDeadlineMs),
    ]);
    if (look.kind === 'failed') return { kind: 'unknown', fault: look.fault };
    const proof = isThere ? look : await this.#reader.prove(look, queryDeadlineMs);
    if (proof.kind === 'failed') return { kind: 'unknown', fault: proof.fault };
    if (proof.kind === 'overtaken') return { kind: 'unknown', fault: this.#contested(changes) };
    for (const change of changes) {
      const reason = difference(change, proof.records);
      if (reason !== undefined) return { kind: 'differs', name: change.name.toString(), reason };
    }
    return { kind: 'held' };
  }

  #unconfirmed(name: string, cause: Fault): Fault {
    return { code: 'unconfirmed', nameserver: this.#access.nameserver, name, cause };
  }

  /** What a transaction is told that is not settled by its deadline. */
  #late(transaction: Transaction<Planned>, { isSubmitted }: Progress): Fault {
    const name = transaction.reads[0]?.name.toString() ?? this.#access.zone.toString();
    return isSubmitted ? this.#unconfirmed(name, this.#timeout) : this.#timeout;
  }

  #queryDeadline(deadlineMs: number): number {
    return Math.min(deadlineMs, this.#nowMs + this.#limits.queryTimeoutMs);
  }

  get #nowMs(): number {
    return this.#access.clock.monotonicMs();
  }

  get #timeout(): Fault {
    return { code: 'timeout', nameserver: this.#access.nameserver };
  }
}

type Comparison =
  | { readonly kind: 'held' }
  | { readonly kind: 'differs'; readonly name: string; readonly reason: string }
  | { readonly kind: 'unknown'; readonly fault: Fault };

/**
 * An unsigned refusal could be anybody's word (Knot does not sign that of a zone it does not have, and BADKEY and BADSIG
 * never are). It is believed when a look shows that nothing has changed, or is refused in the same way.
 */
function isBorneOut(fault: Fault, verdict: Comparison): boolean {
  if (fault.code !== 'refused' && fault.code !== 'unknown-key' && fault.code !== 'wrong-signature') return false;
  return verdict.kind === 'differs' || (verdict.kind === 'unknown' && verdict.fault.code === fault.code);
}

/** What a plan is made from. */
interface Basis extends Recollection {
  /** Whether it was remembered, or may have been made up by a wildcard. */
  readonly isGuess: boolean;
}

interface Progress {
  /** Whether the changes were handed to the batcher, so that the nameserver may have got them. */
  isSubmitted: boolean;
}

/** A nameserver that is being started does not listen at first, and then BIND answers SERVFAIL until it has its zones. */
function mayPass(fault: Fault): boolean {
  switch (fault.code) {
    case 'unreachable':
    case 'disconnected':
      return true;
    case 'refused':
      return fault.rcode === Rcode.SERVFAIL;
    default:
      return false;
  }
}

function difference({ name, type, after }: Change, current: CurrentRecords): string | undefined {
  const found = current.recordSet(name, type);
  if (sameRdatas(found?.rdatas ?? [], after?.rdatas ?? [])) return undefined;
  const alias = current.aliasTarget(name);
  if (alias !== undefined) return `the name is an alias for ${alias}`;
  const held = valueTexts(found).join(', ') || 'no record';
  return `it holds ${held} of type ${typeName(type)}`;
}

function failed<Plan>(fault: Fault): TransactionResult<Plan> {
  return { kind: 'failed', fault };
}
