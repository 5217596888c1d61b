import { defaultZoneLimits } from '../zone/zone-limits.ts';
import type { HostedZoneLimits } from './embedded/hosted-zone.ts';
import type { Rfc2136Limits } from './rfc2136/rfc2136-primary.ts';
import type { NameserverLimits } from './rfc2136/nameserver.ts';

/** The bounds of everything that waits on the way to a primary; docs/operator/limits.md tells people of them. */
export interface PrimaryLimits {
  readonly nameserver: NameserverLimits;
  readonly rfc2136: Rfc2136Limits;
}

/**
 * The batch of 100 changes is where BIND, Knot and PowerDNS stop gaining from larger ones. The octets leave room for header,
 * zone section and TSIG below the 65,535 that a message may have (RFC 1035 §4.2.2). The timeouts leave time to ask the
 * nameserver once more before a request's own deadline.
 */
export const defaultPrimaryLimits: PrimaryLimits = {
  nameserver: {
    connectTimeoutMs: 3_000,
    backOff: { firstMs: 25, longestMs: 1_000 },
    queryConnections: 3,
    updateConnections: 6,
    queriesInFlight: 512,
    waiting: 20_000,
  },
  rfc2136: {
    batch: { changes: 100, octets: 64_000, timeoutMs: 5_000 },
    queryTimeoutMs: 4_000,
    recollections: { names: 20_000, ageMs: 600_000 },
    vouchedForMs: 10_000,
    transactions: 5_000,
  },
};

/**
 * A durable commit costs about the same whatever is in it, so a batch is as large as it may be without those at its end waiting
 * for its evaluation; the octets stay below what the store takes at once.
 */
export const defaultHostedZoneLimits: HostedZoneLimits = {
  zone: defaultZoneLimits,
  batch: { submissions: 512, octets: 1024 * 1024 },
  waiting: 20_000,
  journalRecords: 200_000,
  updateTimeoutMs: 5_000,
};
