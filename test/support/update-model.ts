import { Class, Opcode, Rcode, Type, typeName } from '../../src/dns/codes.ts';
import type { Message, ResourceRecord } from '../../src/dns/message.ts';
import type { Name } from '../../src/dns/name.ts';
import { type Rdata, rdataToText } from '../../src/dns/rdata.ts';

/** A record as the model keeps it. */
interface ModelRecord {
  /** Lower case. */
  readonly name: string;
  readonly type: number;
  readonly ttl: number;
  readonly rdata: Rdata;
}

const metaTypes: ReadonlySet<number> = new Set([Type.ANY, Type.AXFR, Type.MAILA, Type.MAILB]);

/**
 * RFC 2136 §3 as it stands there, line by line of its pseudocode, over one array, without a thought for speed: what the zone is
 * judged by. It shares nothing with src/zone but the values of the codec.
 *
 * Where the pseudocode and the text differ, the text is followed, and says so.
 */
export class UpdateModel {
  records: readonly ModelRecord[];
  readonly #origin: Name;
  #serialBefore = 0;

  constructor(origin: Name, records: readonly ResourceRecord[]) {
    this.#origin = origin;
    this.records = records.map(modelRecord);
  }

  get serial(): number {
    const soa = this.records.find(({ type }) => type === Type.SOA)!;
    return serialOf(soa.rdata);
  }

  /** The zone as lines, sorted. */
  lines(): string[] {
    return this.records.map(({ name, type, ttl, rdata }) => line(name, type, ttl, rdata)).sort();
  }

