import { Class, Opcode, Rcode, Type } from '../../dns/codes.ts';
import { encodeMessage, makeQuery, type Message, type ResourceRecord } from '../../dns/message.ts';
import type { Name } from '../../dns/name.ts';
import type { Prerequisite } from '../../dns/update.ts';
import type { Fault } from '../../updates/fault.ts';
import type { CurrentRecords, RecordSetKey } from '../../updates/ports.ts';
import type { RecordSet } from '../../updates/record-set.ts';
import { askPrerequisites, isDenial, prerequisiteOf } from './prerequisite.ts';
import { exchangeSigned, type Reply, type ZoneAccess } from './signed-exchange.ts';
import { WildcardProbes, wildcardParent, type WildcardVerdict } from './wildcard-probes.ts';

/** Wildcards come and go seldom; what is planned as if there were none goes out on condition all the same. */
const wildcardsAppearAfterMs = 60_000;

/** What came of looking at some RRsets, in the order in which they were asked for. */
export type Look = SuccessfulLook | Failed;

export interface SuccessfulLook {
  readonly kind: 'seen';
  readonly records: CurrentRecords;
  readonly keys: readonly RecordSetKey[];
  readonly findings: readonly Finding[];
  /** By the key of the name below which it was asked. */
  readonly wildcardsBefore: ReadonlyMap<string, Promise<WildcardVerdict>>;
}

interface Failed {
  readonly kind: 'failed';
  readonly fault: Fault;
}

/** A finding that is literal, or what was found is not there any more. */
type Proof = Finding | { readonly kind: 'overtaken' };

/** What the nameserver says about one RRset. */
type Finding =
  | { readonly kind: 'present'; readonly set: RecordSet }
  | { readonly kind: 'absent' }
  | { readonly kind: 'alias'; readonly name: Name; readonly target: string; readonly isSynthesised: boolean }
  | Failed;

/** What was found, by name and type. */
class FoundRecords implements CurrentRecords {
  readonly #sets = new Map<string, RecordSet>();
  readonly #aliases = new Map<string, string>();

  recordSet(name: Name, type: number): RecordSet | undefined {
    return this.#sets.get(setKey(name, type));
  }

  aliasTarget(name: Name): string | undefined {
    return this.#aliases.get(name.key);
  }

  add(finding: Finding): void {
    if (finding.kind === 'present') this.#sets.set(setKey(finding.set.name, finding.set.type), finding.set);
    if (finding.kind === 'alias') this.#aliases.set(finding.name.key, finding.target);
  }
}

function lookOf(
  keys: readonly RecordSetKey[],
  findings: readonly Finding[],
  wildcardsBefore: SuccessfulLook['wildcardsBefore'],
): Look {
  const records = new FoundRecords();
  for (const finding of findings) {
    if (finding.kind === 'failed') return finding;
    records.add(finding);
  }
  return { kind: 'seen', records, keys, findings, wildcardsBefore };
}

/** A wildcard can make up records and aliases, but no absence; and what lies below a DNAME is not there anyway. */
function mayBeMadeUp(finding: Finding): boolean {
  return finding.kind === 'present' || (finding.kind === 'alias' && !finding.isSynthesised);
}

function setKey(name: Name, type: number): string {
  return `${type} ${name.key}`;
}

/**
 * Reads from the primary itself what a zone holds: signed, so that views and access lists chosen by key apply; without
 * recursion; believed only with authority.
 *
 * A query may be answered from a wildcard, while an update is literal (RFC 2136 §1.1.3). So what was found proves nothing
 * by itself. It is asked whether a wildcard could have made it up, before and after; only where it could, each record is
 * tested by an UPDATE that has a prerequisite (RFC 2136 §2.4.2) and changes nothing.
 */
export class LiteralReader {
  readonly #access: ZoneAccess;
  readonly #wildcards: WildcardProbes;

