import type { Scope } from '../access/scope.ts';
import type { Registrar, Token } from '../access/token.ts';
import type { TsigAlgorithm } from '../dns/tsig.ts';
import type { StoreFault } from '../store/store-fault.ts';
import type { HistoryEntry } from '../updates/history-entry.ts';
import type { Host } from '../updates/host.ts';
import type { Hostname } from '../updates/hostname.ts';

/**
 * What those who administer the service do with tokens, hosts and history; the commands, the door and the REST API are ways to it.
 *
 * Everything is in memory, and changes only after the database has it.
 */
export interface Administration {
  /** In the order in which they were made. */
  readonly tokens: Iterable<Token>;
  token(id: string): Token | undefined;
  createToken(wanted: NewToken): Promise<Changed<CreatedToken>>;
  /** @param version  what the caller has seen; undefined: whatever there is */
  editToken(id: string, edit: TokenEdit, version?: number): Promise<Changed<Token>>;
  /** A new secret; the one before it works for so long still. @param version  as for {@link editToken} */
  rotateToken(id: string, overlapSeconds: number, version?: number): Promise<Changed<CreatedToken>>;
  /** For good. */
  revokeToken(id: string): Promise<Changed<Token>>;
  /** When it was last used, from where, and how; undefined: never. May lag behind by a minute after a crash. */
  lastUse(id: string): Sighting | undefined;

  /** In the order of their names. */
  hosts(filter: HostFilter): HostPage;
  host(name: Hostname): Host | undefined;
  /**
   * Makes it or changes it.
   *
   * By `madeBy`, it counts among the names of that token, which was admitted to it (`HostBook.admissionFault`); without, it is the administrator's.
   */
  putHost(name: Hostname, wanted: HostDescription, conditions?: HostConditions): Promise<Changed<Host>>;
  /** The host is forgotten; its records stay, and its history too. */
  deleteHost(name: Hostname, conditions?: HostConditions): Promise<Changed<Host>>;
  /** One that should not have been deleted is there again as it was, save for its version. */
  restoreHost(host: Host): Promise<Changed<Host>>;
  lastSeen(name: Hostname): Sighting | undefined;

  /** The newest first. @param before  an entry's sequence, as a cursor */
  history(
    of: Hostname | undefined,
    bounds: { readonly before?: number; readonly atMost: number },
  ): Promise<HistoryRead>;
}

export type Changed<Value> =
  | { readonly kind: 'changed'; readonly value: Value }
  | { readonly kind: 'unknown' }
  /** Somebody else has changed it meanwhile. */
  | { readonly kind: 'other-version'; readonly version: number }
  /** It cannot be so; `reason` is a sentence without a full stop. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly fault: StoreFault };

export interface NewToken {
  readonly description: string;
  readonly scope: Scope;
  readonly expiresAtSeconds: number | undefined;
  readonly maxNames: number;
  /** Also as a TSIG key, with that algorithm. */
  readonly tsig: TsigAlgorithm | undefined;
  /** Whoever registers it with acme-dns. */
  readonly registrar?: Registrar;
}

/** The secrets, which are told this once. */
export interface CreatedToken {
  readonly token: Token;
  readonly secret: string;
  /** The name is lower case with the trailing dot, the secret base64. */
  readonly tsig: { readonly keyName: string; readonly algorithm: TsigAlgorithm; readonly secret: string } | undefined;
}

/** What is left out stays. */
export interface TokenEdit {
  readonly description?: string;
  readonly scope?: Scope;
  readonly expiresAtSeconds?: number | undefined;
  readonly maxNames?: number;
  readonly isBlocked?: boolean;
}

/** What a change of a host goes by. */
export interface HostConditions {
  /** What the caller has seen, 0: only where there is none yet; undefined: whatever there is. */
  readonly version?: number | undefined;
  /** The token that makes it. */
  readonly madeBy?: string | undefined;
  /** Which other hosts a refusal may name; all when absent. */
  readonly mayName?: ((name: Hostname) => boolean) | undefined;
}

export type HostDescription = Pick<
  Host,
  'description' | 'ttlSeconds' | 'interfaceId' | 'follows' | 'expiresAfterSeconds' | 'hasWildcardTwin'
>;

export interface HostFilter {
  /** Part of the name. */
  readonly text?: string;
  readonly isVisible?: (host: Host) => boolean;
  /** Only names after this one. */
  readonly after?: Hostname;
  readonly atMost: number;
}

export interface HostPage {
  readonly hosts: readonly Host[];
  readonly hasMore: boolean;
}

/** When somebody was last heard of, and how. */
export interface Sighting {
  readonly atMs: number;
  readonly dialect: string;
  readonly source: string | undefined;
  /** As `credentialLabel` has it. */
  readonly credential: string;
  /** What the last update came to that changed nothing; for hosts. */
  readonly outcome: 'changed' | 'unchanged' | 'failed';
}

export type HistoryRead =
  | { readonly kind: 'history'; readonly entries: readonly (HistoryEntry & { readonly sequence: number })[] }
  | { readonly kind: 'failed'; readonly fault: StoreFault };
