import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import { equalRdata, type Rdata } from '../dns/rdata.ts';
import { isUniqueLocal, joinPrefix } from './interface-id.ts';
import type { Address } from './address.ts';
import type { AddressJudge } from './address-judge.ts';
import type { Fault } from './fault.ts';
import type { NameOutcome, RecordOutcome } from './outcome.ts';
import type { Change, CurrentRecords, Planned, RecordSetKey } from './ports.ts';
import { type RecordSet, sameRdatas, valueTexts } from './record-set.ts';
import { actionOf, type NameRequest, type RecordIntent } from './request.ts';

/** The TTLs that a request may have, in seconds. */
export interface TtlPolicy {
  readonly defaultSeconds: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/** What every plan of a zone for an asker keeps to. */
export interface PlanRules {
  readonly ttl: TtlPolicy;
  /** Judges the addresses that come of a prefix. */
  readonly judge: AddressJudge;
  /** Whether a name may still be changed; it was asked before, and a credential may have been revoked since. */
  readonly refusal: (request: NameRequest) => Fault | undefined;
}

/** What the names of one zone shall become, and what each will be told if that succeeds. */
export interface UpdatePlan extends Planned {
  readonly outcomes: readonly NameOutcome[];
}

/** The RRsets that {@link planUpdate} looks at. */
export function recordSetsOf(names: readonly NameRequest[]): RecordSetKey[] {
  return names.flatMap(({ hostname, intents }) => intents.map(({ type }) => ({ name: hostname, type })));
}

/**
 * Compares what is asked for with what is there, and says what has to change: nothing, where they agree.
 *
 * A name that cannot be changed gets its own word and does not stop the others.
 */
export function planUpdate(
  names: readonly NameRequest[],
  current: CurrentRecords,
  { ttl, judge, refusal }: PlanRules,
): UpdatePlan {
  const changes: Change[] = [];
  const outcomes: NameOutcome[] = [];
  for (const request of names) {
    const fault = refusal(request) ?? obstacle(request, current) ?? unsuitable(request, current, judge);
    if (fault) {
      outcomes.push({ kind: 'failed', hostname: request.hostname, fault });
      continue;
    }
    const records: RecordOutcome[] = [];
    for (const intent of request.intents) {
      const before = current.recordSet(request.hostname, intent.type);
      const after = wanted(request, intent, before, ttl);
      if (!sameRecordSet(before, after)) changes.push({ name: request.hostname, type: intent.type, before, after });
      records.push(recordOutcome(intent.type, before, after));
    }
    outcomes.push({ kind: 'done', hostname: request.hostname, records });
  }
  return { changes, outcomes };
}

/** A CNAME stands alone at its name (RFC 1034 §3.6.2), so nothing can be added beside it; removing needs no room. */
function obstacle(request: NameRequest, current: CurrentRecords): Fault | undefined {
  const target = current.aliasTarget(request.hostname);
  const adds = request.intents.some((intent) => actionOf(intent) === 'set' && intent.type !== Type.CNAME);
  if (target === undefined || !adds) return undefined;
  const place = current.aliasPlace?.(request.hostname);
  return { code: 'alias', name: request.hostname.toString(), target, ...(place === undefined ? {} : { place }) };
}

/** A prefix that is right in itself can make an address that is not, by what the name has behind it. */
function unsuitable(
  { hostname, intents }: NameRequest,
  current: CurrentRecords,
  judge: AddressJudge,
): Fault | undefined {
  for (const intent of intents) {
    if (intent.kind !== 'renumber') continue;
    const before = current.recordSet(hostname, intent.type);
    for (const address of joined(before?.rdatas ?? [], intent)) {
      const reason = judge(address);
      if (reason !== undefined)
        return { code: 'unsuitable-address', name: hostname.toString(), address: address.text, reason };
    }
  }
  return undefined;
}

function wanted(
  request: NameRequest,
  intent: RecordIntent,
  before: RecordSet | undefined,
  ttl: TtlPolicy,
): RecordSet | undefined {
  switch (intent.kind) {
    case 'keep':
      return before;
    case 'remove':
      return undefined;
    case 'replace':
      return recordSet(request.hostname, intent, ttlSeconds(request, intent, before, ttl));
    case 'add': {
      const { type } = intent;
      const rdatas = withAdded(before?.rdatas ?? [], intent);
      return recordSet(request.hostname, { type, rdatas }, ttlSeconds(request, { rdatas }, before, ttl));
    }
    case 'renumber': {
      const rdatas = renumbered(before?.rdatas ?? [], intent);
      if (rdatas.length === 0) return before;
      return recordSet(request.hostname, { type: intent.type, rdatas }, ttlSeconds(request, { rdatas }, before, ttl));
    }
    case 'subtract': {
      const rdatas = (before?.rdatas ?? []).filter((rdata) => !includes(intent.rdatas, rdata));
      return before && rdatas.length > 0 ? { ...before, rdatas } : undefined;
    }
  }
}

type Renumbering = Extract<RecordIntent, { kind: 'renumber' }>;

/** A site's own addresses first, as they are. */
function renumbered(before: readonly Rdata[], intent: Renumbering): readonly Rdata[] {
  const young = joined(before, intent);
  if (young.length === 0) return before;
  const kept = addressesOf(before).filter(isUniqueLocal);
  return [...kept, ...young.map(({ octets }) => octets)].map((address): Rdata => ({ kind: 'AAAA', address }));
}

/** By the interface ID, or one for each present address that is different in its own bits. */
function joined(before: readonly Rdata[], { prefix, interfaceId }: Renumbering): readonly Address[] {
  const owners = interfaceId ? [interfaceId] : addressesOf(before).filter((address) => !isUniqueLocal(address));
  const young = owners.map((own) => joinPrefix(prefix, own));
  return [...new Map(young.map((address) => [address.text, address])).values()];
}

function addressesOf(rdatas: readonly Rdata[]): Uint8Array[] {
  return rdatas.flatMap((rdata) => ('address' in rdata ? [rdata.address] : []));
}

/** What was there, those that are to be kept first, as far as there is room beside what is added. */
function withAdded(before: readonly Rdata[], intent: Extract<RecordIntent, { kind: 'add' }>): readonly Rdata[] {
  const { rdatas, atMost, keep = [] } = intent;
  const others = before.filter((rdata) => !includes(rdatas, rdata));
  const kept = [
    ...others.filter((rdata) => includes(keep, rdata)),
    ...others.filter((rdata) => !includes(keep, rdata)),
  ];
  return [...kept.slice(0, Math.max(0, atMost - rdatas.length)), ...rdatas];
}

function includes(rdatas: readonly Rdata[], one: Rdata): boolean {
  return rdatas.some((rdata) => equalRdata(rdata, one));
}

function recordSet(name: Name, intent: { type: number; rdatas: RecordSet['rdatas'] }, ttlInSeconds: number): RecordSet {
  return { name, type: intent.type, ttlSeconds: ttlInSeconds, rdatas: intent.rdatas };
}

function ttlSeconds(
  request: NameRequest,
  intent: { rdatas: RecordSet['rdatas'] },
  before: RecordSet | undefined,
  ttl: TtlPolicy,
): number {
  if (request.ttlSeconds !== undefined) return clamp(request.ttlSeconds, ttl);
  if (before && sameRdatas(before.rdatas, intent.rdatas)) return before.ttlSeconds;
  return request.defaultTtlSeconds ?? ttl.defaultSeconds;
}

function clamp(seconds: number, ttl: TtlPolicy): number {
  return Math.min(Math.max(seconds, ttl.minSeconds), ttl.maxSeconds);
}

function sameRecordSet(before: RecordSet | undefined, after: RecordSet | undefined): boolean {
  if (!before || !after) return before === after;
  return before.ttlSeconds === after.ttlSeconds && sameRdatas(before.rdatas, after.rdatas);
}

function recordOutcome(type: number, before: RecordSet | undefined, after: RecordSet | undefined): RecordOutcome {
  const changed = !sameRdatas(before?.rdatas ?? [], after?.rdatas ?? []);
  return { type, before: valueTexts(before), after: valueTexts(after), changed };
}
