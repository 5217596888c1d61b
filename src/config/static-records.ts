import { dirname, resolve } from 'node:path';
import { Class, Type } from '../dns/codes.ts';
import { NameSyntaxError } from '../dns/errors.ts';
import type { Name } from '../dns/name.ts';
import type { Rdata } from '../dns/rdata.ts';
import type { ZonefileMistake } from '../dns/zonefile/mistake.ts';
import { readZonefile } from '../dns/zonefile/read-zonefile.ts';
import { ZoneCheck } from '../dns/zonefile/zone-check.ts';
import { packZone } from '../zone/pack-zone.ts';
import type { DnsConfig, StaticRecordConfig } from './config.ts';
import { type FieldValues, keyPosition } from './fields.ts';
import type { Position } from './problem.ts';
import type { zoneFields } from './schema.ts';
import type { SecretContext } from './secret-file.ts';
import type { YamlMapping, YamlTree } from './yaml-tree.ts';

export interface StaticRecordsOptions {
  readonly zone: Name;
  readonly mapping: YamlMapping;
  readonly values: FieldValues<typeof zoneFields>;
  readonly top: YamlMapping;
  readonly dns: DnsConfig;
  /** All embedded zones: the longest that ends a nameserver's name has to say its address. */
  readonly embeddedNames: readonly Name[];
}

/** Where records come from: how a line of theirs is called, and where a mistake in it is told. */
interface RecordSource {
  readonly file: string;
  readonly text: string;
  readonly positionOf: (line: number) => Position;
}

/** RFC 2308 §4 in front of the operator's own records. */
const defaultTtlSeconds = 3600;
const maxMistakes = 20;

/**
 * All static records of an embedded zone: what `records` or `zonefile` says, SOA and NS where these do not, and the addresses
 * of nameservers in this zone. Mistakes and what is only odd are told where they stand.
 */
export async function readStaticRecords(
  options: StaticRecordsOptions,
  context: SecretContext,
): Promise<readonly StaticRecordConfig[]> {
  const { zone, mapping } = options;
  const source = await recordSource(options, context);
  const records: (StaticRecordConfig & { readonly position: Position; readonly file: string })[] = [];
  const tell = (file: string, position: Position, { wrong, remedy }: ZonefileMistake): void => {
    const mistake = `${wrong}; ${remedy}`;
    if (file === context.file) context.problems.add(position, mistake);
    else context.problems.addTo(file, position, mistake, keyPosition(mapping, 'zonefile'));
  };
  if (source) {
    const { file, positionOf } = source;
    for (const item of readZonefile(source.text, { origin: zone, defaultTtlSeconds, maxMistakes })) {
      if (item.kind === 'mistake') tell(file, positionOf(item.mistake.line), item.mistake);
      if (item.kind !== 'record') continue;
      const position = positionOf(item.line);
      records.push({ record: item.record, place: `${file}:${position.line}`, position, file });
    }
  }
  const position = mapping.entries.get('name')?.value.position ?? mapping.position;
  const place = `${context.file}:${position.line}`;
  for (const record of madeRecords(options, records)) records.push({ record, place, position, file: context.file });
  checkGlue(options, records, context);
  const kept = checked(zone, records, tell, context);
  refuseOddities(options, kept, context);
  return kept;
}

function checked(
  zone: Name,
  records: readonly (StaticRecordConfig & { readonly position: Position; readonly file: string })[],
  tell: (file: string, position: Position, mistake: ZonefileMistake) => void,
  { warnings }: SecretContext,
): readonly StaticRecordConfig[] {
  const check = new ZoneCheck(zone);
  const kept: StaticRecordConfig[] = [];
  for (const { record, place, position, file } of records) {
    const complaint = check.add(record, { line: position.line, fileName: file });
    if (complaint?.kind === 'mistake') tell(file, position, complaint.mistake);
    else if (complaint) warnings.push(`${place}: ${complaint.mistake.wrong}; ${complaint.mistake.remedy}`);
    if (complaint?.isKept !== false) kept.push({ record, place });
  }
  const withTtls = check.withEqualTtls(kept.map(({ record }) => record));
  return kept.map(({ place }, index) => ({ record: withTtls[index]!, place }));
}

/** What one may write in a zone file, and the zone in memory still does not take, such as two DNAME records of a name. */
function refuseOddities(
  { zone, mapping }: StaticRecordsOptions,
  records: readonly StaticRecordConfig[],
  { problems }: SecretContext,
): void {
  if (!problems.isEmpty) return;
  const packed = packZone(
    zone,
    records.map(({ record }) => record),
  );
  if (packed.kind === 'packed') return;
  const key = ['records', 'zonefile'].find((each) => mapping.entries.has(each)) ?? 'name';
  problems.add(keyPosition(mapping, key), `${packed.reason}; correct the records`);
}