  /** §3.1 to §3.6. @returns the rcode; unless it is NOERROR, nothing has changed */
  update(message: Message): number {
    const rcode =
      zoneFault(message) ??
      (this.#isOurs(message) ? undefined : Rcode.NOTAUTH) ??
      this.#prerequisiteFault(message) ??
      this.#prescanFault(message);
    if (rcode !== undefined) return rcode;
    const recordsBefore = this.records;
    const before = this.lines().join('\n');
    const serial = this.serial;
    this.#serialBefore = serial;
    for (const record of message.authorities) this.#apply(record);
    if (this.#isUnacceptable(recordsBefore)) {
      this.records = recordsBefore;
      return Rcode.REFUSED;
    }
    // §3.6, §7.11.
    if (this.lines().join('\n') !== before && this.serial === serial) this.#setSerial(((serial + 1) & -1) >>> 0 || 1);
    return Rcode.NOERROR;
  }

  /** The first fault of the message that can be seen without looking into the zone. */
  formFault(message: Message): number | undefined {
    const [zone] = message.questions;
    return (
      zoneFault(message) ??
      message.answers.map((record) => prerequisiteFormFault(record, zone!.name)).find((rcode) => rcode !== undefined) ??
      this.#prescanFault(message)
    );
  }

  #isOurs({ questions }: Message): boolean {
    return questions[0]!.name.equals(this.#origin);
  }

  /** §3.2.5. */
  #prerequisiteFault({ answers }: Message): number | undefined {
    const sets = new Map<string, ResourceRecord[]>();
    for (const record of answers) {
      const { name, type } = record;
      const formFault = prerequisiteFormFault(record, this.#origin);
      if (formFault !== undefined) return formFault;
      if (record.class === Class.ANY) {
        if (type === Type.ANY) {
          if (this.#at(name).length === 0) return Rcode.NXDOMAIN;
        } else if (this.#at(name, type).length === 0) return Rcode.NXRRSET;
      } else if (record.class === Class.NONE) {
        if (type === Type.ANY) {
          if (this.#at(name).length > 0) return Rcode.YXDOMAIN;
        } else if (this.#at(name, type).length > 0) return Rcode.YXRRSET;
      } else {
        const key = `${lower(name)} ${type}`;
        sets.set(key, [...(sets.get(key) ?? []), record]);
      }
    }
    for (const set of sets.values()) {
      const { name, type } = set[0]!;
      const there = new Set(this.#at(name, type).map(({ rdata }) => comparable(rdata)));
      const wanted = new Set(set.map(({ rdata }) => comparable(rdata)));
      if (there.size !== wanted.size || [...there].some((each) => !wanted.has(each))) return Rcode.NXRRSET;
    }
    return undefined;
  }

  /** §3.4.1.3. */
  #prescanFault({ authorities, questions }: Message): number | undefined {
    for (const record of authorities) {
      if (!record.name.isAtOrBelow(questions[0]!.name)) return Rcode.NOTZONE;
      if (record.class === Class.IN) {
        if (metaTypes.has(record.type)) return Rcode.FORMERR;
      } else if (record.class === Class.ANY) {
        if (record.ttl !== 0 || !isEmpty(record.rdata)) return Rcode.FORMERR;
        if (metaTypes.has(record.type) && record.type !== Type.ANY) return Rcode.FORMERR;
      } else if (record.class === Class.NONE) {
        if (record.ttl !== 0 || metaTypes.has(record.type)) return Rcode.FORMERR;
      } else return Rcode.FORMERR;
    }
    return undefined;
  }

  /** §3.4.2.7. */
  #apply(record: ResourceRecord): void {
    const { name, type } = record;
    const isApex = name.equals(this.#origin);
    if (record.class === Class.IN) {
      this.#add(record);
    } else if (record.class === Class.ANY && type === Type.ANY) {
      this.#remove((each) => each.name === lower(name) && !(isApex && isApexType(each.type)));
    } else if (record.class === Class.ANY) {
      if (!(isApex && isApexType(type))) this.#remove((each) => each.name === lower(name) && each.type === type);
    } else {
      // §3.4.2.4 spares both at the apex only; the pseudocode forgets to say so.
      if (isApex && type === Type.SOA) return;
      const isSame = (each: ModelRecord) =>
        each.name === lower(name) && each.type === type && comparable(each.rdata) === comparable(record.rdata);
      if (isApex && type === Type.NS && this.#at(name, type).every(isSame)) return;
      this.#remove(isSame);
    }
  }

  #add(record: ResourceRecord): void {
    const { name, type, ttl, rdata } = record;
    const cnames = this.#at(name, Type.CNAME);
    if (type === Type.CNAME) {
      if (this.#at(name).length > cnames.length) return;
    } else if (cnames.length > 0) return;
    const set = this.#at(name, type);
    if (type === Type.SOA) {
      // The text: "lower … than or equal to"; never 0 (§4.2); in a positive direction (§3.6), also by several steps.
      const serial = serialOf(rdata);
      const present = set.length === 0 ? [serial] : [serialOf(set[0]!.rdata), this.#serialBefore];
      if (serial === 0 || !present.every((each) => isAhead(serial, each))) return;
    }
    const isReplaced = (each: ModelRecord) =>
      type === Type.CNAME ||
      type === Type.SOA ||
      type === Type.DNAME || // RFC 6672 §5.2
      comparable(each.rdata) === comparable(rdata);
    // RFC 2181 §5.2: one TTL for the whole RRset.
    const others = set
      .filter((each) => !isReplaced(each))
      .map((each) => modelRecord({ name, type, ttl, rdata: each.rdata }));
    this.#remove((each) => set.includes(each));
    this.records = [...this.records, ...others, modelRecord(record)];
  }

  /** Beyond the RFC: whether a name that has changed is one for which a secondary would not take the zone. */
  #isUnacceptable(before: readonly ModelRecord[]): boolean {
    const linesAt = (records: readonly ModelRecord[], name: string) =>
      records.flatMap((each) => (each.name === name ? [line(name, each.type, each.ttl, each.rdata)] : [])).sort();
    const typesAt = (name: string) => this.records.flatMap((each) => (each.name === name ? [each.type] : []));
    const names = new Set(this.records.map(({ name }) => name));
    const apex = lower(this.#origin);
    return [...names].some((name) => {
      if (linesAt(before, name).join('\n') === linesAt(this.records, name).join('\n')) return false;
      const types = typesAt(name);
      const isBelowDname = [...names].some(
        (other) => name.endsWith(`.${other}`) && typesAt(other).includes(Type.DNAME),
      );
      const isAboveNames = [...names].some((other) => other.endsWith(`.${name}`));
      const hasDname = types.includes(Type.DNAME);
      const hasNs = types.includes(Type.NS);
      return (
        isBelowDname ||
        (hasDname && (isAboveNames || (hasNs && name !== apex))) ||
        (hasNs && name.startsWith('*.')) ||
        types.includes(Type.NSEC) ||
        types.includes(Type.NSEC3)
      );
    });
  }

  #at(name: Name, type?: number): ModelRecord[] {
    return this.records.filter((each) => each.name === lower(name) && (type === undefined || each.type === type));
  }

  #remove(isGone: (record: ModelRecord) => boolean): void {
    this.records = this.records.filter((record) => !isGone(record));
  }

  #setSerial(serial: number): void {
    this.records = this.records.map((record) =>
      record.rdata.kind === 'SOA' ? { ...record, rdata: { ...record.rdata, serial } } : record,
    );
  }
}

/** One record, for comparing. */
export function line(name: string, type: number, ttl: number, rdata: Rdata): string {
  return `${name} ${ttl} ${typeName(type)} ${rdataToText(rdata)}`;
}

/** §3.1.1, with BIND's answers for classes that are none. */
function zoneFault({ opcode, questions }: Message): number | undefined {
  const [zone] = questions;
  if (opcode !== Opcode.UPDATE || zone === undefined || questions.length !== 1) return Rcode.FORMERR;
  if (zone.type !== Type.SOA || [0, Class.ANY, Class.NONE].includes(zone.class)) return Rcode.FORMERR;
  return zone.class === Class.IN ? undefined : Rcode.NOTIMP;
}

function prerequisiteFormFault(record: ResourceRecord, zone: Name): number | undefined {
  if (record.ttl !== 0) return Rcode.FORMERR;
  if (!record.name.isAtOrBelow(zone)) return Rcode.NOTZONE;
  if (record.class === Class.ANY || record.class === Class.NONE)
    return isEmpty(record.rdata) ? undefined : Rcode.FORMERR;
  return record.class === Class.IN ? undefined : Rcode.FORMERR;
}

function isAhead(serial: number, other: number): boolean {
  const steps = (serial - other) >>> 0;
  return steps > 0 && steps < 2 ** 31;
}

function modelRecord({ name, type, ttl, rdata }: Omit<ResourceRecord, 'class'>): ModelRecord {
  return { name: lower(name), type, ttl, rdata };
}

function isApexType(type: number): boolean {
  return type === Type.SOA || type === Type.NS;
}

function isEmpty(rdata: Rdata): boolean {
  return rdata.kind === 'opaque' && rdata.octets.length === 0;
}

function serialOf(rdata: Rdata): number {
  if (rdata.kind !== 'SOA') throw new Error(`no SOA but ${rdata.kind}`);
  return rdata.serial;
}

function lower(name: Name): string {
  return name.toString().toLowerCase();
}

/** Names without case, everything else as it is (§1.1.1). */
function comparable(rdata: Rdata): string {
  const text = rdataToText(rdata);
  return rdata.kind === 'TXT' || rdata.kind === 'CAA' || rdata.kind === 'opaque' ? text : text.toLowerCase();
}
