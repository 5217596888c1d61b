import { randomBytes } from 'node:crypto';
import { systemClock } from '../updates/clock.ts';
import type { DoctorTools } from './examine-zone.ts';
import { defaultDoctorLimits } from './limits.ts';
import { resolveBySystem } from './system-resolver.ts';

const dnsPort = 53;

/** The doctor's tools outside of tests: the real clock, the system's resolver, nameservers at their usual port. */
export function systemDoctorTools(signal: AbortSignal): DoctorTools {
  return {
    clock: systemClock,
    randomOctets: randomBytes,
    resolveAddresses: resolveBySystem,
    nameserverPort: () => dnsPort,
    limits: defaultDoctorLimits,
    signal,
  };
}
