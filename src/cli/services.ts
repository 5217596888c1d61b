import type { Config, ListenAddress } from '../config/config.ts';
import type { ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import type { AdministrationOrder, OrderResult } from '../door/administration-orders.ts';
import type { KnownZones } from '../http/dialects/seed-request.ts';
import type { ImportMode, ImportOutcome } from '../primary/embedded/import/import-report.ts';
import type { Updater } from '../updates/updater.ts';

/** What commands need of the composition root; loaded when it is needed, for `--help` should not wait for a web server. */
export interface Services {
  openUpdater(config: Config): Promise<Updating>;
  openImporter(config: Config): Promise<Importing>;
  openAdministration(config: Config): Promise<Administering>;
  startService(config: Config): Promise<RunningService>;
}

/** The world does not let the service run as it is configured; the message is a sentence for whoever started it. */
export class ServiceRefusal extends Error {
  override readonly name = 'ServiceRefusal';
}

/** Who owns the database can neither be asked nor done without; nothing was changed. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

/** Brings zones from elsewhere in; by the running service, where there is one. */
export interface Importing extends AsyncDisposable {
  /** Else nobody serves the zone now, and secondaries are told at the next start. */
  readonly isServiceRunning: boolean;
  /** @param records  of the whole zone, its SOA record among them */
  importZone(zone: Name, mode: ImportMode, records: readonly ResourceRecord[]): Promise<ImportOutcome>;
}

/** Tokens, hosts and history; by the running service, where there is one. */
export interface Administering extends AsyncDisposable {
  carryOut(order: AdministrationOrder): Promise<OrderResult>;
}

/** The one path to a change, without HTTP around it. */
export type Updating = AsyncDisposable & Pick<Updater, 'update'> & { readonly zones: KnownZones };

/** Disposing of it answers the requests under way, and takes no more. */
export interface RunningService extends AsyncDisposable {
  /** Where it listens indeed: the port is never 0 here. */
  readonly addresses: readonly ListenAddress[];
  /** Where it answers DNS; nowhere, if no zone is hosted here. */
  readonly dnsAddresses: readonly ListenAddress[];
  /** The sockets for DNS that were handed over to it, as by systemd. */
  readonly handedOver: readonly { readonly transport: 'udp' | 'tcp'; readonly port: number }[];
  reload(config: Config): Promise<void>;
}

export const applicationServices: Services = {
  openUpdater: async (config) => await (await import('../command-services.ts')).openUpdater(config),
  openImporter: async (config) => await (await import('../command-services.ts')).openImporter(config),
  openAdministration: async (config) => await (await import('../command-services.ts')).openAdministration(config),
  startService: async (config) => await (await import('../app.ts')).startService(config),
};