  constructor(access: ZoneAccess) {
    this.#access = access;
    this.#wildcards = new WildcardProbes(
      (target, deadlineMs) => this.#probeWildcard(target, deadlineMs),
      () => access.clock.monotonicMs(),
    );
  }

  /**
   * What the nameserver answers, which a wildcard may have made up: good enough to plan what goes out on condition. The
   * question for the wildcard goes along, for whoever has to know.
   */
  async look(keys: readonly RecordSetKey[], deadlineMs: number): Promise<Look> {
    const wildcardsBefore = this.#wildcardsAround(keys, (parent) => this.#wildcards.probeBy(parent, deadlineMs));
    const findings = await Promise.all(keys.map((key) => this.#query(key, deadlineMs)));
    return lookOf(keys, findings, wildcardsBefore);
  }

  /** Whether no wildcard could have made up an answer about these names a short while ago. */
  areLikelyLiteral(keys: readonly RecordSetKey[]): boolean {
    return keys.every(({ name }) => {
      const parent = wildcardParent(name, this.#access.zone);
      return !parent || this.#wildcards.ageOfNoneMs(parent) < wildcardsAppearAfterMs;
    });
  }

  /**
   * What of it literally exists. No wildcard before and none after, and none has made anything up; otherwise each record
   * that was found is tested.
   *
   * @returns `overtaken` where what was found is not there any more, so that it has to be looked at anew
   */
  async prove(look: SuccessfulLook, deadlineMs: number): Promise<Look | { readonly kind: 'overtaken' }> {
    const { keys, findings, wildcardsBefore } = look;
    const doubtful = keys.filter((_, index) => mayBeMadeUp(findings[index]!));
    if (doubtful.length === 0) return look;
    const wildcardsAfter = this.#wildcardsAround(doubtful, (parent) => this.#wildcards.probe(parent, deadlineMs));
    const proven = await Promise.all(
      findings.map(async (finding, index): Promise<Proof> => {
        const key = keys[index]!;
        if (!mayBeMadeUp(finding)) return finding;
        const parent = wildcardParent(key.name, this.#access.zone);
        const verdicts = parent && [await wildcardsBefore.get(parent.key), await wildcardsAfter.get(parent.key)];
        for (const verdict of verdicts ?? []) if (verdict?.kind === 'failed') return verdict;
        const isFree = !verdicts || verdicts.every((verdict) => verdict?.kind === 'none');
        return isFree ? finding : this.#provenToExist(finding, key, deadlineMs);
      }),
    );
    const sound = proven.flatMap((finding) => (finding.kind === 'overtaken' ? [] : [finding]));
    return sound.length < proven.length ? { kind: 'overtaken' } : lookOf(keys, sound, wildcardsBefore);
  }

  /** The zone's serial; undefined where it cannot be had. */
  async serial(deadlineMs: number): Promise<number | undefined> {
    const { zone } = this.#access;
    const finding = await this.#query({ name: zone, type: Type.SOA }, deadlineMs);
    const soa = finding.kind === 'present' ? finding.set.rdatas[0] : undefined;
    return soa?.kind === 'SOA' ? soa.serial : undefined;
  }

  /** Whether whoever asks for these gets them from our zone: no alias and no zone below ours is in the way. */
  async areVisible(keys: readonly RecordSetKey[], deadlineMs: number): Promise<boolean> {
    const findings = await Promise.all(keys.map((key) => this.#query(key, deadlineMs)));
    return findings.every(({ kind }) => kind === 'present' || kind === 'absent');
  }

  /** Whether records at these names can be seen by whoever asks: no delegation and no DNAME above them hides them. */
  async areParentsVisible(names: readonly Name[], deadlineMs: number): Promise<boolean> {
    const keys = names.map((name) => ({ name, type: Type.A }));
    const probes = this.#wildcardsAround(keys, (parent) => this.#wildcards.probe(parent, deadlineMs));
    const verdicts = await Promise.all(probes.values());
    return verdicts.every(({ kind }) => kind === 'none' || kind === 'possible');
  }

  /** One question for each distinct place, keyed by the name it is asked below. */
  #wildcardsAround(
    keys: readonly RecordSetKey[],
    probe: (parent: Name) => Promise<WildcardVerdict>,
  ): ReadonlyMap<string, Promise<WildcardVerdict>> {
    const verdicts = new Map<string, Promise<WildcardVerdict>>();
    let recent: Name | undefined;
    for (const { name } of keys) {
      if (name === recent) continue;
      recent = name;
      const parent = wildcardParent(name, this.#access.zone);
      if (parent && !verdicts.has(parent.key)) verdicts.set(parent.key, probe(parent));
    }
    return verdicts;
  }

  async #query(key: RecordSetKey, deadlineMs: number): Promise<Finding> {
    return findingOf(await this.#ask(key.name, key.type, deadlineMs), key, this.#access);
  }

  #ask(name: Name, type: number, deadlineMs: number): Promise<Reply> {
    return exchangeSigned(this.#access, {
      encode: (id) => encodeMessage(makeQuery({ id, name, type, recursionDesired: false })),
      opcode: Opcode.QUERY,
      repeatable: true,
      deadlineMs,
    });
  }

  async #probeWildcard(target: Name, deadlineMs: number): Promise<WildcardVerdict> {
    const reply = await this.#ask(target, Type.A, deadlineMs);
    if (reply.kind === 'failed') return reply;
    const fault = answerFault(reply.message, this.#access);
    if (fault) return fault.code === 'not-authoritative' ? { kind: 'hidden' } : { kind: 'failed', fault };
    if (reply.message.answers.some(({ type }) => type === Type.DNAME)) return { kind: 'hidden' };
    // With an alias, NXDOMAIN is about its target (RFC 6604 §3).
    const isNone = reply.message.rcode === Rcode.NXDOMAIN && reply.message.answers.length === 0;
    return { kind: isNone ? 'none' : 'possible' };
  }

  /** By prerequisites, which are literal: exactly what was found is there, or nothing of its type is. */
  async #provenToExist(finding: Finding, { name, type }: RecordSetKey, deadlineMs: number): Promise<Proof> {
    const found: Prerequisite =
      finding.kind === 'present'
        ? prerequisiteOf(name, type, finding.set)
        : { kind: 'rrset-exists', name, type: Type.CNAME };
    const isThere = await this.#isMet(found, deadlineMs);
    if (typeof isThere === 'object') return isThere;
    if (isThere) return finding;
    const isAbsent = await this.#isMet({ kind: 'rrset-absent', name, type }, deadlineMs);
    if (typeof isAbsent === 'object') return isAbsent;
    return { kind: isAbsent ? 'absent' : 'overtaken' };
  }

  async #isMet(condition: Prerequisite, deadlineMs: number): Promise<boolean | Failed> {
    const reply = await askPrerequisites(this.#access, [condition], deadlineMs);
    if (reply.kind === 'failed') return reply;
    const { rcode } = reply.message;
    if (rcode === Rcode.NOERROR) return true;
    if (isDenial(rcode)) return false;
    return { kind: 'failed', fault: refusal(reply.message, this.#access, 'update') };
  }
}

function findingOf(reply: Reply, { name, type }: RecordSetKey, access: ZoneAccess): Finding {
  if (reply.kind === 'failed') return reply;
  const { message } = reply;
  const fault = answerFault(message, access);
  if (fault) return { kind: 'failed', fault };
  if (!answersQuestion(message, name, type)) {
    const reason = 'its answer is to another question';
    return { kind: 'failed', fault: { code: 'not-dns', nameserver: access.nameserver, reason } };
  }
  const alias = aliasFinding(message.answers, name);
  if (alias && type !== Type.CNAME) return alias;
  const records = message.answers.filter(
    (record) => record.type === type && record.class === Class.IN && record.name.equals(name),
  );
  if (records.length === 0) return { kind: 'absent' };
  // RFC 2181 §5.2: the TTLs of an RRset are equal; where they are not, the lowest is safe.
  const ttlSeconds = Math.min(...records.map(({ ttl }) => ttl));
  return { kind: 'present', set: { name, type, ttlSeconds, rdatas: records.map(({ rdata }) => rdata) } };
}

function answersQuestion(message: Message, name: Name, type: number): boolean {
  const [question, ...others] = message.questions;
  return question !== undefined && others.length === 0 && question.type === type && question.name.equals(name);
}

/** A CNAME at the name, or a DNAME above it (RFC 6672 §2.4: what lies below a DNAME is not there). */
function aliasFinding(answers: readonly ResourceRecord[], name: Name): Finding | undefined {
  for (const { name: owner, type } of answers) {
    if (type === Type.DNAME && !name.equals(owner) && name.isAtOrBelow(owner))
      return { kind: 'alias', name, target: `what the DNAME at ${owner.toString()} says`, isSynthesised: true };
  }
  for (const { name: owner, rdata } of answers) {
    if (rdata.kind === 'CNAME' && owner.equals(name))
      return { kind: 'alias', name, target: rdata.target.toString(), isSynthesised: false };
  }
  return undefined;
}

function answerFault(message: Message, access: ZoneAccess): Fault | undefined {
  const { rcode } = message;
  if (rcode !== Rcode.NOERROR && rcode !== Rcode.NXDOMAIN) return refusal(message, access, 'query');
  if (message.aa && !isAboutAnotherZone(message, access.zone)) return undefined;
  return { code: 'not-authoritative', nameserver: access.nameserver, zone: access.zone.toString() };
}

/** The fault that an rcode other than NOERROR stands for. */
export function refusal(
  { rcode }: { readonly rcode: number },
  access: ZoneAccess,
  operation: 'query' | 'update',
): Fault {
  return { code: 'refused', nameserver: access.nameserver, zone: access.zone.toString(), rcode, operation };
}

/**
 * The authority section names the zone that an answer comes from (RFC 2308 §2, RFC 1034 §6.2.1). Where the nameserver has
 * a zone of its own below ours, an update of ours would put records where no query ever sees them.
 */
function isAboutAnotherZone({ answers, authorities }: Message, zone: Name): boolean {
  // Whoever follows an alias may come to another zone, and names that one.
  if (answers.some(({ type }) => type === Type.CNAME || type === Type.DNAME)) return false;
  return authorities.some(({ name, type }) => (type === Type.SOA || type === Type.NS) && !name.equals(zone));
}
