import { stringify } from 'yaml';
import type { TsigKey } from '../dns/tsig.ts';
import { writeZonefile } from '../dns/zonefile/write-zonefile.ts';
import { networkText } from '../access/scope-text.ts';
import { addressText } from '../updates/address.ts';
import type { AcmeDnsConfig, Config, DnsConfig, ZoneConfig } from './config.ts';
import { listenAddressText } from './network-address.ts';

const redacted = '<redacted>';

/**
 * The configuration in force, in the words of the configuration file and with every default filled in, so that it would be read as the
 * same again; where a secret stood, only that there is one.
 */
export function redactedConfig(config: Config): Record<string, unknown> {
  const { http, ttl, throttle, acmeDns } = config;
  return {
    secret: config.secrets.length === 1 ? redacted : config.secrets.map(() => redacted),
    ...(config.dyndnsDomain && { dyndns_domain: withoutTrailingDot(config.dyndnsDomain.toString()) }),
    log_level: config.logLevel,
    http: { listen: http.listen.map(listenAddressText), trusted_proxies: [...http.trustedProxies] },
    ttl: { default: ttl.defaultSeconds, min: ttl.minSeconds, max: ttl.maxSeconds },
    throttle: { burst: throttle.burst, per_name: throttle.burstPerName },
    ...(acmeDns && { acme_dns: shownAcmeDns(acmeDns) }),
    database: `${config.database.kind}:${config.database.path}`,
    token_key_file: config.tokenKeyFile,
    ...(config.zones.some(({ primary }) => primary.kind === 'embedded') && { dns: redactedDns(config.dns) }),
    zones: config.zones.map(redactedZone),
  };
}

/** The same as YAML, with the file that it came from in a comment. */
export function redactedConfigYaml(config: Config): string {
  return `# ${config.file}\n${stringify(redactedConfig(config), { lineWidth: 0 })}`;
}

function redactedZone({ name, primary, publicAddressesOnly }: ZoneConfig): Record<string, unknown> {
  switch (primary.kind) {
    case 'rfc2136':
      return {
        name: withoutTrailingDot(name.toString()),
        nameserver: primary.nameserver,
        port: primary.port,
        ...redactedKey(primary.key),
        ...(publicAddressesOnly && { addresses: 'public' }),
      };
    case 'embedded':
      return {
        name: withoutTrailingDot(name.toString()),
        nameserver: 'embedded',
        ...(primary.key && redactedKey(primary.key)),
        ...(publicAddressesOnly && { addresses: 'public' }),
        records: [
          ...writeZonefile(
            primary.records.map(({ record }) => record),
            name,
          ),
        ].join(''),
      };
  }
}

function shownAcmeDns({ zone, registration, networks }: AcmeDnsConfig): Record<string, unknown> {
  return {
    zone: withoutTrailingDot(zone.toString()),
    registration,
    ...(networks.length > 0 && { networks: networks.map(networkText) }),
  };
}

function redactedDns(dns: DnsConfig): Record<string, unknown> {
  const { listen, nameservers, transferKeys, transferNetworks, notify, rateLimitPerSecond, resolvers } = dns;
  return {
    listen: listen.map(listenAddressText),
    ns: nameservers.map(({ name, addresses }) =>
      [withoutTrailingDot(name.toString()), ...addresses.map(({ octets }) => addressText(octets))].join(' '),
    ),
    transfer_keys: transferKeys.map(redactedKey),
    transfer_networks: [...transferNetworks],
    notify: notify.map(listenAddressText),
    rate_limit: rateLimitPerSecond,
    resolver: resolvers.map(listenAddressText),
  };
}

function redactedKey({ name, algorithm }: TsigKey): Record<string, string> {
  return { tsig_key: redacted, tsig_key_name: withoutTrailingDot(name.toString()), tsig_algorithm: algorithm };
}

function withoutTrailingDot(name: string): string {
  return name.endsWith('.') && name.length > 1 ? name.slice(0, -1) : name;
}
