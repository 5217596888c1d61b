import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import { type Address, parseAddress } from '../updates/address.ts';
import type { Hostname } from '../updates/hostname.ts';
import type { TtlPolicy } from '../updates/plan.ts';
import { valueTexts } from '../updates/record-set.ts';
import type { ZoneDirectory } from '../updates/zone-directory.ts';

/** What the registry needs of the configured zones and of the bounds of their TTLs; asked for anew each time, for a reload replaces them. */
export interface ConfiguredZones {
  readonly ttl: TtlPolicy;
  /** The zone that a name belongs to; undefined where it is in none. */
  readonly zoneOf: (name: Name) => { readonly name: Name } | undefined;
  readonly zones: readonly Name[];
  /** The IPv6 addresses that a name has now; undefined where that cannot be found out. */
  readonly currentIpv6: (name: Hostname) => Promise<readonly Address[] | undefined>;
}

/** How long a nameserver may take to tell what is there. */
const readTimeoutMs = 3_000;

export function configuredZones(zones: ZoneDirectory, ttl: TtlPolicy, monotonicMs: () => number): ConfiguredZones {
  return {
    ttl,
    zoneOf: (name) => zones.find(name),
    zones: zones.zones.map(({ name }) => name),
    currentIpv6: async (name) => {
      const result = await zones.find(name)?.primary.transact({
        reads: [{ name, type: Type.AAAA }],
        plan: (current) => ({ changes: [], values: valueTexts(current.recordSet(name, Type.AAAA)) }),
        deadlineMs: monotonicMs() + readTimeoutMs,
      });
      return result?.kind === 'done' ? result.plan.values.flatMap((text) => parseAddress(text) ?? []) : undefined;
    },
  };
}
