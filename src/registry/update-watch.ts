import { acmeLabel } from '../access/scope.ts';
import type { TokenDirectory } from '../access/token-directory.ts';
import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import { type Asker, credentialLabel } from '../updates/asker.ts';
import type { Fault } from '../updates/fault.ts';
import type { Host } from '../updates/host.ts';
import type { Hostname } from '../updates/hostname.ts';
import { isChanged, type NameOutcome } from '../updates/outcome.ts';
import type { BesideOutcomes, UpdateObserver } from '../updates/ports.ts';
import { type NameRequest, typesToSet, type UpdateRequest } from '../updates/request.ts';
import type { Sighting } from './administration.ts';
import type { KnownHosts } from './known-hosts.ts';
import { interfaceIdOf, ipv6After } from './learned-interface-id.ts';
import type { NameAllowance } from './name-allowance.ts';
import type { Sightings } from './sightings.ts';
import type { WaitingHosts } from './waiting-hosts.ts';

export interface UpdateWatchOptions {
  readonly hosts: KnownHosts;
  readonly tokens: TokenDirectory;
  readonly allowance: NameAllowance;
  readonly waiting: WaitingHosts;
  readonly sightings: Sightings;
  readonly mostHosts: number;
  readonly unixMs: () => number;
  /** Something is to be written, sooner or later. */
  readonly hostWaits: () => void;
  readonly sightingWaits: () => void;
}

/**
 * Learns from updates: names that are there become hosts, and whoever is heard of has been seen.
 *
 * Nobody waits for it: what it learns is in memory at once, and in the database a moment later.
 */
export class UpdateWatch implements UpdateObserver {
  readonly #options: UpdateWatchOptions;

  constructor(options: UpdateWatchOptions) {
    this.#options = options;
  }

  /** As {@link HostBook.admissionFault}; the name is the asker's until the update is settled. */
  admissionFault(name: Hostname, { credential }: Asker, types?: readonly number[]): Fault | undefined {
    const { hosts, tokens, allowance, mostHosts } = this.#options;
    if (credential.kind !== 'token' || types?.length === 0 || hosts.find(name)) return undefined;
    if (types && this.#isBounded(name, types, credential.id)) return undefined;
    if (hosts.size >= mostHosts)
      return {
        code: 'over-limit',
        name: name.toString(),
        reason: `there are ${mostHosts} hosts, and that is the most`,
      };
    const most = tokens.get(credential.id)?.maxNames ?? 0;
    if (allowance.reserve(credential.id, name, most - hosts.countMadeBy(credential.id))) return undefined;
    return { code: 'too-many-names', name: name.toString(), most };
  }

  /** As {@link HostBook.admissionEnded}. */
  admissionEnded(name: Hostname, { credential }: Asker): void {
    if (credential.kind === 'token') this.#options.allowance.release(credential.id, name);
  }

  settled(request: UpdateRequest, outcomes: readonly NameOutcome[], { derived }: BesideOutcomes): void {
    const { credential, source } = request.asker;
    const sighting = {
      atMs: this.#options.unixMs(),
      dialect: request.dialect,
      source: source?.text,
      credential: credentialLabel(credential),
    };
    // Of a name that is repeated the last wish counts, and it is settled once.
    const names = new Map(request.names.map((name) => [name.hostname.key, name]));
    const words = new Set<Sighting['outcome']>();
    for (const outcome of outcomes) {
      const name = names.get(outcome.hostname.key);
      if (!name) continue;
      names.delete(outcome.hostname.key);
      const word = wordOf(outcome);
      words.add(word);
      this.#learn(request, name, outcome, { ...sighting, outcome: word });
    }
    for (const { outcome } of derived) {
      const host = this.#options.hosts.find(outcome.hostname);
      if (host) this.#learnMore(host, outcome);
    }
    const best = (['changed', 'unchanged', 'failed'] as const).find((word) => words.has(word));
    if (credential.kind !== 'token' || !best) return;
    this.#options.sightings.saw(credential.id, { ...sighting, outcome: best });
    this.#options.sightingWaits();
  }

  #learn({ asker }: UpdateRequest, name: NameRequest, outcome: NameOutcome, sighting: Sighting): void {
    const { hosts, sightings, sightingWaits } = this.#options;
    const known = hosts.find(name.hostname);
    const token = asker.credential.kind === 'token' ? asker.credential.id : undefined;
    const isHost = known ? this.#learnMore(known, outcome) : this.#learnNew(name, outcome, token);
    if (token !== undefined && typesToSet(name).length > 0 && mayHaveReserved(outcome))
      this.#options.allowance.release(token, name.hostname);
    // Whoever only reads has not been heard of as that host, nor has a stranger who was shown the door.
    if (!isHost || isNotTheirs(outcome) || (!name.prefix && name.intents.every(({ kind }) => kind === 'keep'))) return;
    sightings.saw(name.hostname.key, sighting);
    sightingWaits();
  }

