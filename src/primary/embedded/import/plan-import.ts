import { Type, typeName } from '../../../dns/codes.ts';
import { rdataToText } from '../../../dns/rdata-text.ts';
import type { OwnedRecords } from '../../../zone/difference.ts';
import { reasonAgainst } from '../../../zone/acceptance.ts';
import { type NameKey, nameOfKey, parentKey } from '../../../zone/name-key.ts';
import { type Pieces, withPauses } from '../../../zone/pieces.ts';
import type { ZoneLimits } from '../../../zone/zone-limits.ts';
import {
  compactRecords,
  countRecords,
  countRecordSets,
  hasType,
  noRecords,
  type PackedRecords,
  recordSetOf,
  splitRecordSets,
  typeAt,
  unpackRecords,
  withRecordSet,
} from '../../../zone/packed-records.ts';
import { isSameRecordSet } from '../../../zone/record-set-change.ts';
import { isSerialGreater, nextSerial, serialAboveBoth } from '../../../zone/serial.ts';
import { withSerial } from '../../../zone/soa.ts';
import type { Zone } from '../../../zone/zone.ts';
import type { Ownership } from '../ownership.ts';
import type { Rewritten, ZoneContent } from '../rewriting.ts';
import type { ImportedZone } from './imported-zone.ts';
import type { ImportedChange, ImportMode, ImportOutcome } from './import-report.ts';

export interface ImportPolicy {
  readonly mode: ImportMode;
  readonly limits: ZoneLimits;
}

const maxTold = 20;
const maxChanges = 100;

/** Texts for people, as many as anybody reads. */
class BoundedTexts {
  readonly #texts: string[] = [];
  #count = 0;

