import { randomBytes } from 'node:crypto';

import type { Endpoint } from '../primary/rfc2136/connection.ts';
import { systemClock } from '../updates/clock.ts';
import type { DoctorTools } from './examine-zone.ts';
import { defaultDoctorLimits } from './limits.ts';
import { resolverAt, systemResolver } from './system-resolver.ts';

const dnsPort = 53;

/**
 * The doctor's tools outside of tests: the real clock, nameservers at their usual port, and the system's resolver.
 *
 * @param resolvers  whom to ask about the world in its place; where there are none, the system's
 */
export function systemDoctorTools(signal: AbortSignal, resolvers: readonly Endpoint[]): DoctorTools {
  const { resolveAddresses, findNameservers } = resolvers.length > 0 ? resolverAt(resolvers) : systemResolver;
  return {
    clock: systemClock,
    randomOctets: randomBytes,
    resolveAddresses,
    findNameservers,
    nameserverPort: () => dnsPort,
    limits: defaultDoctorLimits,
    signal,
  };
}
