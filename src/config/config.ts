import type { Network } from '../access/scope.ts';
import type { ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import type { TsigKey } from '../dns/tsig.ts';
import type { Address } from '../updates/address.ts';

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
  /** Of the built-in nameserver, which runs only where a zone is embedded. */
  readonly dns: DnsConfig;
  readonly database: DatabaseConfig;
  /**
   * Where the key lies under which the secrets of tokens' TSIG keys are encrypted, outside the database and its backups; absolute, or from
   * the working directory.
   */
  readonly tokenKeyFile: string;
  /** At least one, no name twice. */
  readonly zones: readonly ZoneConfig[];
  readonly throttle: ThrottleConfig;
  /** Undefined where acme-dns is not spoken. */
  readonly acmeDns: AcmeDnsConfig | undefined;
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

export interface DnsConfig {
  /** For UDP and TCP; at least one. */
  readonly listen: readonly ListenAddress[];
  /** The nameservers of the embedded zones, the primary first; where there are none, each zone names itself. */
  readonly nameservers: readonly NameserverConfig[];
  /** Whoever holds one may transfer every embedded zone. No name twice, with those of the zones. */
  readonly transferKeys: readonly TsigKey[];
  /** Addresses and CIDR prefixes of those who may transfer without a key. */
  readonly transferNetworks: readonly string[];
  /** Who is told of changes besides the zones' own nameservers. */
  readonly notify: readonly ListenAddress[];
  /** Answers of one kind to one network over UDP; 0 for no limit. */
  readonly rateLimitPerSecond: number;
  /** Whom the check asks about the world; where there are none, the system's resolver. */
  readonly resolvers: readonly ListenAddress[];
}

export interface NameserverConfig {
  /** Lower case. */
  readonly name: Name;
  /** Glue; at least one where the name is in a zone of ours that does not say its address otherwise. */
  readonly addresses: readonly Address[];
}

/** How often tokens may change names. */
export interface ThrottleConfig {
  /** Changes at once of a token that looks after no name; 0: nobody is kept from anything. */
  readonly burst: number;
  /** More for each name that it looks after. */
  readonly burstPerName: number;
}

/** Where acme-dns registers names, and for whom. */
export interface AcmeDnsConfig {
  /** In one of the zones; lower case. */
  readonly zone: Name;
  /** `token`: for whoever has a credential; `networks`: also for those networks; `off`: for nobody more. */
  readonly registration: 'token' | 'networks' | 'off';
  /** At least one where registration is for them, else none. */
  readonly networks: readonly Network[];
}

/** Where the embedded zones survive. */
export interface DatabaseConfig {
  readonly kind: 'sqlite';
  /** Absolute, or from the working directory. */
  readonly path: string;
  /** Whether somebody has said where it is; else it is where it is by default. */
  readonly isWritten: boolean;
}

export interface ZoneConfig {
  /** Lower case. */
  readonly name: Name;
  readonly primary: PrimaryConfig;
  /** Whether its names may point only to addresses that everybody can reach, whoever asks. */
  readonly publicAddressesOnly: boolean;
}

/** Where a zone's truth lives: on a nameserver that is named, or here. */
export type PrimaryConfig = Rfc2136Config | EmbeddedConfig;

export interface Rfc2136Config {
  readonly kind: 'rfc2136';
  /** An IPv4 or IPv6 address. */
  readonly nameserver: string;
  readonly port: number;
  readonly key: TsigKey;
}

export interface EmbeddedConfig {
  readonly kind: 'embedded';
  /** The administrator's, for UPDATE and transfers; without one, nobody updates by DNS. */
  readonly key: TsigKey | undefined;
  /** All static records, SOA and NS among them. The serial of the SOA record does not count. */
  readonly records: readonly StaticRecordConfig[];
}

export interface StaticRecordConfig {
  readonly record: ResourceRecord;
  /** `FILE:LINE` */
  readonly place: string;
}
