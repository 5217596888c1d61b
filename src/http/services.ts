import type { Network } from '../access/scope.ts';
import type { Name } from '../dns/name.ts';
import type { Authenticator } from '../access/authenticator.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Redactor } from '../observe/redactor.ts';
import type { Administration } from '../registry/administration.ts';
import type { Clock } from '../updates/clock.ts';
import type { Fault } from '../updates/fault.ts';
import type { HostBook } from '../updates/host.ts';
import type { Updater } from '../updates/updater.ts';
import type { HttpLimits } from './limits.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** What a reload of the configuration replaces, as a whole. */
export interface HttpSettings {
  readonly updater: Pick<Updater, 'update' | 'carryOut' | 'turnedAway' | 'zones' | 'ttl'>;
  readonly authenticator: Authenticator;
  readonly hosts: HostBook;
  /** Undefined where there is no database, and so no tokens and hosts. */
  readonly administration: Administration | undefined;
  readonly trustedProxies: TrustedProxies;
  /** Undefined where acme-dns is not spoken. */
  readonly acmeDns: AcmeDnsSettings | undefined;
}

/** Where acme-dns registers names, and for whom. */
export interface AcmeDnsSettings {
  readonly zone: Name;
  readonly registration: 'token' | 'networks' | 'off';
  readonly networks: readonly Network[];
}

/** What `/check` found out. */
export interface CheckReport {
  /** One or more a zone, each beginning with its word: `INFO: The update check passed: …`. */
  readonly lines: readonly string[];
  readonly passed: boolean;
  /** Where it did not pass: what stopped it, if that is one of the faults that updates know. */
  readonly fault?: Fault;
}

export interface Readiness {
  readonly ready: boolean;
  /** What is missing, for people. */
  readonly lines: readonly string[];
}

/** All that the HTTP server needs from outside. */
export interface HttpServices {
  readonly version: string;
  /** Asked for at every request, so that new settings count from the next request on. */
  readonly current: () => HttpSettings;
  readonly check: (signal: AbortSignal) => Promise<CheckReport>;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly limits: HttpLimits;
}
