import { TokenDirectory } from '../access/token-directory.ts';
import type { Token } from '../access/token.ts';
import type { Name } from '../dns/name.ts';
import type { Ledger } from '../store/ledger.ts';
import type { StoreFault } from '../store/store-fault.ts';
import type { Asker } from '../updates/asker.ts';
import type { Fault } from '../updates/fault.ts';
import type { HistoryEntry } from '../updates/history-entry.ts';
import type { Host, HostBook } from '../updates/host.ts';
import type { Hostname } from '../updates/hostname.ts';
import type { NameOutcome } from '../updates/outcome.ts';
import type { BesideOutcomes, HistoryWriter, UpdateObserver } from '../updates/ports.ts';
import type { UpdateRequest } from '../updates/request.ts';
import type {
  Administration,
  Changed,
  CreatedToken,
  HostConditions,
  HostDescription,
  HostFilter,
  HostPage,
  HistoryRead,
  NewToken,
  Sighting,
  TokenEdit,
} from './administration.ts';
import { HistoryDesk } from './history-desk.ts';
import { HostDesk } from './host-desk.ts';
import { KnownHosts } from './known-hosts.ts';
import { LateWriter } from './late-writer.ts';
import { defaultRegistryLimits, type RegistryLimits } from './limits.ts';
import { loadRegistry } from './load-registry.ts';
import { NameAllowance } from './name-allowance.ts';
import { Sightings } from './sightings.ts';
import type { ConfiguredZones } from './configured-zones.ts';
import { TokenDesk } from './token-desk.ts';
import { TokenKeyFile } from './token-key-file.ts';
import { type TokenKey, TokenKeys } from './token-keys.ts';
import { Turns } from './turns.ts';
import { UpdateWatch } from './update-watch.ts';
import { WaitingHosts } from './waiting-hosts.ts';

export interface RegistryOptions {
  readonly ledger: Ledger;
  /** Where the key lies under which the secrets of TSIG keys are encrypted; made when it is needed first. */
  readonly keyFile: string;
  readonly surroundings: () => ConfiguredZones;
  /** Civil time in milliseconds since 1970-01-01 00:00 UTC. */
  readonly unixMs: () => number;
  readonly monotonicMs: () => number;
  readonly observer: RegistryObserver;
  readonly limits?: RegistryLimits;
}

/** Who wants to know how the registry is doing: the log. */
export interface RegistryObserver {
  /** What is written late cannot be written, or undefined: it can again. Told once. */
  lateWritesFault(fault: StoreFault | undefined): void;
  /** So many entries of the history are lost, since the database took nothing for too long. */
  historyDropped(entries: number): void;
}

export type RegistryOpened =
  /** `warnings`: sentences for the log, of what was left out, and why. */
  | { readonly kind: 'opened'; readonly registry: Registry; readonly warnings: readonly string[] }
  | { readonly kind: 'failed'; readonly fault: StoreFault };

/**
 * Credentials and hosts: all of them in memory, where no question waits, and in the database, which has every change first.
 *
 * What updates teach it is the one exception: it is known at once and written a moment later, so that no answer waits for it.
 */
export class Registry implements Administration, HostBook, UpdateObserver, HistoryWriter, AsyncDisposable {
  /** For the authenticator; the same as long as the registry lives. */
  readonly directory: TokenDirectory;
  readonly #keys: TokenKeys;
  readonly #hosts: KnownHosts;
  readonly #sightings: Sightings;
  readonly #tokenDesk: TokenDesk;
  readonly #hostDesk: HostDesk;
  readonly #watch: UpdateWatch;
  readonly #history: HistoryDesk;
  readonly #writers: readonly LateWriter[];

