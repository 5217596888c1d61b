import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Ledger, Store } from '../../store/ledger.ts';
import { explainStoreFault, type StoreFault } from '../../store/store-fault.ts';
import type { Answer, RememberedRequest, StoreObserver } from '../../store/zone-store.ts';
import type { Clock } from '../../updates/clock.ts';
import type { Explanation } from '../../updates/fault.ts';
import type { EmbeddedDescription, EmbeddedZones, ZonesConfigured, ZonesPrepared } from './embedded-zones.ts';
import type { KeyHolders } from './key-holders.ts';
import type { HostedZoneLimits } from './hosted-zone.ts';

export interface HostingOptions {
  readonly clock: Clock;
  readonly limits: HostedZoneLimits;
  readonly observer: HostingObserver;
  /** Keys besides those of the configuration; absent: none. */
  readonly keyHolders?: KeyHolders;
}

/** Who wants to know how the hosted zones are doing: log, metrics. */
export interface HostingObserver extends Pick<StoreObserver, 'conditionChanged'> {
  /** So many submissions went into one commit of one zone. */
  committed(submissions: number): void;
}

/** What a configuration says of hosting. */
export interface HostingDescription extends EmbeddedDescription {
  /** The database file; its directory is made where it is missing, below one that is there. */
  readonly databasePath: string;
  /** Where no zone is hosted: whether there has to be a database all the same, or may be, or is none. */
  readonly databaseNeed: 'must' | 'may' | 'none';
}

/** Another process of ours may change the database, and nothing was begun. */
type OwnedElsewhere = { readonly kind: 'owned-elsewhere' } & Explanation;

/** `fault`: of the database, where it is that which cannot be had. */
type Failed = { readonly kind: 'failed'; readonly fault?: StoreFault } & Explanation;

export type HostingPrepared = ZonesPrepared | Failed | OwnedElsewhere;
export type HostingConfigured = ZonesConfigured | Failed | OwnedElsewhere;

/** The database, and the zones that are hosted in it. */
export class Hosting implements AsyncDisposable {
  readonly zones: Pick<EmbeddedZones, 'primary'> = { primary: (zone) => this.#zones?.primary(zone) };
  readonly #options: HostingOptions;
  #hasBegun = false;
  #database: { readonly path: string; readonly store: Store } | undefined;
  #zones: EmbeddedZones | undefined;

  constructor(options: HostingOptions) {
    this.#options = options;
  }

  /** For the nameserver; undefined as long as no zone has been hosted. */
  get served(): EmbeddedZones | undefined {
    return this.#zones;
  }

  /** What survives besides zones; undefined as long as there is no database. */
  get ledger(): Ledger | undefined {
    return this.#database?.store;
  }

  /** Why the database takes no changes now; undefined when it does, and as long as there is none. */
  get fault(): StoreFault | undefined {
    const condition = this.#database?.store.condition;
    return condition?.kind === 'suspended' ? condition.fault : undefined;
  }

  /**
   * Signed updates whose replays are not to be carried out, for the memory of the nameserver: those that were signed last.
   * A busy service leaves more behind than any memory holds.
   */
  async rememberedRequests(
    atMost: number,
  ): Promise<Answer<{ readonly kind: 'requests'; readonly requests: readonly RememberedRequest[] }>> {
    const requests: RememberedRequest[] = [];
    const answer = await this.#database?.store.rememberedRequests((request) => void requests.push(request), atMost);
    return answer?.kind === 'failed' ? answer : { kind: 'requests', requests };
  }

  /** Undefined as long as there is no database. */
  get databasePath(): string | undefined {
    return this.#database?.path;
  }

  /** As {@link EmbeddedZones.prepare}; one at a time. */
  async prepare(description: HostingDescription): Promise<HostingPrepared> {
    const hasZones = description.zones.length > 0;
    const isNeeded = hasZones || description.databaseNeed === 'must';
    if (!this.#database && (isNeeded || description.databaseNeed === 'may')) {
      const fault = await this.#openStore(description.databasePath);
      if (fault?.code === 'owned') return { kind: 'owned-elsewhere', ...explainStoreFault(fault) };
      if (fault && isNeeded) return { kind: 'failed', fault, ...explainStoreFault(fault) };
      if (fault) return withoutDatabase(explainStoreFault(fault));
    }
    if (!this.#zones && !hasZones) return { kind: 'prepared', warnings: [], putInForce: () => Promise.resolve([]) };
    this.#zones ??= await this.#makeZones();
    const prepared = await this.#zones.prepare(description);
    // What could not begin is not to be left half open.
    if (prepared.kind === 'failed' && !this.#hasBegun) await this.#close();
    this.#hasBegun ||= prepared.kind === 'prepared';
    return prepared;
  }

  /** {@link prepare}, and puts it in force. */
  async configure(description: HostingDescription): Promise<HostingConfigured> {
    const prepared = await this.prepare(description);
    if (prepared.kind !== 'prepared') return prepared;
    return { kind: 'configured', warnings: [...prepared.warnings, ...(await prepared.putInForce())] };
  }

  /** As if nothing had been hosted yet: for the first zones, where nobody can ask for them. */
  async abandon(): Promise<void> {
    await this.#zones?.configure({ zones: [], transferKeys: [] });
    this.#hasBegun = false;
    await this.#close();
  }

  /** The zones first: what is in line still goes to the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #close(): Promise<void> {
    const [zones, database] = [this.#zones, this.#database];
    this.#zones = undefined;
    this.#database = undefined;
    await zones?.[Symbol.asyncDispose]();
    await database?.store[Symbol.asyncDispose]();
  }

  async #openStore(path: string): Promise<StoreFault | undefined> {
    const { clock, observer } = this.#options;
    const failure = await makeDirectory(dirname(path));
    if (failure !== undefined) return { code: 'cannot-open', path, detail: failure };
    // Whoever has no database need not have it in memory.
    const { openSqliteZoneStore } = await import('../../store/sqlite/sqlite-zone-store.ts');
    const opened = await openSqliteZoneStore({
      path,
      unixSeconds: () => clock.unixSeconds(),
      observer: { groupCommitted: () => {}, conditionChanged: (condition) => observer.conditionChanged(condition) },
    });
    if (opened.kind === 'failed') return opened.fault;
    this.#database = { path, store: opened.store };
    return undefined;
  }

  /** Whoever hosts no zone need not have them in memory. */
  async #makeZones(): Promise<EmbeddedZones> {
    const { EmbeddedZones: Zones } = await import('./embedded-zones.ts');
    if (!this.#database) throw new Error('Zones are hosted with a database');
    const { clock, limits, observer, keyHolders } = this.#options;
    const { store } = this.#database;
    const committed = (submissions: number) => observer.committed(submissions);
    return new Zones({ store, clock, limits, committed, ...(keyHolders ? { keyHolders } : {}) });
  }
}

/** There is something that can be done without it, and its cause says what is missing. */
function withoutDatabase({ cause, remedy }: Explanation): HostingPrepared {
  const warning = `There is no database, so there are no tokens, no hosts and no history. ${cause} ${remedy} Or name another place by database in the configuration.`;
  return { kind: 'prepared', warnings: [warning], putInForce: () => Promise.resolve([]) };
}

/**
 * Makes the one directory, and none above it: a path with a slip in it is to be told, and Node's recursive `mkdir` never ends
 * below /proc. What is in it is nobody else's business.
 *
 * @returns the operating system's word where it cannot be made
 */
async function makeDirectory(path: string): Promise<string | undefined> {
  try {
    await mkdir(path, { mode: 0o700 });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return error.code === 'EEXIST' ? undefined : error.message;
  }
}
