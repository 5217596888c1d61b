import { Type, typeName } from '../codes.ts';
import type { ResourceRecord } from '../message.ts';
import { maxNameOctets, Name } from '../name.ts';
import { equalRdata, type Rdata, rdataToText } from '../rdata.ts';
import type { ZonefileMistake } from './mistake.ts';

/** Where a record stands. */
interface Place {
  readonly line: number;
  readonly fileName: string | undefined;
}

/** What is to be said of a record among the others. */
export interface Complaint {
  readonly kind: 'mistake' | 'warning';
  readonly mistake: ZonefileMistake;
  /** Whether the record belongs into the zone all the same. */
  readonly isKept: boolean;
}

type Words = readonly [wrong: string, remedy: string];

/** RFC 2181 §10.1 and RFC 4035 §2.5: what DNSSEC puts beside a CNAME. */
const besideCname: ReadonlySet<number> = new Set([Type.SIG, Type.KEY, Type.NXT, Type.RRSIG, Type.NSEC]);

/** Up to so many records at a name are compared one by one; more are looked up in an index. */
const maxCompared = 16;

/** The records of a name where there are many. */
interface CrowdedName {
  readonly firstOfType: ResourceRecord[];
  readonly rdata: Set<string>;
}

/** Looks at records, one after the other, as parts of one zone. */
export class ZoneCheck {
  readonly #zone: Name;
  readonly #twice: Name | undefined;
  readonly #names = new Map<string, ResourceRecord[]>();
  readonly #crowded = new Map<string, CrowdedName>();
  /** The lowest TTLs of RRsets that have several. */
  readonly #lowered = new Map<string, number>();
  #hasSoa = false;

  constructor(zone: Name) {
    this.#zone = zone;
    const isShort = zone.labelCount > 0 && zone.wire.length * 2 - 1 <= maxNameOctets;
    this.#twice = isShort ? Name.fromLabels([...zone.labels(), ...zone.labels()]) : undefined;
  }

