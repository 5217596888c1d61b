import { setTimeout as delay } from 'node:timers/promises';

import { SecretSet } from './access/secrets.ts';
import type { RunningService, Updating } from './cli/services.ts';
import { packageVersion } from './cli/version.ts';
import type { Config } from './config/config.ts';
import { defaultHttpLimits } from './http/limits.ts';
import { listenHttp } from './http/server.ts';
import type { CheckReport, HttpSettings, Readiness } from './http/services.ts';
import { TrustedProxies } from './http/trusted-proxies.ts';
import { BufferedDestination } from './observe/buffered-destination.ts';
import { JsonLog, silentLog } from './observe/log.ts';
import { Metrics } from './observe/metrics.ts';
import { Redactor } from './observe/redactor.ts';
import { UpdateLog } from './observe/update-log.ts';
import { defaultPrimaryLimits } from './primary/limits.ts';
import { PrimaryPool } from './primary/primary-pool.ts';
import { systemClock as clock } from './updates/clock.ts';
import { explainFault } from './updates/fault.ts';
import type { UpdateObserver } from './updates/ports.ts';
import { Updater } from './updates/updater.ts';

/** Leaves time to ask the nameserver once more after one of its answers got lost. */
const updateTimeoutMs = 10_000;
const readinessTimeoutMs = 2_000;
/** What is under way at the end may take so long; then the end comes all the same. */
const stopTimeoutMs = 15_000;
const standardOutput = 1;

/** The one path to a change, without a server around it: for commands that change names themselves. */
export async function openUpdater(config: Config): Promise<Updating> {
  const metrics = new Metrics({ version: packageVersion(), includeProcess: false });
  const pool = openPool(metrics);
  const updater = makeUpdater(config, pool, new UpdateLog(silentLog, metrics));
  return {
    zones: updater.zones,
    update: (request) => updater.update(request),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** The whole service: listens when the promise resolves, and is at rest when it is disposed of. */
export async function startService(initial: Config): Promise<RunningService> {
  let config = initial;
  const redactor = new Redactor(secretTexts(config));
  const destination = new BufferedDestination(standardOutput);
  const log = new JsonLog({ level: config.logLevel, redactor, destination });
  const metrics = new Metrics({ version: packageVersion(), includeProcess: true });
  const pool = openPool(metrics);
  const observer = new UpdateLog(log, metrics);
  const settingsOf = (chosen: Config): HttpSettings => ({
    updater: makeUpdater(chosen, pool, observer),
    secrets: new SecretSet(chosen.secrets),
    trustedProxies: new TrustedProxies(chosen.http.trustedProxies),
  });
  let settings = settingsOf(config);
  metrics.gauge('dyndns_primary_connections', 'Open connections to nameservers.', () =>
    pool.nameservers.reduce((sum, { openConnections }) => sum + openConnections, 0),
  );
  metrics.gauge('dyndns_primary_messages_in_flight', 'Messages to nameservers that have no answer yet.', () =>
    pool.nameservers.reduce((sum, { inFlight }) => sum + inFlight, 0),
  );
  metrics.gauge('dyndns_log_lost_lines', 'Log lines that could not be written.', () => destination.lostLines);
  const http = await listenHttp(
    {
      version: packageVersion(),
      current: () => settings,
      check: (signal) => check(config, signal),
      readiness: () => readiness(settings),
      metrics,
      log,
      redactor,
      clock,
      limits: defaultHttpLimits,
    },
    config.http.listen,
  );
  return {
    addresses: http.addresses,
    reload: async (next) => {
      if (JSON.stringify(next.http.listen) !== JSON.stringify(config.http.listen))
        log.write('WARNING', 'http.listen has changed; it listens where it did until it is started again.');
      settings = settingsOf(next);
      config = next;
      redactor.replaceSecrets(secretTexts(next));
      log.setLevel(next.logLevel);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.race([http[Symbol.asyncDispose](), delay(stopTimeoutMs, undefined, { ref: false })]);
      await pool[Symbol.asyncDispose]();
      await destination[Symbol.asyncDispose]();
    },
  };
}

/** Whatever must never be read in a log: the secrets, and the keys as the configuration spells them. */
function secretTexts({ secrets, zones }: Config): string[] {
  return [...secrets, ...zones.map(({ primary }) => Buffer.from(primary.key.secret).toString('base64'))];
}

function openPool(metrics: Metrics): PrimaryPool {
  return new PrimaryPool({ clock, limits: defaultPrimaryLimits, observer: metrics });
}

function makeUpdater({ zones, ttl }: Config, pool: PrimaryPool, observer: UpdateObserver): Updater {
  return new Updater({ zones: pool.directory(zones), ttl, clock, observer, timeoutMs: updateTimeoutMs });
}

/** The doctor comes when he is called; a start need not wait for him. */
async function check({ zones }: Config, signal: AbortSignal): Promise<CheckReport> {
  const [{ examineZones }, { seedCheckReport }, { systemDoctorTools }] = await Promise.all([
    import('./doctor/examine-zones.ts'),
    import('./doctor/seed-check-lines.ts'),
    import('./doctor/system-tools.ts'),
  ]);
  return seedCheckReport(await examineZones(zones, systemDoctorTools(signal)));
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
