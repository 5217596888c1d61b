import { join, resolve } from 'node:path';

/** Everything that decides where the configuration is looked for. */
export interface SearchOptions {
  /** What `--config` named. */
  readonly flag: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

/** A file that somebody named, and that must exist therefore; or the places where one is looked for. */
export type ConfigPlace =
  | { readonly kind: 'named'; readonly path: string; readonly by: string }
  | { readonly kind: 'usual'; readonly paths: readonly string[] };

/** The original's variable, and the same name as others would write it. */
export const configVariables = ['dyndns_CONFIG_FILE', 'DYNDNS_CONFIG_FILE'] as const;

/** In the working directory, unless systemd or the like names another. */
export const defaultStateDirectory = 'dyndns-data';

/** Where the database is unless it is said, and the configuration that a first start makes; systemd names one or several (systemd.exec(5)). */
export function stateDirectory({ environment, workingDirectory }: Omit<SearchOptions, 'flag'>): string {
  const [named] = (environment['STATE_DIRECTORY'] ?? '').split(':');
  return resolve(workingDirectory, named || defaultStateDirectory);
}

/** The configuration that a first start makes where there is none. */
export function firstConfigFile(options: Omit<SearchOptions, 'flag'>): string {
  return join(stateDirectory(options), 'dyndns.yml');
}

/** The original's places, in its order, and then our own. An empty variable counts as one that is not set. */
export function configPlace({ flag, environment, workingDirectory }: SearchOptions): ConfigPlace {
  if (flag !== undefined) return { kind: 'named', path: resolve(workingDirectory, flag), by: '--config' };
  for (const variable of configVariables) {
    const path = environment[variable];
    if (path)
      return { kind: 'named', path: resolve(workingDirectory, path), by: `the environment variable ${variable}` };
  }
  const ours = firstConfigFile({ environment, workingDirectory });
  return { kind: 'usual', paths: [join(workingDirectory, '.dyndns.yml'), '/etc/dyndns.yml', ours] };
}
