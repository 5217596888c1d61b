import { setTimeout as delay } from 'node:timers/promises';

import { foreignDatabase, hostingDescription, makeUpdater, openHosting, openPool } from './assembly.ts';
import { type RunningService, ServiceRefusal } from './cli/services.ts';
import { packageVersion } from './cli/version.ts';
import type { Config } from './config/config.ts';
import { DnsService } from './dns-service.ts';
import type { DoorService } from './door-service.ts';
import type { RunningSelf } from './examine-config.ts';
import { defaultHttpLimits } from './http/limits.ts';
import type { CheckReport, HttpSettings, Readiness } from './http/services.ts';
import { TrustedProxies } from './http/trusted-proxies.ts';
import { BufferedDestination } from './observe/buffered-destination.ts';
import { JsonLog, type Log } from './observe/log.ts';
import { Metrics } from './observe/metrics.ts';
import { Redactor } from './observe/redactor.ts';
import { UpdateLog } from './observe/update-log.ts';
import type { Hosting } from './primary/embedded/hosting.ts';
import { RegistryService } from './registry-service.ts';
import { configuredZones } from './registry/configured-zones.ts';
import { giveBackStartMemory } from './start-memory.ts';
import { TokenKeyHolders } from './token-key-holders.ts';
import { systemClock as clock } from './updates/clock.ts';
import { explainFault } from './updates/fault.ts';
import { noHosts } from './updates/host.ts';

const readinessTimeoutMs = 2_000;
/** What is under way at the end may take so long; then the end comes all the same. */
const stopTimeoutMs = 15_000;
/** How long the owner of the database is waited for. */
const ownerTimeoutMs = 3_000;
const ownerAgainMs = 100;
const standardOutput = 1;

/** The whole service: listens when the promise resolves, and is at rest when it is disposed of. */
export async function startService(initial: Config): Promise<RunningService> {
  let config = initial;
  const redactor = new Redactor(secretTexts(config));
  const destination = new BufferedDestination(standardOutput);
  const log = new JsonLog({ level: config.logLevel, redactor, destination });
  const metrics = new Metrics({ version: packageVersion(), includeProcess: true });
  const registries = new RegistryService(log, clock, () =>
    configuredZones(settings.updater.zones, config.ttl, () => clock.monotonicMs()),
  );
  const hosting = openHosting(log, metrics, new TokenKeyHolders(() => registries.registry, clock));
  const dns = new DnsService(hosting, log, metrics);
  const host = await prepareHosting(config, hosting, log);
  await host();
  // Whoever updates by DNS is known before anybody listens.
  await openedOrEnd(registries.configure(hosting.ledger, config), hosting);
  await listenOr(() => hosting[Symbol.asyncDispose](), dns, config);
  // The largest part of what has to be loaded: where zones or ports are in the way, nobody waits for it.
  const { listenHttp } = await import('./http/server.ts');
  const pool = openPool(metrics, hosting);
  const observer = new UpdateLog(log, metrics);
  const settingsOf = (chosen: Config): HttpSettings => ({
    updater: makeUpdater(chosen, pool, observer, registries.registry, registries.fairness(chosen)),
    authenticator: registries.authenticator(chosen),
    hosts: registries.registry ?? noHosts,
    administration: registries.registry,
    trustedProxies: new TrustedProxies(chosen.http.trustedProxies),
    acmeDns: chosen.acmeDns,
  });
  let settings = settingsOf(config);
  metrics.gauge('dyndns_primary_connections', 'Open connections to nameservers.', () =>
    pool.nameservers.reduce((sum, { openConnections }) => sum + openConnections, 0),
  );
  metrics.gauge('dyndns_primary_messages_in_flight', 'Messages to nameservers that have no answer yet.', () =>
    pool.nameservers.reduce((sum, { inFlight }) => sum + inFlight, 0),
  );
  metrics.gauge('dyndns_dns_mistakes', 'DNS requests answered SERVFAIL by a mistake in dyndns.', () => dns.mistakes);
  metrics.gauge('dyndns_log_lost_lines', 'Log lines that could not be written.', () => destination.lostLines);
  const opening = listenHttp(
    {
      version: packageVersion(),
      current: () => settings,
      check: (signal) => check(config, signal, { dnsAddresses: dns.addresses, fault: hosting.fault }),
      readiness: () => readiness(settings),
      metrics,
      log,
      redactor,
      clock,
      limits: defaultHttpLimits,
    },
    config.http.listen,
  );
  const http = await openedOrEnd(opening, registries, dns, pool, hosting);
  let door: DoorService | undefined;
  const openDoor = async (): Promise<void> => {
    // Without a database there is nothing to administer.
    if (hosting.databasePath === undefined) return;
    door ??= new (await import('./door-service.ts')).DoorService(
      hosting,
      log,
      () => settings.updater,
      () => registries.registry,
    );
    await door.configure();
  };
  await openDoor();
  const startMemory = giveBackStartMemory();
  return {
    addresses: http.addresses,
    dnsAddresses: dns.addresses,
    handedOver: dns.handedOver,
    reload: async (next) => {
      if (JSON.stringify(next.http.listen) !== JSON.stringify(config.http.listen))
        log.write('WARNING', 'http.listen has changed; it listens where it did until it is started again.');
      const putInForce = await prepareHosting(next, hosting, log);
      // Nobody could ask for the first zones that are hosted: so they come first, and go again where nobody can listen for them.
      if (!dns.isOpen) {
        await putInForce();
        await listenOr(() => hosting.abandon(), dns, next);
      }
      await registries.configure(hosting.ledger, next);
      await openDoor();
      // One step, so that each request finds the old configuration or the new one.
      const atRest = [putInForce(), dns.reload(next)];
      settings = settingsOf(next);
      config = next;
      redactor.replaceSecrets(secretTexts(next));
      log.setLevel(next.logLevel);
      await Promise.all(atRest);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.race([http[Symbol.asyncDispose](), delay(stopTimeoutMs, undefined, { ref: false })]);
      startMemory[Symbol.dispose]();
      await door?.[Symbol.asyncDispose]();
      await dns[Symbol.asyncDispose]();
      await registries[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
      await hosting[Symbol.asyncDispose]();
      await destination[Symbol.asyncDispose]();
    },
  };
}

/** Without it there is no service: what was opened before is closed again. */
async function openedOrEnd<Opened>(opening: Promise<Opened>, ...opened: readonly AsyncDisposable[]): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    for (const resource of opened) await resource[Symbol.asyncDispose]();
    throw error;
  }
}

