import { dirname, join, resolve } from 'node:path';
import type { Config, HttpConfig, ThrottleConfig, TtlConfig } from './config.ts';
import { readAcmeDns } from './acme-dns-section.ts';
import { readDns } from './dns-section.ts';
import { keyPosition, readFields, readSection } from './fields.ts';
import { listenAddressText } from './network-address.ts';
import { type Problem, ProblemList } from './problem.ts';
import { httpFields, laterHttpKeys, laterTopKeys, throttleFields, topFields, ttlFields } from './schema.ts';
import { defaultStateDirectory } from './search.ts';
import { readSecrets } from './secrets.ts';
import type { SecretFileReader } from './secret-file.ts';
import { parseYamlTree, type YamlMapping, type YamlTree } from './yaml-tree.ts';
import { readZones } from './zone-section.ts';

export type ParsedConfig =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'mistakes'; readonly problems: readonly Problem[] };

/**
 * Turns the text of a configuration file into a {@link Config}, or tells every mistake in it.
 *
 * @param file      the path it was read from; relative paths inside it start at its folder
 * @param readFile  reads the files that it names
 * @param stateDirectory  where the database and the key of tokens are unless it says otherwise
 */
export async function parseConfig(
  text: string,
  file: string,
  readFile: SecretFileReader,
  stateDirectory = defaultStateDirectory,
): Promise<ParsedConfig> {
  const problems = new ProblemList(file);
  const tree = parseYamlTree(text, problems);
  const config = tree && (await new ConfigReader(file, problems, readFile, stateDirectory).read(tree));
  return config && problems.isEmpty ? { kind: 'config', config } : { kind: 'mistakes', problems: problems.sorted() };
}

const sections = ['http', 'dns', 'ttl', 'zones', 'acme_dns', 'throttle'];

const defaultListen = { host: '127.0.0.1', port: 54321 };
const defaultTrustedProxies = ['127.0.0.1', '::1'];
const defaultTtl = { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 };
const defaultThrottle: ThrottleConfig = { burst: 60, burstPerName: 10 };
const defaultLogLevel = 20;
const databaseFile = 'dyndns.db';
const tokenKeyFile = 'token.key';

class ConfigReader {
  readonly #file: string;
  readonly #problems: ProblemList;
  readonly #readFile: SecretFileReader;
  readonly #stateDirectory: string;
  readonly #warnings: string[] = [];

  constructor(file: string, problems: ProblemList, readFile: SecretFileReader, stateDirectory: string) {
    this.#file = file;
    this.#problems = problems;
    this.#readFile = readFile;
    this.#stateDirectory = stateDirectory;
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
    const dns = await readDns(top, context);
    const databasePath = this.#databasePath(values.database);
    const secrets = await readSecrets(top, values, context);
    const zones = await readZones({ top, values, dns }, context);
    return {
      file: this.#file,
      secrets,
      http: this.#http(top),
      dyndnsDomain: values.dyndns_domain,
      logLevel: values.log_level ?? defaultLogLevel,
      ttl: this.#ttl(top),
      dns,
      database: {
        kind: 'sqlite',
        path: databasePath,
        isWritten: values.database !== undefined,
      },
      // Beside the database, in whose directory the service may write; a backup of the database does not have it.
      tokenKeyFile:
        values.token_key_file === undefined
          ? join(dirname(databasePath), tokenKeyFile)
          : resolve(dirname(this.#file), values.token_key_file),
      zones,
      throttle: this.#throttle(top),
      acmeDns: readAcmeDns(top, zones, this.#problems),
      warnings: this.#warnings,
    };
  }

  #databasePath(written: string | undefined): string {
    return written === undefined ? join(this.#stateDirectory, databaseFile) : resolve(dirname(this.#file), written);
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

  #throttle(top: YamlMapping): ThrottleConfig {
    const section = readSection(top, 'throttle', 'it holds burst and per_name', this.#problems);
    const values = section ? readFields(section, throttleFields, this.#problems, { prefix: 'throttle.' }) : {};
    const { burst, burstPerName } = defaultThrottle;
    return { burst: values.burst ?? burst, burstPerName: values.per_name ?? burstPerName };
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
}

/** The original took this key without a value for one that is not there. */
function withoutEmpty(mapping: YamlMapping, key: string): YamlMapping {
  const value = mapping.entries.get(key)?.value;
  if (value?.kind !== 'scalar' || value.value !== null) return mapping;
  return { ...mapping, entries: new Map([...mapping.entries].filter(([other]) => other !== key)) };
}
