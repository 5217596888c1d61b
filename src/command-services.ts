import { setTimeout as delay } from 'node:timers/promises';

import { databasePathOf, forbiddenChange, hostingDescription, makeUpdater, openHosting, openPool } from './assembly.ts';
import {
  type Administering,
  type Importing,
  ServiceRefusal,
  ServiceUnreachable,
  type Updating,
} from './cli/services.ts';
import { packageVersion } from './cli/version.ts';
import type { Config } from './config/config.ts';
import type { ResourceRecord } from './dns/message.ts';
import { writeZonefile } from './dns/zonefile/write-zonefile.ts';
import { carryOutOrder } from './door/carry-out-order.ts';
import { type Asked, DoorClient } from './door/door-client.ts';
import { defaultDoorLimits } from './door/limits.ts';
import { doorPath } from './door/socket-path.ts';
import { silentLog } from './observe/log.ts';
import { Metrics } from './observe/metrics.ts';
import { UpdateLog } from './observe/update-log.ts';
import { embeddedNameserver } from './primary/embedded/embedded-fault.ts';
import type { Hosting, HostingDescription } from './primary/embedded/hosting.ts';
import { ImportCollector } from './primary/embedded/import/imported-zone.ts';
import type { ImportOutcome } from './primary/embedded/import/import-report.ts';
import { isExternal } from './primary/primary-pool.ts';
import { RegistryService } from './registry-service.ts';
import { configuredZones } from './registry/configured-zones.ts';
import { systemClock as clock } from './updates/clock.ts';
import type { Fault } from './updates/fault.ts';
import type { NameOutcome } from './updates/outcome.ts';
import type { UpdateRequest } from './updates/request.ts';
import { ZoneDirectory } from './updates/zone-directory.ts';

/** What commands do to zones: by themselves where nobody owns the database, else by asking the service that does. */

/** A service that starts or stops owns its database and has no door for a moment. */
const reachTimeoutMs = 5_000;
const reachAgainMs = 100;

