import type { Name } from '../dns/name.ts';
import type { TsigKey } from '../dns/tsig.ts';

/** The configuration as everything else sees it: checked, with every default filled in. */
export interface Config {
  /** The file that it was read from. */
  readonly file: string;
  /** One, or two while it is being changed; never to be printed. */
  readonly secrets: readonly string[];
  readonly http: HttpConfig;
  /** The domain that serves the API, for texts that spell out its URLs. */
  readonly dyndnsDomain: Name | undefined;
  /** On the original's scale: 0 everything … 50 critical only. */
  readonly logLevel: number;
  readonly ttl: TtlConfig;
  /** At least one, no name twice. */
  readonly zones: readonly ZoneConfig[];
  /** What works and yet should be changed; said once at every start. */
  readonly warnings: readonly string[];
}

export interface HttpConfig {
  /** At least one. */
  readonly listen: readonly ListenAddress[];
  /** Addresses and CIDR prefixes of the proxies whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[];
}

export interface ListenAddress {
  /** An IPv4 or IPv6 address, without brackets. */
  readonly host: string;
  /** 0 lets the system choose one. */
  readonly port: number;
}

export interface TtlConfig {
  readonly defaultSeconds: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

export interface ZoneConfig {
  /** Lower case. */
  readonly name: Name;
  readonly primary: PrimaryConfig;
}

/** Where a zone's truth lives. A nameserver of our own would be a second kind. */
export type PrimaryConfig = Rfc2136Config;

export interface Rfc2136Config {
  readonly kind: 'rfc2136';
  /** An IPv4 or IPv6 address. */
  readonly nameserver: string;
  readonly port: number;
  readonly key: TsigKey;
}
