import { Rcode, Type } from '../../src/dns/codes.ts';
import type { Message, ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import type { TsigKey } from '../../src/dns/tsig.ts';
import type { ServedZone, ServedZones, UpdateSubmission, UpdateVerdict } from '../../src/nameserver/served-zones.ts';
import type { ZoneChange } from '../../src/zone/difference.ts';
import { Draft } from '../../src/zone/draft.ts';
import { evaluateUpdate, type UpdatePolicy } from '../../src/zone/evaluate.ts';
import { type NameKey, parentKey } from '../../src/zone/name-key.ts';
import { packRecord, recordSetOf, withRecordSet } from '../../src/zone/packed-records.ts';
import { addRecord } from '../../src/zone/record-set-change.ts';
import { soaOf, withSerial } from '../../src/zone/soa.ts';
import type { Zone } from '../../src/zone/zone.ts';
import type { TestKey } from './test-key.ts';
import { allowAll, makeZone, perform } from './zone-fixture.ts';

export interface MemoryZoneOptions {
  readonly origin: Name;
  readonly records: readonly ResourceRecord[];
  /** Whoever holds one of them may update and transfer; nobody when absent. */
  readonly keys?: readonly TsigKey[];
  /** Those of `keys` that are good from some addresses alone. */
  readonly placedKeys?: readonly TsigKey[];
  readonly policy?: UpdatePolicy;
  /** What an update waits for before it is applied, as it would for the disk. */
  readonly commit?: () => Promise<void>;
}

/** A zone that is kept in memory alone: the real zone and the real evaluation, without a store. */
export class MemoryServedZone implements ServedZone {
  readonly origin: Name;
  readonly zone: Zone;
  /** All that has been submitted, in order. */
  readonly submissions: UpdateSubmission[] = [];
  readonly keys: readonly TsigKey[];
  readonly #placedKeys: readonly TsigKey[];
  readonly #policy: UpdatePolicy;
  readonly #commit: () => Promise<void>;
  readonly #listeners = new Set<() => void>();

  constructor(
    { origin, records, keys = [], placedKeys = [], policy = allowAll, commit = async () => {} }: MemoryZoneOptions,
    zone = makeZone(origin, records),
  ) {
    this.origin = origin;
    this.zone = zone;
    this.keys = keys;
    this.#placedKeys = placedKeys;
    this.#policy = policy;
    this.#commit = commit;
  }

  async update(submission: UpdateSubmission): Promise<UpdateVerdict> {
    this.submissions.push(submission);
    if (submission.key === undefined || !this.keys.includes(submission.key))
      return { rcode: Rcode.REFUSED, reason: 'The key is not for this zone' };
    await this.#commit();
    // In one step with its application, so that no other update comes between.
    const evaluation = evaluateUpdate(this.zone, submission.update, this.#policy);
    if (evaluation.kind === 'rejected') return evaluation;
    if (evaluation.kind === 'changed') {
      this.zone.apply(evaluation.draft.change());
      this.#tell();
    }
    return { rcode: Rcode.NOERROR, reason: undefined };
  }

  /** Carries out an UPDATE at once, whoever sends it. @returns the rcode */
  perform(message: Message): number {
    const { serial } = this.zone;
    const rcode = perform(this.zone, message, this.#policy);
    if (this.zone.serial !== serial) this.#tell();
    return rcode;
  }

  /** Puts records into the zone by no UPDATE, so that nobody asks whether they may be there. */
  force(records: readonly ResourceRecord[]): void {
    this.zone.apply(additionTo(this.zone, records));
    this.#tell();
  }

  mayUpdate(key: TsigKey): boolean {
    return this.keys.includes(key);
  }

  needsTrueSource(key: TsigKey): boolean {
    return this.#placedKeys.includes(key);
  }

  mayTransfer(key: TsigKey): boolean {
    return this.keys.includes(key);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function additionTo(zone: Zone, records: readonly ResourceRecord[]): ZoneChange {
  const draft = new Draft(zone);
  for (const { name, type, ttl: ttlSeconds, rdata } of records) {
    const before = draft.records(name.key);
    const set = addRecord(recordSetOf(before, type), packRecord({ type, ttlSeconds, rdata }));
    draft.set(name.key, withRecordSet(before, type, set));
  }
  const apex = draft.records(zone.origin.key);
  draft.set(zone.origin.key, withRecordSet(apex, Type.SOA, withSerial(soaOf(apex), zone.serial + 1)));
  return draft.change();
}

/** Serves a zone as it is; its one key may update and transfer it. */
export function serveInMemory(zone: Zone, key: TsigKey): MemoryServedZone {
  return new MemoryServedZone({ origin: zone.origin, records: [], keys: [key] }, zone);
}

/** Zones to serve, in a map: what the nameserver needs and no more. */
export class MemoryServedZones implements ServedZones {
  readonly #zones: ReadonlyMap<NameKey, MemoryServedZone>;
  readonly #keys: ReadonlyMap<NameKey, TsigKey>;

  /** @param otherKeys  known to the nameserver, and good for no zone */
  constructor(zones: readonly MemoryServedZone[], otherKeys: readonly TsigKey[] = []) {
    this.#zones = new Map(zones.map((zone) => [zone.origin.key, zone]));
    const keys = [...zones.flatMap((zone) => zone.keys), ...otherKeys];
    this.#keys = new Map(keys.map((key) => [key.name.key, key]));
  }

  get(origin: NameKey): MemoryServedZone | undefined {
    return this.#zones.get(origin);
  }

  find(name: NameKey): MemoryServedZone | undefined {
    for (let key = name; ; key = parentKey(key)) {
      const zone = this.#zones.get(key);
      if (zone !== undefined || key.length <= 1) return zone;
    }
  }

  findKey(name: Name): TsigKey | undefined {
    return this.#keys.get(name.key);
  }

  [Symbol.iterator](): Iterator<MemoryServedZone> {
    return this.#zones.values();
  }
}

/** The key as the protocol has it. */
export function tsigKeyOf({ name, algorithm, secret }: TestKey): TsigKey {
  return { name: Name.parse(name), algorithm, secret: Uint8Array.from(Buffer.from(secret, 'base64')) };
}