/** The one path to a change, without a server around it. */
export async function openUpdater(config: Config): Promise<Updating> {
  const metrics = new Metrics({ version: packageVersion(), includeProcess: false });
  const hosting = openHosting(silentLog, metrics);
  const owner = await reachOwner(config, hosting, 'none');
  const pool = openPool(metrics, hosting);
  const own = owner.kind === 'here' ? config.zones : config.zones.filter(isExternal);
  const directory = pool.directory(own);
  const registries = new RegistryService(silentLog, clock, () =>
    configuredZones(directory, config.ttl, () => clock.monotonicMs()),
  );
  await openedOr(registries.configure(hosting.ledger, config), pool, hosting);
  const observer = new UpdateLog(silentLog, metrics);
  const updater = makeUpdater({ zones: own, ttl: config.ttl }, pool, observer, registries.registry);
  const zones = new ZoneDirectory(config.zones);
  const isElsewhere = ({ names }: UpdateRequest) =>
    names.some(({ hostname }) => {
      const zone = zones.find(hostname);
      return zone !== undefined && !isExternal(zone);
    });
  return {
    zones,
    update: async (request) =>
      owner.kind === 'elsewhere' && isElsewhere(request)
        ? outcomesOf(await owner.door.update(request), request)
        : await updater.update(request),
    [Symbol.asyncDispose]: async () => {
      await registries[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
      await hosting[Symbol.asyncDispose]();
    },
  };
}

/** What was opened before is closed again where this is not to be had. */
async function openedOr(opening: Promise<void>, ...opened: readonly AsyncDisposable[]): Promise<void> {
  try {
    await opening;
  } catch (error) {
    for (const resource of opened) await resource[Symbol.asyncDispose]();
    throw error;
  }
}

/** The one way to bring a zone from elsewhere into the database. */
export async function openImporter(config: Config): Promise<Importing> {
  const hosting = openHosting(silentLog, new Metrics({ version: packageVersion(), includeProcess: false }));
  const owner = await reachOwner(config, hosting, 'none');
  return {
    isServiceRunning: owner.kind === 'elsewhere',
    importZone: async (zone, mode, records) => {
      if (owner.kind === 'elsewhere') {
        const text = zoneText(zone, records);
        if (text === undefined) return tooLarge;
        return importOutcomeOf(await owner.door.importZone(zone, mode, text), zone.toString());
      }
      const collector = new ImportCollector(zone);
      for (const record of records) collector.add(record);
      const collected = collector.finish();
      if (collected.kind === 'invalid')
        return { kind: 'refused', reason: `${collected.reason}.`, remedy: 'Correct the zone, and import it again.' };
      const zones = hosting.served;
      if (!zones) throw new Error('The zones are hosted here, or nowhere');
      return await zones.importZone(zone, collected.imported, mode);
    },
    [Symbol.asyncDispose]: () => hosting[Symbol.asyncDispose](),
  };
}

/** Tokens, hosts and history, which are in the database, whether zones are hosted in it or not. */
export async function openAdministration(config: Config): Promise<Administering> {
  const metrics = new Metrics({ version: packageVersion(), includeProcess: false });
  const hosting = openHosting(silentLog, metrics);
  const owner = await reachOwner(config, hosting, 'must');
  if (owner.kind === 'elsewhere') {
    return {
      carryOut: async (order) => {
        const asked = await owner.door.administer(order);
        if (asked.kind === 'answered') return asked.answer;
        if (asked.kind === 'lost')
          return { kind: 'failed', reason: `It is not known whether it was done: ${asked.reason}.`, remedy: 'Look.' };
        faultOf(asked, '');
        throw new Error('What was not answered is a refusal');
      },
      [Symbol.asyncDispose]: () => hosting[Symbol.asyncDispose](),
    };
  }
  const pool = openPool(metrics, hosting);
  const directory = pool.directory(config.zones);
  const registries = new RegistryService(silentLog, clock, () =>
    configuredZones(directory, config.ttl, () => clock.monotonicMs()),
  );
  await openedOr(registries.configure(hosting.ledger, config), pool, hosting);
  const { registry } = registries;
  if (!registry) throw new Error('There is a database, and so there is a registry');
  return {
    carryOut: (order) => carryOutOrder(order, registry, clock.unixSeconds()),
    [Symbol.asyncDispose]: async () => {
      await registries[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
      await hosting[Symbol.asyncDispose]();
    },
  };
}

type Owner = { readonly kind: 'here' } | { readonly kind: 'elsewhere'; readonly door: DoorClient };

/**
 * Becomes the owner of the database, or finds the door of whoever is. Who owns it is known for certain, by a lock that the kernel
 * gives back; a door without an owner counts for nothing.
 */
async function reachOwner(
  config: Config,
  hosting: Hosting,
  databaseNeed: HostingDescription['databaseNeed'],
): Promise<Owner> {
  const door = new DoorClient(doorPath(databasePathOf(config)));
  const deadlineMs = clock.monotonicMs() + reachTimeoutMs;
  for (;;) {
    const configured = await hosting.configure({ ...hostingDescription(config), databaseNeed });
    if (configured.kind === 'configured') return { kind: 'here' };
    const { cause, remedy } = configured;
    if (configured.kind === 'failed') throw new ServiceRefusal(forbiddenChange(config) ?? `${cause} ${remedy}`);
    const greeted = await door.greet();
    if (greeted.kind === 'answered') return { kind: 'elsewhere', door };
    if (greeted.kind === 'forbidden') throw new ServiceRefusal(`${cause} It cannot be asked: ${greeted.reason}.`);
    if (clock.monotonicMs() > deadlineMs) {
      const advice = 'If it is being started or stopped just now, try again in a moment.';
      throw new ServiceUnreachable(`${cause} It cannot be asked: ${greeted.reason}. ${advice}`);
    }
    await delay(reachAgainMs);
  }
}

function outcomesOf(asked: Asked<readonly NameOutcome[]>, { names }: UpdateRequest): readonly NameOutcome[] {
  if (asked.kind === 'answered') return asked.answer;
  return names.map(({ hostname }) => ({
    kind: 'failed',
    hostname,
    fault: faultOf(asked, hostname.toString()),
  }));
}

function importOutcomeOf(asked: Asked<ImportOutcome>, zone: string): ImportOutcome {
  return asked.kind === 'answered' ? asked.answer : { kind: 'failed', fault: faultOf(asked, zone) };
}

/** Nobody was asked, or nobody knows what came of it; what the service refuses, it has not done. */
function faultOf(asked: Exclude<Asked<unknown>, { kind: 'answered' }>, name: string): Fault {
  switch (asked.kind) {
    case 'absent':
      throw new ServiceUnreachable(`The service has ended meanwhile: ${asked.reason}. Nothing was changed; try again.`);
    case 'forbidden':
      throw new ServiceRefusal(`The service cannot be asked: ${asked.reason}.`);
    case 'refused':
      throw new ServiceRefusal(`Nothing was changed: ${asked.reason}.`);
    case 'lost': {
      const nameserver = embeddedNameserver;
      return { code: 'unconfirmed', nameserver, name, cause: { code: 'disconnected', nameserver } };
    }
  }
}

/** Undefined where the service does not take so much at once. */
function zoneText(zone: Parameters<typeof writeZonefile>[1], records: readonly ResourceRecord[]): Buffer | undefined {
  const pieces: Buffer[] = [];
  let octets = 0;
  for (const line of writeZonefile(records, zone)) {
    const piece = Buffer.from(line);
    octets += piece.length;
    if (octets > defaultDoorLimits.importOctets) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const tooLarge: ImportOutcome = {
  kind: 'refused',
  reason: `The zone has more than ${defaultDoorLimits.importOctets} octets of text, which is more than the running service takes.`,
  remedy: 'Stop the service, import the zone, and start it again.',
};
