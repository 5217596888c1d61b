import type { Name } from '../dns/name.ts';
import type { Config, HttpConfig, TtlConfig, ZoneConfig } from './config.ts';
import { type FieldValues, keyPosition, readFields, readSection } from './fields.ts';
import { listenAddressText } from './network-address.ts';
import { type Problem, ProblemList } from './problem.ts';
import { httpFields, laterHttpKeys, laterTopKeys, laterZoneKeys, topFields, ttlFields, zoneFields } from './schema.ts';
import { readSecrets } from './secrets.ts';
import type { SecretFileReader } from './secret-file.ts';
import { readTsigKey } from './tsig-key.ts';
import { parseYamlTree, type YamlList, type YamlMapping, type YamlTree } from './yaml-tree.ts';

export type ParsedConfig =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'mistakes'; readonly problems: readonly Problem[] };

/**
 * Turns the text of a configuration file into a {@link Config}, or tells every mistake in it.
 *
 * @param file      the path it was read from; relative paths inside it start at its folder
 * @param readFile  reads the files with secrets that it names
 */
export async function parseConfig(text: string, file: string, readFile: SecretFileReader): Promise<ParsedConfig> {
  const problems = new ProblemList(file);
  const tree = parseYamlTree(text, problems);
  const config = tree && (await new ConfigReader(file, problems, readFile).read(tree));
  return config && problems.isEmpty ? { kind: 'config', config } : { kind: 'mistakes', problems: problems.sorted() };
}

type TopValues = FieldValues<typeof topFields>;

const sections = ['http', 'ttl', 'zones'];

const defaultListen = { host: '127.0.0.1', port: 54321 };
const defaultTrustedProxies = ['127.0.0.1', '::1'];
const defaultTtl = { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 };
const defaultLogLevel = 20;
const defaultNameserverPort = 53;

class ConfigReader {
  readonly #file: string;
  readonly #problems: ProblemList;
  readonly #readFile: SecretFileReader;
  readonly #warnings: string[] = [];

  constructor(file: string, problems: ProblemList, readFile: SecretFileReader) {
    this.#file = file;
    this.#problems = problems;
    this.#readFile = readFile;
  }

