import type { EmbeddedConfig, Config, ZoneConfig } from './config/config.ts';
import type { Log } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import type { EmbeddedZoneDescription } from './primary/embedded/embedded-zones.ts';
import { Hosting, type HostingDescription, type HostingObserver } from './primary/embedded/hosting.ts';
import type { KeyHolders } from './primary/embedded/key-holders.ts';
import { defaultHostedZoneLimits, defaultPrimaryLimits } from './primary/limits.ts';
import { PrimaryPool } from './primary/primary-pool.ts';
import type { Registry } from './registry/registry.ts';
import { otherUserFault } from './store/other-user.ts';
import { realDatabasePath } from './store/real-path.ts';
import { explainStoreFault } from './store/store-fault.ts';
import { systemClock as clock } from './updates/clock.ts';
import { tellAll } from './updates/observers.ts';
import type { UpdateObserver } from './updates/ports.ts';
import { publicOnly } from './updates/public-addresses.ts';
import { ZoneDirectory } from './updates/zone-directory.ts';
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

/** Why the service may not change the database that it is to own: it is another user's, mostly root's, who has run a command first. */
export function foreignDatabase(config: Pick<Config, 'database'>): string | undefined {
  const fault = otherUserFault(databasePathOf(config), 'change');
  if (fault?.code !== 'forbidden') return undefined;
  const { path, owner = '' } = fault;
  return `${path} belongs to ${owner === '' ? 'another user' : `the user ${owner}`}, and the service runs as a different one. Give it, whatever is beside it (${path}-wal, ${path}-shm, ${path}-lock) and their directory to the user of the service (chown).`;
}

/** The zones that are hosted here. */
export function hostedZones(zones: readonly ZoneConfig[]): readonly EmbeddedZoneDescription[] {
  return zones.flatMap((zone) => (zone.primary.kind === 'embedded' ? [describe(zone, zone.primary)] : []));
}

function describe(
  { name, publicAddressesOnly }: ZoneConfig,
  { key, records }: EmbeddedConfig,
): EmbeddedZoneDescription {
  return { name, key, records, publicAddressesOnly };
}

export function openPool(metrics: Metrics, hosting: Hosting): PrimaryPool {
  return new PrimaryPool({ clock, limits: defaultPrimaryLimits, observer: metrics, embedded: hosting.zones });
}

/** What a zone says of addresses holds for its names, whoever asks and wherever it is kept. */
function withAddressPermissions(
  directory: ZoneDirectory,
  zones: readonly Pick<ZoneConfig, 'name' | 'publicAddressesOnly'>[],
): ZoneDirectory {
  const strict = new Set(zones.filter(({ publicAddressesOnly }) => publicAddressesOnly).map(({ name }) => name.key));
  if (strict.size === 0) return directory;
  return new ZoneDirectory(
    directory.zones.map((zone) => (strict.has(zone.name.key) ? { ...zone, addressPermission: publicOnly } : zone)),
  );
}

export function makeUpdater(
  { zones, ttl }: { readonly zones: readonly ZoneConfig[]; readonly ttl: Config['ttl'] },
  pool: PrimaryPool,
  observer: UpdateObserver,
  registry?: Registry,
  fairness?: Pick<UpdaterOptions, 'throttle' | 'quarrels'>,
): Updater {
  return new Updater({
    zones: withAddressPermissions(pool.directory(zones), zones),
    ttl,
    clock,
    observer: registry ? tellAll([observer, registry]) : observer,
    timeoutMs: updateTimeoutMs,
    ...(registry ? { hosts: registry, history: registry } : {}),
    ...fairness,
  });
}