  add(text: string): void {
    this.#count += 1;
    if (this.#texts.length < maxTold) this.#texts.push(text);
  }

  get count(): number {
    return this.#count;
  }

  list(): readonly string[] {
    const more = this.#count - this.#texts.length;
    return more === 0 ? this.#texts : [...this.#texts, `and ${more} more like these`];
  }
}

/** The dynamic RRsets of a zone, and the static ones with what else the configuration makes. */
interface Holdings {
  readonly dynamic: ReadonlyMap<NameKey, PackedRecords>;
  readonly fixed: ReadonlyMap<NameKey, PackedRecords>;
}

/**
 * What an import makes of a zone: static RRsets stay as the configuration has them, SOA and NS at the apex among them, and everything else is
 * what was imported.
 *
 * Pure. The new serial is greater than the zone's and the imported one (RFC 1982 §3.2), so that secondaries of both follow; it rises
 * also where nothing else changes and the imported one is not behind.
 */
export function* planImport(
  zone: Zone,
  ownership: Ownership,
  imported: ImportedZone,
  { mode, limits }: ImportPolicy,
): Pieces<Rewritten<ImportOutcome>> {
  const held = yield* holdingsOf(zone, ownership);
  if (mode === 'fresh' && held.dynamic.size > 0) return refused(...heldText(zone, held.dynamic));
  const warnings = new BoundedTexts();
  tellLeftOut(imported, warnings);
  tellNameservers(zone, imported, warnings);
  tellSoa(zone, imported, warnings);
  const wanted = yield* wantedRecords(held, ownership, imported, mode, warnings);
  const excess = yield* excessText(wanted, held.fixed, limits);
  if (excess) return refused(...excess);
  const unacceptable = yield* unacceptableText(zone, held.fixed, wanted);
  if (unacceptable) return refused(...unacceptable);
  const comparison = yield* compare(held.dynamic, wanted);
  const serial = serialAfter(zone.serial, imported.serial, comparison.isSame, warnings);
  const report = {
    zone: zone.origin.toString(),
    serialBefore: zone.serial,
    serialAfter: serial,
    importedSerial: imported.serial,
    ...comparison.counts,
    changes: comparison.changes,
    warnings: warnings.list(),
  };
  const content = serial === zone.serial ? undefined : yield* contentOf(zone, held.fixed, wanted, serial);
  return { verdict: { kind: 'imported', report }, content };
}

function refused(reason: string, remedy: string): Rewritten<ImportOutcome> {
  return { verdict: { kind: 'refused', reason, remedy }, content: undefined };
}

function* holdingsOf(zone: Zone, ownership: Ownership): Pieces<Holdings> {
  const dynamic = new Map<NameKey, PackedRecords>();
  const fixed = new Map<NameKey, PackedRecords>();
  using snapshot = zone.snapshot();
  yield* withPauses(snapshot.records(), ({ owner, records }) => {
    for (const set of splitRecordSets(records)) {
      const holdings = ownership.isStatic(owner, typeAt(set, 0)) ? fixed : dynamic;
      holdings.set(owner, withRecordSet(holdings.get(owner) ?? noRecords, typeAt(set, 0), set));
    }
  });
  return { dynamic, fixed };
}

function heldText(zone: Zone, dynamic: Holdings['dynamic']): [reason: string, remedy: string] {
  const names = Array.from(dynamic.keys().take(3), (key) => nameOfKey(key).toString());
  const others = dynamic.size > names.length ? ` and ${dynamic.size - names.length} more` : '';
  return [
    `The zone ${zone.origin.toString()} holds records already that updates have set (${names.join(', ')}${others}).`,
    'Give --replace, and what is there goes, or --merge, and imported RRsets take the place of those of the same name and type.',
  ];
}

function tellLeftOut({ leftOut }: ImportedZone, warnings: BoundedTexts): void {
  if (leftOut.size === 0) return;
  const counts = Array.from(leftOut, ([type, count]) => `${count} ${type}`).join(', ');
  warnings.add(
    `records of DNSSEC are left out, since this nameserver does not sign (${counts}); take the DS records of the zone out of the zone above before it is served from here, or those who validate will refuse it`,
  );
}

function tellNameservers(zone: Zone, { nameservers }: ImportedZone, warnings: BoundedTexts): void {
  const ours = recordSetOf(zone.records(zone.origin.key), Type.NS);
  if (nameservers === noRecords || isSameRecordSet(ours, nameservers)) return;
  const texts = (set: PackedRecords) =>
    unpackRecords(set)
      .map(({ rdata }) => rdataToText(rdata))
      .join(' ');
  warnings.add(
    `the nameservers of the zone stay as they are configured (${texts(ours)}); the imported ones are others (${texts(nameservers)})`,
  );
}

/** MNAME goes with the nameservers, and the serial has rules of its own. */
function tellSoa(zone: Zone, { soa }: ImportedZone, warnings: BoundedTexts): void {
  const ours = unpackRecords(zone.soa)[0]?.rdata;
  if (ours?.kind !== 'SOA') return;
  const differences = [
    ...(ours.rname.equals(soa.rname) ? [] : [`RNAME ${ours.rname.toString()}, there ${soa.rname.toString()}`]),
    ...(['refresh', 'retry', 'expire', 'minimum'] as const)
      .filter((field) => ours[field] !== soa[field])
      .map((field) => `${field.toUpperCase()} ${ours[field]}, there ${soa[field]}`),
  ];
  if (differences.length > 0)
    warnings.add(`the SOA record stays as the configuration makes it (${differences.join('; ')})`);
}

/** All that is to be dynamic. */
function* wantedRecords(
  { dynamic, fixed }: Holdings,
  ownership: Ownership,
  imported: ImportedZone,
  mode: ImportMode,
  warnings: BoundedTexts,
): Pieces<Map<NameKey, PackedRecords>> {
  const wanted = new Map(mode === 'merge' ? dynamic : []);
  yield* withPauses(imported.names, ([key, records]) => {
    const fixedHere = fixed.get(key) ?? noRecords;
    let here = wanted.get(key) ?? noRecords;
    for (const set of splitRecordSets(records)) {
      const type = typeAt(set, 0);
      const place = ownership.placeOf(key, type);
      const hidden = ownership.placeHiddenBy(key, type);
      if (place !== undefined) {
        if (!isSameSetAndTtl(recordSetOf(fixedHere, type), set)) warnings.add(fixedText(key, type, place));
      } else if (hidden !== undefined) {
        warnings.add(`${rrset(key, type)} is left out: it would hide what is configured at ${hidden}`);
      } else if (type === Type.CNAME && fixedHere !== noRecords) {
        warnings.add(`${rrset(key, type)} is left out: other records are configured at that name`);
      } else here = putSet(here, key, set, warnings);
    }
    if (here !== noRecords) wanted.set(key, here);
  });
  return wanted;
}

/** A CNAME stands alone at its name (RFC 1034 §3.6.2): of what was there and what comes, that which comes stays. */
function putSet(here: PackedRecords, key: NameKey, set: PackedRecords, warnings: BoundedTexts): PackedRecords {
  const type = typeAt(set, 0);
  const displaced = splitRecordSets(here)
    .map((other) => typeAt(other, 0))
    .filter((other) => other !== type && (type === Type.CNAME || other === Type.CNAME));
  for (const other of displaced) warnings.add(`${rrset(key, other)} goes, for ${typeName(type)} comes to that name`);
  const kept = displaced.reduce((records, other) => withRecordSet(records, other, noRecords), here);
  return withRecordSet(kept, type, set);
}

function isSameSetAndTtl(a: PackedRecords, b: PackedRecords): boolean {
  return a === b || (isSameRecordSet(a, b) && a.slice(4, 8) === b.slice(4, 8));
}

function fixedText(key: NameKey, type: number, place: string): string {
  return `${rrset(key, type)} stays as it is configured at ${place}; what was imported differs`;
}

function rrset(key: NameKey, type: number): string {
  return `${nameOfKey(key).toString()} ${typeName(type)}`;
}

/** What the zone does not take, be it by an update or by an import. */
function* excessText(
  wanted: ReadonlyMap<NameKey, PackedRecords>,
  fixed: Holdings['fixed'],
  limits: ZoneLimits,
): Pieces<[reason: string, remedy: string] | undefined> {
  const texts = new BoundedTexts();
  yield* withPauses(wanted, ([key, records]) => {
    const all = records.length + (fixed.get(key)?.length ?? 0);
    if (all > limits.maxOctetsPerName)
      texts.add(`${nameOfKey(key).toString()} has ${all} octets of records, and may have ${limits.maxOctetsPerName}`);
    if (countRecordSets(records) > limits.maxSetsPerName)
      texts.add(`${nameOfKey(key).toString()} has more than ${limits.maxSetsPerName} types`);
    if (countRecords(records) <= limits.maxRecordsPerSet) return;
    for (const set of splitRecordSets(records)) {
      const count = countRecords(set);
      if (count > limits.maxRecordsPerSet)
        texts.add(`${rrset(key, typeAt(set, 0))} has ${count} records, and may have ${limits.maxRecordsPerSet}`);
    }
  });
  if (wanted.size + fixed.size > limits.maxNames) texts.add(`it has more than ${limits.maxNames} names`);
  if (texts.count === 0) return undefined;
  return [
    `The zone is larger than this nameserver takes: ${texts.list().join('; ')}.`,
    'Take these records out, or put them into the configuration, where they count as static.',
  ];
}

/** What other nameservers would refuse the whole zone for: an update of it is refused, and so is an import. */
function* unacceptableText(
  { origin }: Zone,
  fixed: Holdings['fixed'],
  wanted: ReadonlyMap<NameKey, PackedRecords>,
): Pieces<[reason: string, remedy: string] | undefined> {
  const records = (key: NameKey) => withAll(wanted.get(key) ?? noRecords, fixed.get(key) ?? noRecords);
  const parents = new Set<NameKey>();
  for (const names of [wanted, fixed]) yield* withPauses(names.keys(), (key) => addParents(parents, key, origin.key));
  const childCount = (owner: NameKey) => Number(parents.has(owner));
  const texts = new BoundedTexts();
  yield* withPauses(wanted.keys(), (key) => {
    const reason = reasonAgainst({ origin, records, childCount }, key);
    if (reason !== undefined) texts.add(reason);
  });
  if (texts.count === 0) return undefined;
  return [
    `Secondaries would refuse the zone: ${texts.list().join('; ')}.`,
    'Take these records out of what is imported, and import it again.',
  ];
}

/** All names above one, up to the zone's own; where one is known, so are those above it. */
function addParents(parents: Set<NameKey>, key: NameKey, apex: NameKey): void {
  for (let name = key; name !== apex;) {
    name = parentKey(name);
    if (parents.has(name)) return;
    parents.add(name);
  }
}

interface Comparison {
  readonly isSame: boolean;
  readonly counts: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly unchanged: number;
  };
  readonly changes: readonly ImportedChange[];
}

