import type { TemporaryDirectory } from '../temporary-directory.ts';
import type { TestKey } from '../test-key.ts';

/** A zone to be served as its primary. */
export interface ZoneOptions {
  /** With or without the trailing dot. Zones may nest. */
  readonly name: string;
  /**
   * Lines of the master file after `$ORIGIN` and `$TTL 300`. SOA, NS and the address of that nameserver are put before
   * them, unless one of the lines is a SOA: then they are the whole zone.
   */
  readonly records?: readonly string[];
  /** Who may update and transfer the zone. Default: a fresh hmac-sha512 key, named like the zone. */
  readonly key?: TestKey;
  /** The nameserver knows the key, and the zone takes no update with it. */
  readonly refusesUpdates?: boolean;
  /** BIND only: instead of `grant KEY zonesub ANY;`. */
  readonly bindUpdatePolicy?: string;
  /** BIND only: more statements of the zone. */
  readonly bindStatements?: string;
}

/** A zone with everything decided. */
export interface ServedZone extends ZoneOptions {
  /** Without the trailing dot; the root is `.`. */
  readonly name: string;
  readonly key: TestKey;
  readonly masterFile: string;
}

/** The parts of a named.conf, so that a test can put them together in its own way, into views for example. */
export interface BindConfigurationParts {
  readonly keys: string;
  readonly options: string;
  /** One `zone` statement each, in the order of the zones. */
  readonly zones: readonly string[];
}

export interface ServerOptions {
  readonly zones: readonly ZoneOptions[];
  /** A free one when absent. */
  readonly port?: number;
  /** Keys that the nameserver knows besides those of the zones. */
  readonly keys?: readonly TestKey[];
  /** A command to run it under; `wrongClock` makes one. */
  readonly under?: readonly string[];
  /** `answering`: it is started although its zones do not answer, broken as the test wants them. Default: `serving`. */
  readonly readyWhen?: 'serving' | 'answering';
  /** The last word about the configuration file, of whatever make. */
  readonly rewriteConfiguration?: (text: string) => string;
  /** BIND only: more statements of `options`. */
  readonly bindOptions?: string;
  /** BIND only: another way to put the parts together. */
  readonly composeBindConfiguration?: (parts: BindConfigurationParts) => string;
}

/** What a make needs to know to install itself into a directory. */
export interface Installation {
  readonly directory: TemporaryDirectory;
  readonly port: number;
  readonly zones: readonly ServedZone[];
  /** Those of the zones and the others, each once. */
  readonly keys: readonly TestKey[];
  readonly options: ServerOptions;
}

export interface Executable {
  readonly command: string;
  readonly args: readonly string[];
}

/** One make of nameserver: how it is configured and started. */
export interface Make {
  readonly title: string;
  /** Names of the executables that {@link ../peers.ts} should find. */
  readonly peers: readonly string[];
  /** Writes all that it needs into the directory. */
  readonly install: (installation: Installation) => Promise<Executable>;
  /** The file that holds the zone, relative to the directory. */
  readonly zoneFile: (zone: string) => string;
}
