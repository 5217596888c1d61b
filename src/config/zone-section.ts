import type { Name } from '../dns/name.ts';
import type { TsigKey } from '../dns/tsig.ts';
import type { DnsConfig, ZoneConfig } from './config.ts';
import { type FieldValues, keyPosition, readFields } from './fields.ts';
import { embedded, laterZoneKeys, type topFields, zoneFields } from './schema.ts';
import type { SecretContext } from './secret-file.ts';
import { readStaticRecords } from './static-records.ts';
import { readTsigKey } from './tsig-key.ts';
import type { YamlList, YamlMapping } from './yaml-tree.ts';

type TopValues = FieldValues<typeof topFields>;
type ZoneValues = FieldValues<typeof zoneFields>;

/** What the zones have in common. */
export interface ZoneSurroundings {
  readonly top: YamlMapping;
  readonly values: TopValues;
  readonly dns: DnsConfig;
}

interface WrittenZone {
  readonly mapping: YamlMapping;
  readonly values: ZoneValues;
  /** Where it is to be: an address, or `embedded`; undefined where that is wrong. */
  readonly nameserver: string | undefined;
}

const defaultNameserverPort = 53;
const keyMissing = 'this zone has no key; add tsig_key or tsig_key_file, for updates are always signed';

/** The zones, each on a nameserver that is named for it or at the top, else on the built-in one. */
export async function readZones(surroundings: ZoneSurroundings, context: SecretContext): Promise<ZoneConfig[]> {
  const written = readWrittenZones(surroundings, context);
  const embeddedNames = written.flatMap(({ values, nameserver }) =>
    nameserver === embedded && values.name ? [values.name] : [],
  );
  const zones: ZoneConfig[] = [];
  const keys = new EmbeddedKeys(surroundings.dns.transferKeys);
  for (const zone of written) {
    const read =
      zone.nameserver === embedded
        ? await readEmbedded(zone, surroundings, embeddedNames, keys, context)
        : await readExternal(zone, surroundings, context);
    if (read) zones.push(read);
  }
  if (embeddedNames.length === 0 && surroundings.top.entries.has('dns')) {
    const { line, column } = keyPosition(surroundings.top, 'dns');
    context.warnings.push(`${context.file}:${line}:${column}: dns is of no use: no zone is embedded`);
  }
  return zones;
}

function readWrittenZones({ top, values: topValues }: ZoneSurroundings, { problems }: SecretContext): WrittenZone[] {
  const written: WrittenZone[] = [];
  const firstLines = new Map<string, number>();
  for (const item of zoneList(top, problems)?.items ?? []) {
    if (item.kind !== 'mapping') {
      problems.add(item.position, 'this is no zone; a zone begins with `- name: dyndns.example.com`');
      continue;
    }
    const values = readFields(item, zoneFields, problems, { later: laterZoneKeys });
    if (values.name) refuseRepetition(values.name, item, firstLines, problems);
    if (!item.entries.has('name')) {
      problems.add(item.position, 'this zone has no name; add one such as `name: dyndns.example.com`');
    }
    const isNamed = item.entries.has('nameserver') || top.entries.has('nameserver');
    const nameserver = isNamed ? (values.nameserver ?? topValues.nameserver) : embedded;
    written.push({ mapping: item, values, nameserver });
  }
  return written;
}

function zoneList(top: YamlMapping, problems: SecretContext['problems']): YamlList | undefined {
  const expected = 'it is a list of zones, each with a name';
  const entry = top.entries.get('zones');
  if (!entry) {
    problems.add(top.position, `zones is missing; ${expected}`);
    return undefined;
  }
  if (entry.value.kind === 'mapping' && entry.value.entries.has('name')) {
    problems.add(entry.value.position, 'zones is one zone and no list of zones; put `- ` before name');
    return undefined;
  }
  if (entry.value.kind !== 'list' || entry.value.items.length === 0) {
    problems.add(entry.value.position, `zones holds no list of at least one zone; ${expected}`);
    return undefined;
  }
  return entry.value;
}

async function readExternal(
  { mapping, values, nameserver }: WrittenZone,
  { values: topValues }: ZoneSurroundings,
  context: SecretContext,
): Promise<ZoneConfig | undefined> {
  for (const key of ['records', 'zonefile'].filter((each) => mapping.entries.has(each))) {
    const remedy = 'leave it out, or keep the zone here with nameserver: embedded';
    context.problems.add(keyPosition(mapping, key), `${key} is for zones of the built-in nameserver; ${remedy}`);
  }
  const key = await readTsigKey(mapping, values, context, keyMissing);
  const { name } = values;
  if (!name || !key || nameserver === undefined) return undefined;
  const port = values.port ?? topValues.port ?? defaultNameserverPort;
  const publicAddressesOnly = values.addresses === 'public';
  return { name, publicAddressesOnly, primary: { kind: 'rfc2136', nameserver, port, key } };
}

async function readEmbedded(
  { mapping, values }: WrittenZone,
  { top, dns }: ZoneSurroundings,
  embeddedNames: readonly Name[],
  keys: EmbeddedKeys,
  context: SecretContext,
): Promise<ZoneConfig | undefined> {
  const { problems } = context;
  if (mapping.entries.has('port')) {
    const mistake =
      'port belongs to a nameserver of your own; leave it out, dns.listen has the ports of the built-in one';
    problems.add(keyPosition(mapping, 'port'), mistake);
  }
  const key = await readTsigKey(mapping, values, context, undefined);
  if (key && !keys.add(key)) {
    const mistake = `the key ${key.name.toString()} is here and elsewhere with different secrets; name one of them otherwise in tsig_key_name`;
    problems.add(mapping.position, mistake);
  }
  const { name } = values;
  if (!name) return undefined;
  const records = await readStaticRecords({ zone: name, mapping, values, top, dns, embeddedNames }, context);
  return { name, publicAddressesOnly: values.addresses === 'public', primary: { kind: 'embedded', key, records } };
}

/** A request names its key and no zone, so of the keys for the built-in nameserver each name has one. */
class EmbeddedKeys {
  readonly #byName: Map<string, TsigKey>;

  constructor(keys: readonly TsigKey[]) {
    this.#byName = new Map(keys.map((key) => [key.name.key, key]));
  }

  /** @returns false when there is another one of this name */
  add(key: TsigKey): boolean {
    const known = this.#byName.get(key.name.key) ?? key;
    this.#byName.set(key.name.key, known);
    return known.algorithm === key.algorithm && Buffer.compare(known.secret, key.secret) === 0;
  }
}

function refuseRepetition(
  name: Name,
  mapping: YamlMapping,
  firstLines: Map<string, number>,
  problems: SecretContext['problems'],
): void {
  const position = mapping.entries.get('name')?.value.position ?? mapping.position;
  const firstLine = firstLines.get(name.key);
  if (firstLine === undefined) firstLines.set(name.key, position.line);
  else problems.add(position, `the zone ${name.toString()} stands in line ${firstLine} already; keep one of the two`);
}