function* compare(
  before: ReadonlyMap<NameKey, PackedRecords>,
  after: ReadonlyMap<NameKey, PackedRecords>,
): Pieces<Comparison> {
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  const changes: ImportedChange[] = [];
  const count = (key: NameKey, type: number, change: keyof typeof counts): void => {
    counts[change] += 1;
    if (change !== 'unchanged' && changes.length < maxChanges)
      changes.push({ name: nameOfKey(key).toString(), type: typeName(type), change });
  };
  yield* withPauses(after, ([key, records]) => {
    const old = before.get(key) ?? noRecords;
    for (const set of splitRecordSets(records)) {
      const type = typeAt(set, 0);
      const present = recordSetOf(old, type);
      if (present === noRecords) count(key, type, 'added');
      else count(key, type, present === set ? 'unchanged' : 'changed');
    }
  });
  yield* withPauses(before, ([key, records]) => {
    const left = after.get(key) ?? noRecords;
    for (const set of splitRecordSets(records))
      if (!hasType(left, typeAt(set, 0))) count(key, typeAt(set, 0), 'removed');
  });
  return { isSame: counts.added + counts.changed + counts.removed === 0, counts, changes };
}

function serialAfter(ours: number, imported: number, isSame: boolean, warnings: BoundedTexts): number {
  if (isSame && isSerialGreater(ours, imported)) return ours;
  const both = serialAboveBoth(ours, imported);
  if (both !== undefined) return both;
  const serial = isSame ? ours : nextSerial(ours);
  warnings.add(
    `no serial is greater than both ${ours}, which the zone has, and the imported ${imported} (RFC 1982): it is ${serial}, and secondaries that have the zone from the old server have to transfer it anew (rndc retransfer on BIND)`,
  );
  return serial;
}

function* contentOf(
  zone: Zone,
  fixed: Holdings['fixed'],
  wanted: ReadonlyMap<NameKey, PackedRecords>,
  serial: number,
): Pieces<ZoneContent> {
  const names = new Map<NameKey, PackedRecords>(wanted);
  for (const [key, records] of fixed) names.set(key, withAll(names.get(key) ?? noRecords, records));
  const apex = names.get(zone.origin.key) ?? noRecords;
  names.set(zone.origin.key, withRecordSet(apex, Type.SOA, withSerial(zone.soa, serial)));
  const content: OwnedRecords[] = [];
  yield* withPauses(names, ([owner, records]) => void content.push({ owner, records: compactRecords(records) }));
  return { serial, names: content };
}

function withAll(records: PackedRecords, others: PackedRecords): PackedRecords {
  return splitRecordSets(others).reduce((all, set) => withRecordSet(all, typeAt(set, 0), set), records);
}
