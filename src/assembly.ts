import type { EmbeddedConfig, Config, ZoneConfig } from './config/config.ts';
import type { Log } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import type { EmbeddedZoneDescription } from './primary/embedded/embedded-zones.ts';
import { Hosting, type HostingDescription, type HostingObserver } from './primary/embedded/hosting.ts';
import type { KeyHolders } from './primary/embedded/key-holders.ts';
import { defaultHostedZoneLimits, defaultPrimaryLimits } from './primary/limits.ts';
import { PrimaryPool, type ZoneDescription } from './primary/primary-pool.ts';
import type { Registry } from './registry/registry.ts';
import { otherUserFault } from './store/other-user.ts';
import { realDatabasePath } from './store/real-path.ts';
import { explainStoreFault } from './store/store-fault.ts';
import { systemClock as clock } from './updates/clock.ts';
import { tellAll } from './updates/observers.ts';
import type { UpdateObserver } from './updates/ports.ts';
import { Updater, type UpdaterOptions } from './updates/updater.ts';

/** What the service and the commands put together in the same way. */

/** Leaves time to ask the nameserver once more after one of its answers got lost. */
const updateTimeoutMs = 10_000;

/** The hosted zones, with a log and metrics that are told of them; until they are configured there are none. */
export function openHosting(log: Log, metrics: Metrics, keyHolders?: KeyHolders): Hosting {
  const observer: HostingObserver = {
    committed: (submissions) => metrics.committed(submissions),
    conditionChanged: (condition) => {
      if (condition.kind === 'ready') log.write('WARNING', 'The database takes changes again.');
      if (condition.kind !== 'suspended') return;
      const { cause, remedy } = explainStoreFault(condition.fault);
      log.write('CRITICAL', `Changes are suspended, and answers go on. ${cause} ${remedy}`);
    },
  };
  const holders = keyHolders ? { keyHolders } : {};
  return new Hosting({ clock, limits: defaultHostedZoneLimits, observer, ...holders });
}

/** What a configuration says of hosting. */
export function hostingDescription({ zones, dns, database }: Config): HostingDescription {
  return {
    zones: hostedZones(zones),
    transferKeys: dns.transferKeys,
    databasePath: databasePathOf({ database }),
    databaseNeed: database.isWritten ? 'must' : 'may',
  };
}

/** Where the database is, by whatever name the configuration has it: its lock and its door are beside it. */
export function databasePathOf({ database }: Pick<Config, 'database'>): string {
  return realDatabasePath(database.path);
}

/** Why a command may not change the database: it is another user's, who is to run it. */
export function forbiddenChange(config: Pick<Config, 'database'>): string | undefined {
  const fault = otherUserFault(databasePathOf(config), 'change');
  if (!fault) return undefined;
  const { cause, remedy } = explainStoreFault(fault);
  return `${cause} ${remedy}`;
}

/** The zones that are hosted here. */
export function hostedZones(zones: readonly ZoneConfig[]): readonly EmbeddedZoneDescription[] {
  return zones.flatMap(({ name, primary }) => (primary.kind === 'embedded' ? [describe(name, primary)] : []));
}

function describe(name: ZoneConfig['name'], { key, records }: EmbeddedConfig): EmbeddedZoneDescription {
  return { name, key, records };
}

export function openPool(metrics: Metrics, hosting: Hosting): PrimaryPool {
  return new PrimaryPool({ clock, limits: defaultPrimaryLimits, observer: metrics, embedded: hosting.zones });
}

export function makeUpdater(
  { zones, ttl }: { readonly zones: readonly ZoneDescription[]; readonly ttl: Config['ttl'] },
  pool: PrimaryPool,
  observer: UpdateObserver,
  registry?: Registry,
  fairness?: Pick<UpdaterOptions, 'throttle' | 'quarrels'>,
): Updater {
  return new Updater({
    zones: pool.directory(zones),
    ttl,
    clock,
    observer: registry ? tellAll([observer, registry]) : observer,
    timeoutMs: updateTimeoutMs,
    ...(registry ? { hosts: registry, history: registry } : {}),
    ...fairness,
  });
}
