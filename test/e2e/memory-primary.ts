import { Rcode, Type } from '../../src/dns/codes.ts';
import type { Name } from '../../src/dns/name.ts';
import { rdataToText } from '../../src/dns/rdata.ts';
import type { Fault } from '../../src/updates/fault.ts';
import type {
  Change,
  CurrentRecords,
  Planned,
  Primary,
  Transaction,
  TransactionResult,
} from '../../src/updates/ports.ts';
import { type RecordSet, valueTexts } from '../../src/updates/record-set.ts';

/**
 * A primary whose zone is a map: it keeps the promises of the port without a nameserver, and remembers every change.
 *
 * What arrives within one turn of the event loop goes into one commit, as with a nameserver that groups.
 */
export class MemoryPrimary implements Primary {
  readonly keepsHistory = false;
  readonly zone: Name;
  /** Everything that was ever written. */
  readonly writes: Change[] = [];
  /** How often anybody asked it for anything. */
  transactions = 0;
  serial = 1;
  /** While set, every transaction fails with it. */
  fault: Fault | undefined;
  /** While set, every change is planned and then fails with it. */
  refusal: Fault | undefined;
  /** How often each transaction is planned: what is read may have been changed by others meanwhile. */
  plannings = 1;
  /** While set, nothing is begun before it resolves. */
  gate: Promise<void> | undefined;
  readonly #sets = new Map<string, RecordSet>();
  #queue: (() => boolean)[] = [];

  constructor(zone: Name) {
    this.zone = zone;
  }

  /** Puts a record set into the zone, as the administrator would. */
  place(set: RecordSet): void {
    this.#sets.set(setKey(set.name, set.type), set);
  }

  /** Those that have records. */
  names(): readonly Name[] {
    return [...new Map([...this.#sets.values()].map(({ name }) => [name.key, name])).values()];
  }

  /** The values at a name as a query would get them, wildcards included. */
  lookUp(name: Name, type: number): readonly string[] {
    const literal = this.#sets.get(setKey(name, type));
    if (literal || this.#exists(name)) return valueTexts(literal);
    for (let ancestor = name.parent(); ancestor?.isAtOrBelow(this.zone); ancestor = ancestor.parent()) {
      const wildcard = ancestor.prepend('*');
      if (this.#exists(wildcard)) return valueTexts(this.#sets.get(setKey(wildcard, type)));
      if (this.#exists(ancestor)) return [];
    }
    return [];
  }

  async transact<Plan extends Planned>(transaction: Transaction<Plan>): Promise<TransactionResult<Plan>> {
    this.transactions += 1;
    await this.gate;
    if (this.fault) return { kind: 'failed', fault: this.fault };
    if (transaction.deadlineMs < performance.now())
      return { kind: 'failed', fault: { code: 'timeout', nameserver: 'memory' } };
    const { promise, resolve } = Promise.withResolvers<TransactionResult<Plan>>();
    if (this.#queue.length === 0) setImmediate(() => this.#commit());
    this.#queue.push(() => {
      const hidden = transaction.reads.some(({ name }) => this.#isDelegated(name));
      if (hidden) {
        const zone = this.zone.toString();
        resolve({ kind: 'failed', fault: { code: 'not-authoritative', nameserver: 'memory', zone } });
        return false;
      }
      let plan = transaction.plan(this.#current());
      for (let again = 1; again < this.plannings; again += 1) plan = transaction.plan(this.#current());
      const fault = plan.changes.length > 0 ? (this.refusal ?? this.#obstacle(plan.changes)) : undefined;
      if (!fault) for (const change of plan.changes) this.#apply(change);
      resolve(fault ? { kind: 'failed', fault } : { kind: 'done', plan });
      return !fault && plan.changes.length > 0;
    });
    return promise;
  }

  probe(): Promise<Fault | undefined> {
    return Promise.resolve(this.fault);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #commit(): void {
    const hasChanged = this.#queue.splice(0).map((run) => run());
    if (hasChanged.includes(true)) this.serial += 1;
  }

  #current(): CurrentRecords {
    return {
      recordSet: (name, type) => this.#sets.get(setKey(name, type)),
      aliasTarget: (name) => {
        const [target] = this.#sets.get(setKey(name, Type.CNAME))?.rdatas ?? [];
        return target && rdataToText(target);
      },
    };
  }

  #obstacle(changes: readonly Change[]): Fault | undefined {
    for (const { name, after } of changes) {
      if (!name.isAtOrBelow(this.zone))
        return {
          code: 'refused',
          nameserver: 'memory',
          zone: this.zone.toString(),
          rcode: Rcode.NOTZONE,
          operation: 'update',
        };
      if (after && this.#sets.has(setKey(name, Type.CNAME)))
        return { code: 'not-applied', nameserver: 'memory', name: name.toString(), reason: 'a CNAME is there' };
    }
    return undefined;
  }

  #apply(change: Change): void {
    this.writes.push(change);
    const key = setKey(change.name, change.type);
    if (change.after) this.#sets.set(key, change.after);
    else this.#sets.delete(key);
  }

  #isDelegated(name: Name): boolean {
    for (let at: Name | undefined = name; at && !at.equals(this.zone); at = at.parent())
      if (this.#sets.has(setKey(at, Type.NS))) return true;
    return false;
  }

  #exists(name: Name): boolean {
    return [...this.#sets.values()].some((set) => set.name.isAtOrBelow(name));
  }
}

function setKey(name: Name, type: number): string {
  return `${name.key} ${type}`;
}