  private constructor(options: RegistryOptions, loaded: Loaded) {
    const { ledger, surroundings, observer, unixMs, limits = defaultRegistryLimits } = options;
    const { tokens, hosts, sightings, keyFile } = loaded;
    const unixSeconds = () => Math.floor(unixMs() / 1000);
    this.directory = tokens;
    this.#keys = new TokenKeys(tokens, keyFile);
    this.#hosts = hosts;
    this.#sightings = sightings;
    const turns = new Turns();
    const waiting = new WaitingHosts({
      hosts,
      turns,
      atMost: limits.waitingHosts,
      documentsPerWrite: limits.documentsPerWrite,
    });
    this.#tokenDesk = new TokenDesk({
      tokens,
      ledger,
      vault: keyFile,
      limits,
      unixSeconds,
      left: (id) => sightings.forget(id),
    });
    this.#hostDesk = new HostDesk({ hosts, waiting, turns, ledger, limits, surroundings, unixSeconds });
    const late = {
      write: ledger.write.bind(ledger),
      againMs: limits.againMs,
      faultChanged: (fault: StoreFault | undefined) => observer.lateWritesFault(fault),
    };
    const hostWriter = new LateWriter({ ...late, next: () => waiting.next(), delayMs: limits.promptMs });
    const sightingWriter = new LateWriter({ ...late, next: () => sightings.next(), delayMs: limits.sightingsMs });
    this.#history = new HistoryDesk({
      ...late,
      ledger,
      delayMs: limits.promptMs,
      atMost: limits.waitingEntries,
      entriesPerWrite: limits.documentsPerWrite,
      dropped: (entries) => observer.historyDropped(entries),
    });
    this.#writers = [hostWriter, sightingWriter];
    this.#watch = new UpdateWatch({
      hosts,
      tokens,
      allowance: new NameAllowance(options.monotonicMs, limits.reservationMs),
      waiting,
      sightings,
      mostHosts: limits.hosts,
      unixMs,
      hostWaits: () => hostWriter.wake(),
      sightingWaits: () => sightingWriter.wake(),
    });
  }

  /** Loads all that the ledger has. What cannot be read of it is told, and left out. */
  static async open(options: RegistryOptions): Promise<RegistryOpened> {
    const { ledger, limits = defaultRegistryLimits } = options;
    const tokens = new TokenDirectory();
    const hosts = new KnownHosts();
    const sightings = new Sightings(limits.documentsPerWrite);
    const keyFile = new TokenKeyFile(options.keyFile);
    const loaded = { tokens, hosts, sightings, keyFile };
    const loading = await loadRegistry({ ...loaded, ledger, toldDocuments: limits.toldDocuments });
    if (loading.kind === 'failed') return loading;
    return { kind: 'opened', registry: new Registry(options, loaded), warnings: loading.warnings };
  }

  get tokens(): Iterable<Token> {
    return this.directory;
  }

  token(id: string): Token | undefined {
    return this.directory.get(id);
  }

  createToken(wanted: NewToken): Promise<Changed<CreatedToken>> {
    return this.#tokenDesk.create(wanted);
  }

  editToken(id: string, edit: TokenEdit, version?: number): Promise<Changed<Token>> {
    return this.#tokenDesk.edit(id, edit, version);
  }

  rotateToken(id: string, overlapSeconds: number, version?: number): Promise<Changed<CreatedToken>> {
    return this.#tokenDesk.rotate(id, overlapSeconds, version);
  }

  revokeToken(id: string): Promise<Changed<Token>> {
    return this.#tokenDesk.revoke(id);
  }

  lastUse(id: string): Sighting | undefined {
    return this.#sightings.get(id);
  }

  hosts(filter: HostFilter): HostPage {
    return this.#hosts.page(filter);
  }

  host(name: Hostname): Host | undefined {
    return this.#hosts.find(name);
  }

  putHost(name: Hostname, wanted: HostDescription, conditions?: HostConditions): Promise<Changed<Host>> {
    return this.#hostDesk.put(name, wanted, conditions);
  }

  restoreHost(host: Host): Promise<Changed<Host>> {
    return this.#hostDesk.restore(host);
  }

  async deleteHost(name: Hostname, conditions?: HostConditions): Promise<Changed<Host>> {
    const deleted = await this.#hostDesk.delete(name, conditions);
    if (deleted.kind === 'changed') this.#sightings.forget(name.key);
    return deleted;
  }

  /** How many hosts a token has made that are still there. */
  hostsMadeBy(token: string): number {
    return this.#hosts.countMadeBy(token);
  }

  lastSeen(name: Hostname): Sighting | undefined {
    return this.#sightings.get(name.key);
  }

  history(
    of: Hostname | undefined,
    bounds: { readonly before?: number; readonly atMost: number },
  ): Promise<HistoryRead> {
    return this.#history.read(of, bounds);
  }

  /** For the nameserver: the key of a token by its name. Whether the token is still good is not looked at. */
  tsigKey(name: Name): TokenKey | undefined {
    return this.#keys.find(name);
  }

  /** For primaries that keep no history of their own. */
  append(entries: readonly HistoryEntry[]): void {
    this.#history.append(entries);
  }

  find(name: Name): Host | undefined {
    return this.#hosts.find(name);
  }

  followersOf(name: Name): readonly Host[] {
    return this.#hosts.followersOf(name);
  }

  withFirstLabel(label: string): readonly Host[] {
    return this.#hosts.withFirstLabel(label);
  }

  admissionFault(name: Hostname, asker: Asker, types?: readonly number[]): Fault | undefined {
    return this.#watch.admissionFault(name, asker, types);
  }

  admissionEnded(name: Hostname, asker: Asker): void {
    this.#watch.admissionEnded(name, asker);
  }

  settled(request: UpdateRequest, outcomes: readonly NameOutcome[], beside: BesideOutcomes): void {
    this.#watch.settled(request, outcomes, beside);
  }

  /** Writes all that waits. @returns whether nothing is left */
  async flush(): Promise<boolean> {
    const flushed = await Promise.all([...this.#writers, this.#history].map((each) => each.flush()));
    return flushed.every(Boolean);
  }

  /** What waits is written, if the database takes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#writers, this.#history].map((each) => each[Symbol.asyncDispose]()));
  }
}

interface Loaded {
  readonly tokens: TokenDirectory;
  readonly hosts: KnownHosts;
  readonly sightings: Sightings;
  readonly keyFile: TokenKeyFile;
}