  /** Missing pieces are replaced by empty ones, as the problems that stand for them keep the result from being used. */
  async read(tree: YamlTree): Promise<Config | undefined> {
    if (tree.kind !== 'mapping') {
      this.#problems.add(tree.position, 'the file is no mapping; it consists of lines such as `nameserver: 127.0.0.1`');
      return undefined;
    }
    const top = withoutEmpty(tree, 'dyndns_domain');
    const values = readFields(top, topFields, this.#problems, { sections, later: laterTopKeys });
    const context = { problems: this.#problems, warnings: this.#warnings, readFile: this.#readFile, file: this.#file };
    return {
      file: this.#file,
      secrets: await readSecrets(top, values, context),
      http: this.#http(top),
      dyndnsDomain: values.dyndns_domain,
      logLevel: values.log_level ?? defaultLogLevel,
      ttl: this.#ttl(top),
      zones: await this.#zones(top, values),
      warnings: this.#warnings,
    };
  }

  #http(top: YamlMapping): HttpConfig {
    const section = readSection(top, 'http', 'it holds listen and trusted_proxies', this.#problems);
    const values = section
      ? readFields(section, httpFields, this.#problems, { prefix: 'http.', later: laterHttpKeys })
      : {};
    const listen = values.listen ?? [defaultListen];
    const texts = listen.map(listenAddressText);
    const twice = listen.find(({ port }, index) => port !== 0 && texts.indexOf(texts[index] ?? '') < index);
    if (section && twice) {
      this.#problems.add(
        keyPosition(section, 'listen'),
        `http.listen names ${listenAddressText(twice)} twice; name it once`,
      );
    }
    return { listen, trustedProxies: values.trusted_proxies ?? defaultTrustedProxies };
  }

  /** A bound that is given pulls the defaults of the other values along; only what was written can contradict. */
  #ttl(top: YamlMapping): TtlConfig {
    const section = readSection(top, 'ttl', 'it holds default, min and max', this.#problems);
    const {
      default: written,
      min,
      max,
    } = section ? readFields(section, ttlFields, this.#problems, { prefix: 'ttl.' }) : {};
    const maxSeconds = max ?? Math.max(defaultTtl.maxSeconds, min ?? 0, written ?? 0);
    const minSeconds = min ?? Math.min(defaultTtl.minSeconds, maxSeconds, written ?? maxSeconds);
    const defaultSeconds = written ?? Math.min(Math.max(defaultTtl.defaultSeconds, minSeconds), maxSeconds);
    if (section && minSeconds > maxSeconds) {
      const mistake = `ttl.min is ${minSeconds} and ttl.max is ${maxSeconds}; ttl.min cannot be more than ttl.max`;
      this.#problems.add(keyPosition(section, 'min'), mistake);
    } else if (section && (defaultSeconds < minSeconds || defaultSeconds > maxSeconds)) {
      const mistake = `ttl.default is ${defaultSeconds}; it lies between ttl.min (${minSeconds}) and ttl.max (${maxSeconds})`;
      this.#problems.add(keyPosition(section, 'default'), mistake);
    }
    return { defaultSeconds, minSeconds, maxSeconds };
  }

  async #zones(top: YamlMapping, values: TopValues): Promise<ZoneConfig[]> {
    const list = this.#zoneList(top);
    const zones: ZoneConfig[] = [];
    const firstLines = new Map<string, number>();
    for (const item of list?.items ?? []) {
      if (item.kind !== 'mapping') {
        this.#problems.add(item.position, 'this is no zone; a zone begins with `- name: dyndns.example.com`');
        continue;
      }
      const zone = await this.#zone(item, top, values, firstLines);
      if (zone) zones.push(zone);
    }
    return zones;
  }

  #zoneList(top: YamlMapping): YamlList | undefined {
    const expected = 'it is a list of zones, each with name and tsig_key';
    const entry = top.entries.get('zones');
    if (!entry) {
      this.#problems.add(top.position, `zones is missing; ${expected}`);
      return undefined;
    }
    if (entry.value.kind === 'mapping' && entry.value.entries.has('name')) {
      this.#problems.add(entry.value.position, 'zones is one zone and no list of zones; put `- ` before name');
      return undefined;
    }
    if (entry.value.kind !== 'list' || entry.value.items.length === 0) {
      this.#problems.add(entry.value.position, `zones holds no list of at least one zone; ${expected}`);
      return undefined;
    }
    return entry.value;
  }

  async #zone(
    mapping: YamlMapping,
    top: YamlMapping,
    topValues: TopValues,
    firstLines: Map<string, number>,
  ): Promise<ZoneConfig | undefined> {
    const values = readFields(mapping, zoneFields, this.#problems, { later: laterZoneKeys });
    const { name } = values;
    if (name) this.#refuseRepetition(name, mapping, firstLines);
    if (!mapping.entries.has('name')) {
      this.#problems.add(mapping.position, 'this zone has no name; add one such as `name: dyndns.example.com`');
    }
    const key = await readTsigKey(mapping, values, {
      problems: this.#problems,
      warnings: this.#warnings,
      readFile: this.#readFile,
      file: this.#file,
    });
    const nameserver = values.nameserver ?? topValues.nameserver;
    if (!mapping.entries.has('nameserver') && !top.entries.has('nameserver')) {
      this.#problems.add(
        mapping.position,
        'this zone has no nameserver, and the built-in one is not in this version; ' +
          'add the address of your own to the zone or at the top, such as `nameserver: 127.0.0.1`',
      );
    }
    if (!name || !key || nameserver === undefined) return undefined;
    const port = values.port ?? topValues.port ?? defaultNameserverPort;
    return { name, primary: { kind: 'rfc2136', nameserver, port, key } };
  }

  #refuseRepetition(name: Name, mapping: YamlMapping, firstLines: Map<string, number>): void {
    const position = mapping.entries.get('name')?.value.position ?? mapping.position;
    const firstLine = firstLines.get(name.key);
    if (firstLine === undefined) firstLines.set(name.key, position.line);
    else
      this.#problems.add(
        position,
        `the zone ${name.toString()} stands in line ${firstLine} already; keep one of the two`,
      );
  }
}

/** The original took this key without a value for one that is not there. */
function withoutEmpty(mapping: YamlMapping, key: string): YamlMapping {
  const value = mapping.entries.get(key)?.value;
  if (value?.kind !== 'scalar' || value.value !== null) return mapping;
  return { ...mapping, entries: new Map([...mapping.entries].filter(([other]) => other !== key)) };
}