  /** @returns undefined where nothing is to be said */
  add(record: ResourceRecord, place: Place): Complaint | undefined {
    const { name, type } = record;
    if (!name.isAtOrBelow(this.#zone)) {
      return mistake(
        place,
        `${name.toString()} is outside of the zone ${this.#zone.toString()}`,
        'Remove the record, or put it into the zone file of its own zone',
      );
    }
    const held = this.#names.get(name.key);
    if (held !== undefined && this.#isDuplicate(held, record)) {
      // Its TTL counts all the same, if it is the lowest.
      this.#ttlComplaint(held, record, place);
      return warning(place, 'This record is the same as one before', 'Remove it', false);
    }
    const conflict =
      (type === Type.SOA ? this.#soaConflict(name) : undefined) ??
      aliasConflict(this.#ofEveryType(held ?? [], name), record);
    if (conflict !== undefined) return mistake(place, ...conflict);
    if (held === undefined) {
      this.#names.set(name.key, [record]);
      return this.#doubledName(name, place);
    }
    const aboutTtl = this.#ttlComplaint(held, record, place);
    this.#hold(held, record);
    return aboutTtl;
  }

  /** What the zone lacks, now that all its records are there. */
  missing(fileName: string | undefined): readonly ZonefileMistake[] {
    if (this.#hasSoa) return [];
    const remedy = `Begin with one, such as: @ SOA ns1 hostmaster 1 3600 600 1209600 60`;
    return [{ fileName, line: 1, column: 1, wrong: `The zone ${this.#zone.toString()} has no SOA record`, remedy }];
  }

  /** The records, with the lowest TTL of its RRset for each (RFC 2181 §5.2). */
  withEqualTtls(records: readonly ResourceRecord[]): readonly ResourceRecord[] {
    if (this.#lowered.size === 0) return records;
    return records.map((record) => {
      const ttl = this.#lowered.get(rrsetKey(record));
      return ttl === undefined || ttl === record.ttl ? record : { ...record, ttl };
    });
  }

  #soaConflict(name: Name): Words | undefined {
    if (name.labelCount !== this.#zone.labelCount) {
      return ['A SOA record stands below the zone', `Write it at ${this.#zone.toString()}, the zone itself`];
    }
    if (this.#hasSoa) return ['The zone has a second SOA record', 'Leave one of them out'];
    this.#hasSoa = true;
    return undefined;
  }

  #doubledName(name: Name, place: Place): Complaint | undefined {
    if (this.#twice === undefined || !name.isAtOrBelow(this.#twice)) return undefined;
    const remedy = 'Write a dot at the end of a name that is complete';
    return warning(place, `The name ${name.toString()} ends in the zone twice`, remedy, true);
  }

  /** The first record of every type that there is at the name, perhaps with others. */
  #ofEveryType(held: readonly ResourceRecord[], name: Name): readonly ResourceRecord[] {
    return this.#crowded.get(name.key)?.firstOfType ?? held;
  }

  #isDuplicate(held: readonly ResourceRecord[], record: ResourceRecord): boolean {
    const crowded = this.#crowded.get(record.name.key);
    if (crowded !== undefined) return crowded.rdata.has(rdataKey(record));
    return held.some(({ type, rdata }) => type === record.type && equalRdata(rdata, record.rdata));
  }

  #ttlComplaint(held: readonly ResourceRecord[], record: ResourceRecord, place: Place): Complaint | undefined {
    const { name, type, ttl } = record;
    // RFC 4034 §3: each has the TTL of the RRset that it covers
    if (type === Type.RRSIG) return undefined;
    const first = this.#ofEveryType(held, name).find((each) => each.type === type);
    if (first === undefined || first.ttl === ttl) return undefined;
    const key = rrsetKey(record);
    const isNews = !this.#lowered.has(key);
    const lowest = Math.min(ttl, this.#lowered.get(key) ?? first.ttl);
    this.#lowered.set(key, lowest);
    if (!isNews) return undefined;
    return warning(
      place,
      `The ${typeName(type)} records of ${name.toString()} have different TTLs, ${first.ttl} and ${ttl}; the lowest is taken for all`,
      'Give them the same TTL',
      true,
    );
  }

  #hold(held: ResourceRecord[], record: ResourceRecord): void {
    const { key } = record.name;
    let crowded = this.#crowded.get(key);
    if (crowded === undefined && held.push(record) <= maxCompared) return;
    if (crowded === undefined) {
      crowded = { firstOfType: [], rdata: new Set() };
      this.#crowded.set(key, crowded);
      for (const each of held) note(crowded, each);
    } else note(crowded, record);
  }
}

function note({ firstOfType, rdata }: CrowdedName, record: ResourceRecord): void {
  if (firstOfType.every(({ type }) => type !== record.type)) firstOfType.push(record);
  rdata.add(rdataKey(record));
}

/** RFC 1034 §3.6.2, RFC 2181 §10.1: a CNAME stands alone at its name. */
function aliasConflict(held: readonly ResourceRecord[], { name, type }: ResourceRecord): Words | undefined {
  if (besideCname.has(type)) return undefined;
  const other = held.find((each) => !besideCname.has(each.type) && (each.type === Type.CNAME || type === Type.CNAME));
  if (other === undefined) return undefined;
  if (other.type === type) return [`${name.toString()} has a second CNAME record`, 'Leave one of them out'];
  const second = type === Type.CNAME ? other.type : type;
  return [
    `${name.toString()} has a CNAME record and one of type ${typeName(second)}`,
    'Leave one of them out: a CNAME stands alone at its name',
  ];
}

function rrsetKey({ name, type }: ResourceRecord): string {
  return `${name.key}${String.fromCharCode(type)}`;
}

/** Equal for records that `equalRdata` calls equal, of one name. */
function rdataKey({ type, rdata }: ResourceRecord): string {
  const text = rdataToText(rdata);
  return `${type} ${hasNames(rdata) ? text.toLowerCase() : text}`;
}

/** Names compare without case; the other fields of these kinds are numbers. */
function hasNames({ kind }: Rdata): boolean {
  return kind !== 'TXT' && kind !== 'CAA' && kind !== 'opaque';
}

function mistake(place: Place, wrong: string, remedy: string): Complaint {
  return complaint('mistake', place, wrong, remedy, false);
}

function warning(place: Place, wrong: string, remedy: string, isKept: boolean): Complaint {
  return complaint('warning', place, wrong, remedy, isKept);
}

function complaint(kind: Complaint['kind'], place: Place, wrong: string, remedy: string, isKept: boolean): Complaint {
  return { kind, mistake: { fileName: place.fileName, line: place.line, column: 1, wrong, remedy }, isKept };
}
