import { rcodeName } from './dns/codes.ts';
import { ServiceRefusal } from './cli/services.ts';
import type { Config, ListenAddress } from './config/config.ts';
import { configuredSecondaries } from './config/secondaries.ts';
import type { ZoneService, ZoneServiceSettings } from './nameserver/zone-service.ts';
import type { Log } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import type { Hosting } from './primary/embedded/hosting.ts';
import { systemClock as clock } from './updates/clock.ts';

/** The built-in nameserver as the configuration has it: it listens from the first zone that is hosted here until the end. */
export class DnsService implements AsyncDisposable {
  readonly #hosting: Hosting;
  readonly #log: Log;
  readonly #metrics: Metrics;
  #service: ZoneService | undefined;
  #listen: readonly ListenAddress[] = [];

  constructor(hosting: Hosting, log: Log, metrics: Metrics) {
    this.#hosting = hosting;
    this.#log = log;
    this.#metrics = metrics;
  }

  /** Where it listens; none where no zone is hosted. */
  get addresses(): readonly ListenAddress[] {
    return (this.#service?.addresses ?? []).map(({ address: host, port }) => ({ host, port }));
  }

  /** How many requests were answered SERVFAIL by a mistake of ours, since the start. */
  get mistakes(): number {
    return this.#service?.mistakes ?? 0;
  }

  /** Whether it listens. */
  get isOpen(): boolean {
    return this.#service !== undefined;
  }

  /** Takes a new configuration at once; its zones are in force. @returns when what was before is at rest */
  async reload({ dns }: Config): Promise<void> {
    if (!this.#service) return;
    if (JSON.stringify(dns.listen) !== JSON.stringify(this.#listen))
      this.#log.write('WARNING', 'dns.listen has changed; it listens where it did until it is started again.');
    await this.#service.reload(settingsOf(dns));
  }

  /** Listens, where zones are hosted. @throws ServiceRefusal, and it listens nowhere then */
  async open({ dns }: Config): Promise<void> {
    const settings = settingsOf(dns);
    const zones = this.#hosting.served;
    if (!zones) return;
    // Whoever hosts no zone need not have it in memory.
    const [{ findInheritedSockets }, { serveZones }] = await Promise.all([
      import('./nameserver/inherited-sockets.ts'),
      import('./nameserver/zone-service.ts'),
    ]);
    const inherited = await findInheritedSockets(process.env, process.pid);
    if (inherited.kind === 'unusable') throw new ServiceRefusal(inherited.reason);
    // Sockets that are handed over stand for the addresses: they are what this process may not open itself.
    const listen = inherited.sockets.length > 0 ? [] : dns.listen.map(({ host, port }) => ({ address: host, port }));
    const opened = await serveZones({
      zones,
      clock,
      listen,
      inherited: inherited.sockets,
      settings,
      remembered: await this.#hosting.rememberedRequests(),
      reportUpdate: ({ zone, keyName, rcode, reason }) => {
        this.#metrics.updateAnswered('dns', rcodeName(rcode));
        const word = reason === undefined ? 'UPDATED' : 'DNS_SERVER_ERROR';
        const about = `${zone ?? 'no zone'}: UPDATE ${rcodeName(rcode)}${reason === undefined ? '' : `, ${reason}`}`;
        this.#log.write(word, about, { dialect: 'dns', ...(keyName === undefined ? {} : { key: keyName }) });
      },
      reportMistake: ({ mistake, requestHex, requestOctets, count }) =>
        this.#log.write(
          'CRITICAL',
          `A DNS request was answered SERVFAIL by a mistake in dyndns: ${mistake.split('\n')[0]}. Please report it, with this line.`,
          { dialect: 'dns', mistake, request: requestHex, octets: requestOctets, count },
        ),
      complain: (complaint) => this.#log.write('WARNING', complaint),
    });
    if (opened.kind === 'failed')
      throw new ServiceRefusal(`cannot listen for DNS on ${opened.reason}; dns.listen in the configuration says where`);
    this.#service = opened.service;
    this.#listen = dns.listen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service?.[Symbol.asyncDispose]();
    this.#service = undefined;
  }
}

function settingsOf(dns: Config['dns']): ZoneServiceSettings {
  const { transferNetworks, rateLimitPerSecond } = dns;
  const secondaries = configuredSecondaries(dns).map(({ host, port }) => ({ address: host, port, key: undefined }));
  return { transferNetworks, secondaries, rateLimitPerSecond };
}
