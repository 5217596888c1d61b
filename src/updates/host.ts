import type { Name } from '../dns/name.ts';
import type { Asker } from './asker.ts';
import type { Fault } from './fault.ts';
import type { Hostname } from './hostname.ts';

/** A name that the service looks after, and what is known of it besides its records. */
export interface Host {
  /** Lower case; a wildcard only where a token has given records to it, and then it counts and does nothing else. */
  readonly name: Hostname;
  readonly description: string;
  /** For records that are new; undefined: the default of the configuration. */
  readonly ttlSeconds: number | undefined;
  /** 16 octets; the low 128−L bits are used with a prefix of length L. */
  readonly interfaceId: Uint8Array | undefined;
  /** When that host reports a new IPv6 prefix, the AAAA of this one is rewritten with it. */
  readonly follows: Hostname | undefined;
  /** Not heard of for so long, and its addresses go; undefined: never. */
  readonly expiresAfterSeconds: number | undefined;
  /** Whether `*.name` gets whatever addresses the name gets. */
  readonly hasWildcardTwin: boolean;
  /** The token that made it by its first update, whose names are counted; undefined where an administrator made it. */
  readonly madeBy: string | undefined;
  /** Unix time. */
  readonly madeAtSeconds: number;
  /** Counts its changes from 1; the ETag. */
  readonly version: number;
}

/** The hosts, as whoever carries out updates needs them. In memory: no question waits. */
export interface HostBook {
  find(name: Name): Host | undefined;
  /** All that follow it, directly or by way of others, each once; the nearer ones first. */
  followersOf(name: Name): readonly Host[];
  /** Hosts whose first label it is, in lower case. */
  withFirstLabel(label: string): readonly Host[];
  /**
   * Why this asker cannot have one more name beside its hosts; undefined where it can, or the name is a host already.
   *
   * @param types  of the records that the name shall get; none: nothing is asked; absent: it is to be a host, whatever it gets
   */
  admissionFault(name: Hostname, asker: Asker, types?: readonly number[]): Fault | undefined;
  /** The asker that was admitted to the name has not taken it, or has it otherwise than by an update. */
  admissionEnded(name: Hostname, asker: Asker): void;
}

/** Where nothing is remembered of names: without a database. */
export const noHosts: HostBook = {
  find: () => undefined,
  followersOf: () => [],
  withFirstLabel: () => [],
  admissionFault: () => undefined,
  admissionEnded: () => {},
};
