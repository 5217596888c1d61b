import { rcodeName } from './dns/codes.ts';
import { ServiceRefusal } from './cli/services.ts';
import type { Config, ListenAddress } from './config/config.ts';
import { configuredSecondaries } from './config/secondaries.ts';
import type { InheritedSocket } from './nameserver/inherited-sockets.ts';
import type { UpdateReport } from './nameserver/update-desk.ts';
import type { ZoneService, ZoneServiceSettings } from './nameserver/zone-service.ts';
import type { Log } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import { loggedRefusalsPerSecond, RefusalAllowance } from './observe/refusal-allowance.ts';
import type { Hosting } from './primary/embedded/hosting.ts';
import { explainStoreFault } from './store/store-fault.ts';
import { systemClock as clock } from './updates/clock.ts';

/** The built-in nameserver as the configuration has it: it listens from the first zone that is hosted here until the end. */
export class DnsService implements AsyncDisposable {
  readonly #hosting: Hosting;
  readonly #log: Log;
  readonly #metrics: Metrics;
  /** Whoever has no key may not push out of the log what happens to those who have one. */
  readonly #allowances: Readonly<Record<'signed' | 'unsigned', RefusalAllowance>>;
  #service: ZoneService | undefined;
  #listen: readonly ListenAddress[] = [];
  #handedOver: readonly InheritedSocket[] = [];

  constructor(hosting: Hosting, log: Log, metrics: Metrics) {
    this.#hosting = hosting;
    this.#log = log;
    this.#metrics = metrics;
    const allowance = (what: string) =>
      new RefusalAllowance({ log, clock, linesPerSecond: loggedRefusalsPerSecond, what });
    this.#allowances = { signed: allowance('refused signed UPDATEs'), unsigned: allowance('refused UPDATEs') };
  }

  /** Where it listens; none where no zone is hosted. */
  get addresses(): readonly ListenAddress[] {
    return (this.#service?.addresses ?? []).map(({ address: host, port }) => ({ host, port }));
  }

  /** The sockets that were handed over to it; none where it has opened its own. */
  get handedOver(): readonly Pick<InheritedSocket, 'transport' | 'port'>[] {
    return this.#handedOver.map(({ transport, port }) => ({ transport, port }));
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
    const [{ findInheritedSockets }, { serveZones }, { defaultNameserverLimits }] = await Promise.all([
      import('./nameserver/inherited-sockets.ts'),
      import('./nameserver/zone-service.ts'),
      import('./nameserver/limits.ts'),
    ]);
    const inherited = await findInheritedSockets(process.env, process.pid);
    if (inherited.kind === 'unusable') throw new ServiceRefusal(inherited.reason);
    // One more than it keeps, so that it knows of those that it does not.
    const remembered = await this.#hosting.rememberedRequests(defaultNameserverLimits.rememberedUpdates + 1);
    if (remembered.kind === 'failed') {
      const { cause, remedy } = explainStoreFault(remembered.fault);
      throw new ServiceRefusal(`${cause} ${remedy}`);
    }
    // Sockets that are handed over stand for the addresses: they are what this process may not open itself.
    const listen = inherited.sockets.length > 0 ? [] : dns.listen.map(({ host, port }) => ({ address: host, port }));
    const opened = await serveZones({
      zones,
      clock,
      listen,
      inherited: inherited.sockets,
      settings,
      remembered: remembered.requests,
      reportUpdate: (report) => {
        this.#metrics.updateAnswered('dns', rcodeName(report.rcode));
        this.#logUpdate(report);
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
    this.#handedOver = inherited.sockets;
  }

  #logUpdate({ zone, keyName, rcode, reason }: UpdateReport): void {
    const word = reason === undefined ? 'UPDATED' : 'DNS_SERVER_ERROR';
    if (!this.#log.isEnabled(word)) return;
    const allowance = this.#allowances[keyName === undefined ? 'unsigned' : 'signed'];
    if (reason !== undefined && !allowance.mayLog()) return;
    const what = `UPDATE ${rcodeName(rcode)}${reason === undefined ? '' : `, ${shortened(reason)}`}`;
    const about = `${shortened(zone ?? 'no zone')}: ${what}`;
    this.#log.write(word, about, { dialect: 'dns', ...(keyName === undefined ? {} : { key: keyName }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service?.[Symbol.asyncDispose]();
    this.#service = undefined;
  }
}

/** A name has up to 253 characters as people write it, and four times as many where its octets are escaped. */
const mostCharacters = 300;

/** What a stranger has a part in is quoted by its beginning. */
function shortened(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

function settingsOf(dns: Config['dns']): ZoneServiceSettings {
  const { transferNetworks, rateLimitPerSecond } = dns;
  const secondaries = configuredSecondaries(dns).map(({ host, port }) => ({ address: host, port, key: undefined }));
  return { transferNetworks, secondaries, rateLimitPerSecond };
}