/** Whatever must never be read in a log: the secrets, and the keys as the configuration spells them. */
function secretTexts({ secrets, zones, dns }: Config): string[] {
  const keys = [...zones.flatMap(({ primary }) => primary.key ?? []), ...dns.transferKeys];
  return [...secrets, ...keys.map(({ secret }) => Buffer.from(secret).toString('base64'))];
}

/**
 * Does what can fail in bringing the zones that are hosted here to what the configuration says of them.
 *
 * @returns puts it in force at once, as often as it is called, and is done when nothing is left of what was before
 */
async function prepareHosting(config: Config, hosting: Hosting, log: Log): Promise<() => Promise<void>> {
  const description = hostingDescription(config);
  let prepared = await hosting.prepare(description);
  // A command that changes a zone by itself has done so in a moment.
  for (let waitedMs = 0; prepared.kind === 'owned-elsewhere' && waitedMs < ownerTimeoutMs; waitedMs += ownerAgainMs) {
    await delay(ownerAgainMs);
    prepared = await hosting.prepare(description);
  }
  if (prepared.kind === 'owned-elsewhere' && description.zones.length === 0 && description.databaseNeed === 'may') {
    log.write(
      'WARNING',
      `Without a database there are no tokens, no hosts and no history. ${prepared.cause} ${prepared.remedy}`,
    );
    prepared = await hosting.prepare({ ...description, databaseNeed: 'none' });
  }
  if (prepared.kind !== 'prepared') {
    const isForbidden = prepared.kind === 'failed' && 'fault' in prepared && prepared.fault?.code === 'read-only';
    const foreign = isForbidden ? foreignDatabase(config) : undefined;
    throw new ServiceRefusal(foreign ?? `${prepared.cause} ${prepared.remedy}`);
  }
  const { warnings, putInForce } = prepared;
  for (const warning of warnings) log.write('WARNING', warning);
  return async () => {
    for (const warning of await putInForce()) log.write('WARNING', warning);
  };
}

/** Zones for which nobody listens are not hosted. */
async function listenOr(giveUp: () => Promise<void>, dns: DnsService, config: Config): Promise<void> {
  try {
    await dns.open(config);
  } catch (error) {
    await giveUp();
    throw error;
  }
}

/** The doctor comes when he is called; a start need not wait for him. */
async function check(config: Config, signal: AbortSignal, self: RunningSelf): Promise<CheckReport> {
  const [{ doctorToolsFor, examineConfig }, { seedCheckReport }] = await Promise.all([
    import('./examine-config.ts'),
    import('./doctor/seed-check-lines.ts'),
  ]);
  return seedCheckReport(await examineConfig(config, doctorToolsFor(config, signal), self));
}

/** Ready when every zone's primary can be read with the zone's key. */
async function readiness({ updater }: HttpSettings): Promise<Readiness> {
  const deadlineMs = clock.monotonicMs() + readinessTimeoutMs;
  const lines = await Promise.all(
    updater.zones.zones.map(async ({ name, primary }) => {
      const fault = await primary.probe(deadlineMs);
      return fault ? [`${name.toString()} ${explainFault(fault).cause}`] : [];
    }),
  );
  return { ready: lines.flat().length === 0, lines: lines.flat() };
}
