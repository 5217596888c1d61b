import { stringify } from 'yaml';
import type { Config, ZoneConfig } from './config.ts';
import { listenAddressText } from './network-address.ts';

const redacted = '<redacted>';

/**
 * The configuration in force, in the words of the configuration file and with every default filled in; where a secret
 * stood, only that there is one.
 */
export function redactedConfig(config: Config): Record<string, unknown> {
  const { http, ttl } = config;
  return {
    secret: config.secrets.length === 1 ? redacted : config.secrets.map(() => redacted),
    ...(config.dyndnsDomain && { dyndns_domain: withoutTrailingDot(config.dyndnsDomain.toString()) }),
    log_level: config.logLevel,
    http: { listen: http.listen.map(listenAddressText), trusted_proxies: [...http.trustedProxies] },
    ttl: { default: ttl.defaultSeconds, min: ttl.minSeconds, max: ttl.maxSeconds },
    zones: config.zones.map(redactedZone),
  };
}

/** The same as YAML, with the file that it came from in a comment. */
export function redactedConfigYaml(config: Config): string {
  return `# ${config.file}\n${stringify(redactedConfig(config), { lineWidth: 0 })}`;
}

function redactedZone({ name, primary }: ZoneConfig): Record<string, unknown> {
  switch (primary.kind) {
    case 'rfc2136':
      return {
        name: withoutTrailingDot(name.toString()),
        nameserver: primary.nameserver,
        port: primary.port,
        tsig_key: redacted,
        tsig_key_name: withoutTrailingDot(primary.key.name.toString()),
        tsig_algorithm: primary.key.algorithm,
      };
  }
}

function withoutTrailingDot(name: string): string {
  return name.endsWith('.') && name.length > 1 ? name.slice(0, -1) : name;
}
