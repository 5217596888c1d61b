import type { Config, ListenAddress } from '../config/config.ts';
import type { Updater } from '../updates/updater.ts';

/** What commands need of the composition root; loaded when it is needed, for `--help` should not wait for a web server. */
export interface Services {
  openUpdater(config: Config): Promise<Updating>;
  startService(config: Config): Promise<RunningService>;
}

/** The world does not let the service run as it is configured; the message is a sentence for whoever started it. */
export class ServiceRefusal extends Error {
  override readonly name = 'ServiceRefusal';
}

/** The one path to a change, without HTTP around it. */
export type Updating = AsyncDisposable & Pick<Updater, 'update' | 'zones'>;

/** Disposing of it answers the requests under way, and takes no more. */
export interface RunningService extends AsyncDisposable {
  /** Where it listens indeed: the port is never 0 here. */
  readonly addresses: readonly ListenAddress[];
  /** Where it answers DNS; nowhere, if no zone is hosted here. */
  readonly dnsAddresses: readonly ListenAddress[];
  reload(config: Config): Promise<void>;
}

export const applicationServices: Services = {
  openUpdater: async (config) => await (await import('../app.ts')).openUpdater(config),
  startService: async (config) => await (await import('../app.ts')).startService(config),
};