  /** @returns whether it is a host now */
  #learnNew(request: NameRequest, outcome: NameOutcome, token: string | undefined): boolean {
    const { hosts, waiting, allowance, mostHosts, unixMs, hostWaits } = this.#options;
    const { hostname } = request;
    if (!this.#becomesHost(request, outcome, token)) return false;
    // Where the database takes nothing for long, the next update makes it a host.
    if (hosts.size >= mostHosts || !waiting.hasRoom) return false;
    waiting.put({
      name: hostname,
      description: '',
      ttlSeconds: undefined,
      interfaceId: undefined,
      follows: undefined,
      expiresAfterSeconds: undefined,
      hasWildcardTwin: false,
      madeBy: token,
      madeAtSeconds: Math.floor(unixMs() / 1000),
      version: 1,
    });
    if (token !== undefined) allowance.forget(token, hostname);
    hostWaits();
    return true;
  }

  /** Whatever a token gives records to is a host, so that it counts; by the administrator's word only what may be a machine is. */
  #becomesHost(request: NameRequest, outcome: NameOutcome, token: string | undefined): boolean {
    const types = typesToSet(request).filter((type) => isThere(outcome, type));
    if (types.length === 0) return false;
    if (token !== undefined) return !this.#isBounded(request.hostname, types, token);
    return !isNeverHost(request.hostname) && types.some((type) => type !== Type.TXT);
  }

  /**
   * Whether texts at a name are bounded without being counted: the scope lists the name itself, or what it is the challenge of; or that is a host,
   * and so has been counted.
   */
  #isBounded(name: Hostname, types: readonly number[], token: string): boolean {
    if (types.some((type) => type !== Type.TXT)) return false;
    const { hosts, tokens } = this.#options;
    const isChallenge = firstLabel(name) === acmeLabel;
    const subject = isChallenge ? name.parent() : name;
    if (!subject) return false;
    if (isChallenge && hosts.find(subject)) return true;
    const patterns = tokens.get(token)?.scope.patterns ?? [];
    return patterns.some((pattern) => pattern.kind === 'exact' && pattern.name.equals(subject));
  }

  /** A follower whose address could not be found out when it was made one. */
  #learnMore(host: Host, outcome: NameOutcome): true {
    if (!host.follows || host.interfaceId) return true;
    const interfaceId = interfaceIdOf(ipv6After(outcome));
    if (!interfaceId || !this.#options.waiting.hasRoom) return true;
    this.#options.waiting.put({ ...host, interfaceId, version: host.version + 1 });
    this.#options.hostWaits();
    return true;
  }
}

/** Names for proofs and wildcards are no machines. */
function isNeverHost(name: Name): boolean {
  return firstLabel(name) === acmeLabel || name.isWildcard;
}

function firstLabel({ key }: Name): string {
  return key.slice(1, 1 + key.charCodeAt(0));
}

/** Whether there are records of the type after the update. */
function isThere(outcome: NameOutcome, type: number): boolean {
  if (outcome.kind === 'failed') return false;
  return outcome.records.some((record) => record.type === type && record.after.length > 0);
}

/** Whether whoever asked may not have the name at all. */
function isNotTheirs(outcome: NameOutcome): boolean {
  return outcome.kind === 'failed' && ['not-permitted', 'unknown-zone', 'too-many-names'].includes(outcome.fault.code);
}

/** What was refused before it came to counting names has reserved none. */
function mayHaveReserved(outcome: NameOutcome): boolean {
  return !isNotTheirs(outcome) && !(outcome.kind === 'failed' && outcome.fault.code === 'unsuitable-address');
}

function wordOf(outcome: NameOutcome): Sighting['outcome'] {
  if (outcome.kind === 'failed') return 'failed';
  return isChanged(outcome) ? 'changed' : 'unchanged';
}
