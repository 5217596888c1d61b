import { Rcode, typeName } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { Fault } from '../../updates/fault.ts';
import type { Change, Planned, Primary, RecordSetKey, Transaction, TransactionResult } from '../../updates/ports.ts';
import { boundaryAbove } from '../../zone/boundary.ts';
import { evaluateUpdate } from '../../zone/evaluate.ts';
import { nameOfKey } from '../../zone/name-key.ts';
import { noRecords, packRecord, type PackedRecords, recordSetOf } from '../../zone/packed-records.ts';
import { isSameRecordSet } from '../../zone/record-set-change.ts';
import type { ZoneView } from '../../zone/zone-view.ts';
import { embeddedNameserver, faultOf } from './embedded-fault.ts';
import type { HostedZone } from './hosted-zone.ts';
import { updateOf } from './plan-operations.ts';
import type { Ownership } from './ownership.ts';
import type { Evaluated, EvaluationContext } from './submission.ts';
import { ZoneRecords } from './zone-records.ts';

/**
 * A primary whose zone is here: reading costs a look into memory, planning happens in the zone's one writer, where nobody can
 * come between, and so nothing has to be put to the proof afterwards.
 */
export class EmbeddedPrimary implements Primary {
  readonly keepsHistory = true;
  readonly #zone: HostedZone;

  constructor(zone: HostedZone) {
    this.#zone = zone;
  }

  async transact<Plan extends Planned>(transaction: Transaction<Plan>): Promise<TransactionResult<Plan>> {
    const settled = await this.#zone.submit<TransactionResult<Plan>>({
      evaluate: (context) => this.#evaluate(transaction, context),
      deadlineMs: transaction.deadlineMs,
    });
    if (settled.kind === 'settled') return settled.verdict;
    const name = transaction.reads[0]?.name ?? this.#zone.origin;
    return failed(faultOf(settled.failure, name.toString()));
  }

  probe(): Promise<Fault | undefined> {
    const { fault, origin } = this.#zone;
    return Promise.resolve(fault && faultOf({ kind: 'not-stored', fault }, origin.toString()));
  }

  /** The zone belongs to whoever hosts it, and goes on answering when updates by this way have ended. */
  async [Symbol.asyncDispose](): Promise<void> {}

  #evaluate<Plan extends Planned>(
    transaction: Transaction<Plan>,
    { view, ownership, servedSerial }: EvaluationContext,
  ): Evaluated<TransactionResult<Plan>> {
    const { reads, plan: planFor } = transaction;
    for (const key of reads) {
      const fault = delegationFault(key, view, ownership);
      if (fault) return { verdict: failed(fault) };
    }
    const plan = planFor(new ZoneRecords(view, ownership));
    const { changes } = plan;
    const done: TransactionResult<Plan> = { kind: 'done', plan };
    if (changes.length === 0) return { verdict: done };
    for (const { name, type, after } of changes) {
      if (!name.isAtOrBelow(view.origin)) return { verdict: failed(this.#refused(Rcode.NOTZONE)) };
      const place = ownership.placeOf(name.key, type);
      if (place !== undefined) return { verdict: failed(staticFault(name, type, place)) };
      const boundary = after && boundaryAbove(view, name.key);
      if (boundary) {
        const reason = `the DNAME at ${nameOfKey(boundary.owner).toString()} redirects what is below it`;
        return { verdict: failed(notApplied(name, reason)) };
      }
    }
    const { limits } = this.#zone;
    const policy = { limits: limits.zone, permits: () => true, servedSerial };
    const evaluation = evaluateUpdate(view, updateOf(view.origin, changes), policy);
    switch (evaluation.kind) {
      case 'rejected':
        return { verdict: failed({ code: 'over-limit', name: firstName(changes), reason: evaluation.reason }) };
      case 'unchanged':
        return { verdict: firstFault(changes, view) ?? done };
      case 'changed': {
        const fault = firstFault<Plan>(changes, evaluation.draft);
        return fault
          ? { verdict: fault }
          : { verdict: done, draft: evaluation.draft, history: transaction.history?.(plan) };
      }
    }
  }

  #refused(rcode: number): Fault {
    const { origin } = this.#zone;
    return { code: 'refused', nameserver: embeddedNameserver, zone: origin.toString(), rcode, operation: 'update' };
  }
}

/** What a name at or below a delegation holds here is glue at best, and nobody is answered with it (RFC 1034 §4.2.1). */
function delegationFault({ name, type }: RecordSetKey, view: ZoneView, ownership: Ownership): Fault | undefined {
  if (!name.isAtOrBelow(view.origin)) return undefined;
  const boundary = boundaryAbove(view, name.key);
  if (boundary?.kind !== 'delegation') return undefined;
  const place = boundary.owner === name.key ? ownership.placeOf(name.key, type) : undefined;
  if (place !== undefined) return staticFault(name, type, place);
  return {
    code: 'not-authoritative',
    nameserver: embeddedNameserver,
    zone: view.origin.toString(),
    delegation: { name: name.toString(), owner: nameOfKey(boundary.owner).toString() },
  };
}

function notApplied(name: Name, reason: string): Fault {
  return { code: 'not-applied', nameserver: embeddedNameserver, name: name.toString(), reason };
}

function staticFault(name: Name, type: number, place: string): Fault {
  return { code: 'static', name: name.toString(), type: typeName(type), place };
}

function failed<Plan>(fault: Fault): TransactionResult<Plan> {
  return { kind: 'failed', fault };
}

/** RFC 2136 §3.4.2.2 ignores in silence what cannot stand beside a CNAME; whoever planned it is told. */
function firstFault<Plan>(changes: readonly Change[], made: ZoneView): TransactionResult<Plan> | undefined {
  for (const { name, type, after } of changes) {
    const records = made.records(name.key);
    const wanted = after ? after.rdatas.map((rdata) => packRecord({ type, ttlSeconds: 0, rdata })).join('') : noRecords;
    if (isSameRecordSet(recordSetOf(records, type), wanted as PackedRecords)) continue;
    const reason = `${typeName(type)} cannot stand beside what else is at this name`;
    return failed(notApplied(name, reason));
  }
  return undefined;
}

function firstName(changes: readonly Change[]): string {
  return changes[0]?.name.toString() ?? '';
}