async function recordSource(
  { mapping, values }: StaticRecordsOptions,
  context: SecretContext,
): Promise<RecordSource | undefined> {
  const { problems } = context;
  if (mapping.entries.has('records') && mapping.entries.has('zonefile')) {
    problems.add(keyPosition(mapping, 'zonefile'), 'records and zonefile are both here; keep one of the two');
    return undefined;
  }
  if (values.records !== undefined) {
    const tree = mapping.entries.get('records')?.value;
    return { file: context.file, text: values.records, positionOf: (line) => linePosition(tree, line, mapping) };
  }
  if (values.zonefile === undefined) return undefined;
  const path = resolve(dirname(context.file), values.zonefile);
  const file = await context.readFile(path);
  if (file.kind === 'text') return { file: path, text: file.text, positionOf: (line) => ({ line, column: 1 }) };
  const position = mapping.entries.get('zonefile')?.value.position ?? mapping.position;
  problems.add(position, `${path} cannot be read: ${file.reason}; name a file that this service may read`);
  return undefined;
}

/** Of a block that keeps its lines, the very line; else where the text begins. */
function linePosition(tree: YamlTree | undefined, line: number, { position }: YamlMapping): Position {
  if (tree?.kind !== 'scalar') return position;
  return tree.isLiteral ? { line: tree.position.line + line, column: 1 } : tree.position;
}

/** So that the records of a zone, all of them written out, are the same records again. */
function isWritten(name: Name, address: Uint8Array, records: readonly StaticRecordConfig[]): boolean {
  return records.some(
    ({ record }) =>
      'address' in record.rdata && Buffer.compare(record.rdata.address, address) === 0 && record.name.equals(name),
  );
}

/** SOA and NS where nobody has written them, and the addresses that `dns.ns` gives for names in this zone. */
function madeRecords(options: StaticRecordsOptions, written: readonly StaticRecordConfig[]) {
  const { zone, dns } = options;
  const names = dns.nameservers.length > 0 ? dns.nameservers.map(({ name }) => name) : [zone];
  const has = (type: number): boolean => written.some(({ record }) => record.type === type && record.name.equals(zone));
  const made: { name: Name; rdata: Exclude<Rdata, { kind: 'opaque' }> }[] = [];
  if (!has(Type.SOA)) made.push({ name: zone, rdata: soaOf(zone, names[0] ?? zone) });
  if (!has(Type.NS)) made.push(...names.map((target) => ({ name: zone, rdata: { kind: 'NS' as const, target } })));
  for (const { name, addresses } of dns.nameservers) {
    if (zoneOf(name, options)?.equals(zone) !== true) continue;
    for (const { family, octets } of addresses)
      if (!isWritten(name, octets, written))
        made.push({ name, rdata: { kind: family === 6 ? 'AAAA' : 'A', address: octets } });
  }
  return made.map(({ name, rdata }) => ({
    name,
    type: Type[rdata.kind],
    class: Class.IN,
    ttl: defaultTtlSeconds,
    rdata,
  }));
}

/** The serial is the zone's own, and not the configuration's. */
function soaOf(zone: Name, mname: Name): Extract<Rdata, { kind: 'SOA' }> {
  const times = { refresh: 3600, retry: 600, expire: 1_209_600, minimum: 60 };
  return { kind: 'SOA', mname, rname: hostmasterOf(zone), serial: 0, ...times };
}

function hostmasterOf(zone: Name): Name {
  try {
    return zone.prepend('hostmaster');
  } catch (error) {
    // Below a name of nearly 255 octets there is no room for another.
    if (error instanceof NameSyntaxError) return zone;
    throw error;
  }
}

/** Without an address in the zone, nobody finds a nameserver whose name is in it (RFC 1034 §4.2.1). */
function checkGlue(
  options: StaticRecordsOptions,
  records: readonly StaticRecordConfig[],
  { problems }: SecretContext,
): void {
  const section = options.top.entries.get('dns')?.value;
  if (section?.kind !== 'mapping') return;
  for (const { name } of options.dns.nameservers) {
    if (zoneOf(name, options)?.equals(options.zone) !== true) continue;
    const isAddress = (type: number): boolean => type === Type.A || type === Type.AAAA;
    if (records.some(({ record }) => record.name.equals(name) && isAddress(record.type))) continue;
    const text = name.toString().slice(0, -1);
    const mistake = `ns names ${text}, which is in the zone ${options.zone.toString()} and has no address there; add it, such as \`${text} 192.0.2.53\``;
    problems.add(keyPosition(section, 'ns'), mistake);
  }
}

/** The longest embedded zone that ends a name, label by label. */
function zoneOf(name: Name, { embeddedNames }: StaticRecordsOptions): Name | undefined {
  return embeddedNames.filter((zone) => name.isAtOrBelow(zone)).toSorted((a, b) => b.labelCount - a.labelCount)[0];
}
