import { once } from 'node:events';
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { GuessGuard } from '../../src/access/guess-guard.ts';
import { SecretAuthenticator } from '../../src/access/secret-authenticator.ts';
import { SecretSet } from '../../src/access/secrets.ts';
import { TokenAuthenticator } from '../../src/access/token-authenticator.ts';
import { Name } from '../../src/dns/name.ts';
import { defaultHttpLimits, type HttpLimits } from '../../src/http/limits.ts';
import { listenHttp } from '../../src/http/server.ts';
import type { CheckReport, HttpServices, HttpSettings, Readiness } from '../../src/http/services.ts';
import { TrustedProxies } from '../../src/http/trusted-proxies.ts';
import { JsonLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Redactor } from '../../src/observe/redactor.ts';
import { UpdateLog } from '../../src/observe/update-log.ts';
import type { Registry } from '../../src/registry/registry.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { type Clock, systemClock } from '../../src/updates/clock.ts';
import { noHosts } from '../../src/updates/host.ts';
import { tellAll } from '../../src/updates/observers.ts';
import { Updater } from '../../src/updates/updater.ts';
import { ZoneDirectory } from '../../src/updates/zone-directory.ts';
import { openRegistry } from '../support/open-registry.ts';
import { MemoryPrimary } from './memory-primary.ts';

export const secret = '12345678';
export const secondSecret = 'k7Zq0mN5rT2w';

export interface FixtureOptions {
  readonly zones?: readonly string[];
  readonly secrets?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<HttpLimits>;
  readonly logLevel?: number;
  readonly check?: HttpServices['check'];
  readonly readiness?: HttpServices['readiness'];
  readonly clock?: Clock;
  readonly acmeDns?: HttpSettings['acmeDns'];
  /** With it there are tokens and hosts: {@link ListeningFixture.registry}. */
  readonly ledger?: Ledger;
}

/** The HTTP server with everything behind it but a nameserver: primaries in memory, a log that is kept. */
export interface Fixture {
  readonly services: HttpServices;
  readonly primaries: readonly MemoryPrimary[];
  readonly logLines: readonly string[];
  /** What a reload of the configuration would do. */
  readonly reload: (options: FixtureOptions) => void;
}

export function makeFixture(
  options: FixtureOptions = {},
  registry?: Registry,
  primaries: readonly MemoryPrimary[] = primariesOf(options),
): Fixture {
  const metrics = new Metrics({ version: '0.1.0', includeProcess: false });
  const redactor = new Redactor(options.secrets ?? [secret]);
  const logLines: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const log = new JsonLog({ level: options.logLevel ?? 0, redactor, destination });
  const updater = new Updater({
    zones: directoryOf(primaries),
    ttl: { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 },
    clock: systemClock,
    observer: tellAll([new UpdateLog(log, metrics), ...(registry ? [registry] : [])]),
    timeoutMs: 5000,
    ...(registry ? { hosts: registry, history: registry } : {}),
  });
  const guard = new GuessGuard(randomBytes(32));
  const authenticatorOf = (secrets: SecretSet) =>
    registry
      ? new TokenAuthenticator({ secrets, tokens: registry.directory, guard, clock: options.clock ?? systemClock })
      : new SecretAuthenticator(secrets);
  const settingsOf = ({ secrets = [secret], trustedProxies = [] }: FixtureOptions): HttpSettings => ({
    updater,
    authenticator: authenticatorOf(new SecretSet(secrets)),
    hosts: registry ?? noHosts,
    administration: registry,
    trustedProxies: new TrustedProxies(trustedProxies),
    acmeDns: options.acmeDns,
  });
  let settings = settingsOf(options);
  const passed: CheckReport = { lines: ['INFO: The update check passed.'], passed: true };
  const ready: Readiness = { ready: true, lines: [] };
  const services: HttpServices = {
    version: '0.1.0',
    current: () => settings,
    check: options.check ?? (() => Promise.resolve(passed)),
    readiness: options.readiness ?? (() => Promise.resolve(ready)),
    metrics,
    log,
    redactor,
    clock: options.clock ?? systemClock,
    limits: { ...defaultHttpLimits, ...options.limits },
  };
  const reload = (changed: FixtureOptions) => {
    settings = settingsOf(changed);
    redactor.replaceSecrets(changed.secrets ?? [secret]);
  };
  return { services, primaries, logLines, reload };
}

function primariesOf({ zones = ['dyndns1.dev', 'example.com', 'sub.example.com'] }: FixtureOptions): MemoryPrimary[] {
  return zones.map((zone) => new MemoryPrimary(Name.parse(zone)));
}

function directoryOf(primaries: readonly MemoryPrimary[]): ZoneDirectory {
  return new ZoneDirectory(primaries.map((primary) => ({ name: primary.zone, primary })));
}

export interface ListeningFixture extends Fixture, AsyncDisposable {
  readonly port: number;
  /** Undefined without a ledger. */
  readonly registry: Registry | undefined;
}

export async function listenFixture(options: FixtureOptions = {}): Promise<ListeningFixture> {
  const primaries = primariesOf(options);
  const { ledger } = options;
  const opened = ledger && (await openRegistry({ ledger, zones: directoryOf(primaries) }));
  const fixture = makeFixture(options, opened?.registry, primaries);
  const server = await listenHttp(fixture.services, [{ host: '127.0.0.1', port: 0 }]);
  const port = server.addresses[0]?.port ?? 0;
  return {
    ...fixture,
    port,
    registry: opened?.registry,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await opened?.[Symbol.asyncDispose]();
    },
  };
}

/** How long a test waits for octets that never come. */
const patienceMs = 10_000;

/** Sends these octets on a connection of their own, and returns all that comes back until it is closed. */
export async function exchangeRaw(port: number, octets: string | Buffer, { end = false } = {}): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('the server kept the connection open in silence')));
  await once(socket, 'connect');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(octets);
  if (end) socket.end();
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('utf8');
}

/** Sends these octets on a connection of their own, which the client may keep open, and returns one answer, as long as it says that it is. */
export async function exchangeKept(port: number, octets: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('no whole answer came')));
  await once(socket, 'connect');
  socket.write(octets);
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    const headEnd = text.indexOf('\r\n\r\n');
    const length = Number(/^content-length: (\d+)$/im.exec(text.slice(0, Math.max(headEnd, 0)))?.[1]);
    if (headEnd >= 0 && text.length >= headEnd + 4 + length) break;
  }
  socket.destroy();
  return text;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Reads one answer that has a Content-Length; whatever follows is an error, for then answers would be mixed up. */
export function parseAnswer(text: string): RawAnswer {
  const headEnd = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: text.slice(headEnd + 4) };
}

/** One request and its answer on a connection of their own. */
export async function request(port: number, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const head = [...lines, 'Connection: close'].join('\r\n');
  return parseAnswer(await exchangeRaw(port, Buffer.from(`${head}\r\n\r\n${body}`, 'utf8')));
}
