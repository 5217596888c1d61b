import type { Ledger } from '../store/ledger.ts';
import type { Host } from '../updates/host.ts';
import type { Hostname } from '../updates/hostname.ts';
import type { Changed, HostConditions, HostDescription } from './administration.ts';
import { descriptionFault } from './description-fault.ts';
import { writeHost } from './host-document.ts';
import { circleReason, followedReason, type MayName, nameWords, zoneReason } from './host-words.ts';
import type { KnownHosts } from './known-hosts.ts';
import { interfaceIdOf } from './learned-interface-id.ts';
import { hostExpiryBounds, type RegistryLimits } from './limits.ts';
import type { ConfiguredZones } from './configured-zones.ts';
import type { Turns } from './turns.ts';
import type { WaitingHosts } from './waiting-hosts.ts';
import { writeFault } from './write-fault.ts';

export interface HostDeskOptions {
  readonly hosts: KnownHosts;
  readonly waiting: WaitingHosts;
  readonly turns: Turns;
  readonly ledger: Pick<Ledger, 'write'>;
  readonly limits: RegistryLimits;
  readonly surroundings: () => ConfiguredZones;
  readonly unixSeconds: () => number;
}

/** What a wish is judged by. */
interface Place {
  readonly known: Host | undefined;
  readonly mayName: MayName;
}

const mayNameAll: MayName = () => true;

/** Not the key of a name: who follows whom changes one by one, so that no two changes make a cycle together. */
const followingTurn = 'follows';

/** Makes and changes hosts at somebody's word: the database has a change before anybody else sees it. */
export class HostDesk {
  readonly #options: HostDeskOptions;
  /** Of hosts that are being made: they count. */
  #underWay = 0;

  constructor(options: HostDeskOptions) {
    this.#options = options;
  }

  async put(
    name: Hostname,
    wanted: HostDescription,
    { version, madeBy, mayName = mayNameAll }: HostConditions = {},
  ): Promise<Changed<Host>> {
    const { turns } = this.#options;
    // A nameserver may take its time to tell; nobody else's turn waits for that.
    const learned = await this.#learnedId(name, wanted);
    const change = () => turns.take(name.key, () => this.#put(name, wanted, learned, { version, madeBy, mayName }));
    return await (wanted.follows ? turns.take(followingTurn, change) : change());
  }

  delete(name: Hostname, { version, mayName = mayNameAll }: HostConditions = {}): Promise<Changed<Host>> {
    const { turns } = this.#options;
    return turns.take(followingTurn, () => turns.take(name.key, () => this.#delete(name, version, mayName)));
  }

  /** As {@link Administration.restoreHost}. */
  restore(host: Host): Promise<Changed<Host>> {
    const { turns, hosts } = this.#options;
    return turns.take(host.name.key, async () => {
      const known = hosts.find(host.name);
      return known ? { kind: 'changed', value: known } : await this.#store({ ...host, version: host.version + 1 });
    });
  }

  async #put(
    name: Hostname,
    wanted: HostDescription,
    learned: Uint8Array | undefined,
    { version, madeBy, mayName }: HostConditions & { readonly mayName: MayName },
  ): Promise<Changed<Host>> {
    const { hosts, limits, unixSeconds } = this.#options;
    const known = hosts.find(name);
    if (version !== undefined && version !== (known?.version ?? 0))
      return known ? { kind: 'other-version', version: known.version } : { kind: 'unknown' };
    const reason = this.#fault(name, wanted, { known, mayName });
    if (reason !== undefined) return { kind: 'refused', reason };
    if (!known && hosts.size + this.#underWay >= limits.hosts)
      return { kind: 'refused', reason: `there are ${limits.hosts} hosts, and that is the most` };
    this.#underWay += known ? 0 : 1;
    try {
      const host: Host = {
        name,
        description: wanted.description,
        ttlSeconds: wanted.ttlSeconds,
        interfaceId: wanted.interfaceId ?? (wanted.follows && (known?.interfaceId ?? learned)),
        follows: wanted.follows,
        expiresAfterSeconds: wanted.expiresAfterSeconds,
        hasWildcardTwin: wanted.hasWildcardTwin,
        madeBy: known ? known.madeBy : madeBy,
        madeAtSeconds: known?.madeAtSeconds ?? unixSeconds(),
        version: (known?.version ?? 0) + 1,
      };
      return known && isSame(known, host) ? { kind: 'changed', value: known } : await this.#store(host);
    } finally {
      this.#underWay -= known ? 0 : 1;
    }
  }

  async #store(host: Host): Promise<Changed<Host>> {
    const { ledger, hosts, waiting } = this.#options;
    const document = { kind: 'host', key: host.name.wire, body: writeHost(host) } as const;
    const fault = writeFault(await ledger.write({ documents: [document], history: [] }));
    if (fault) return { kind: 'failed', fault };
    hosts.put(host);
    waiting.settled(host);
    return { kind: 'changed', value: host };
  }

  async #delete(name: Hostname, version: number | undefined, mayName: MayName): Promise<Changed<Host>> {
    const { ledger, hosts, waiting } = this.#options;
    const host = hosts.find(name);
    if (!host) return { kind: 'unknown' };
    if (version !== undefined && version !== host.version) return { kind: 'other-version', version: host.version };
    const followers = hosts.directFollowersOf(name);
    if (followers.length > 0) {
      const names = followers.map((each) => each.name);
      return { kind: 'refused', reason: followedReason(names, mayName) };
    }
    const documents = (['host', 'sighting'] as const).map((kind) => ({ kind, key: name.wire, body: undefined }));
    const fault = writeFault(await ledger.write({ documents, history: [] }));
    if (fault) return { kind: 'failed', fault };
    hosts.remove(host);
    waiting.settled(host);
    return { kind: 'changed', value: host };
  }

  /** Why it cannot be so. */
  #fault(name: Hostname, wanted: HostDescription, place: Place): string | undefined {
    const { limits, surroundings } = this.#options;
    const { ttl, zoneOf, zones } = surroundings();
    const { description, ttlSeconds, interfaceId, expiresAfterSeconds } = wanted;
    if (name.isWildcard) return 'a host is no wildcard; give the host itself a wildcard twin';
    if (!zoneOf(name)) return zoneReason(name, zones);
    const fault = descriptionFault(description, limits.descriptionCharacters);
    if (fault !== undefined) return fault;
    if (ttlSeconds !== undefined && !isWithin(ttlSeconds, ttl.minSeconds, ttl.maxSeconds))
      return `its TTL is ${ttl.minSeconds} to ${ttl.maxSeconds} seconds`;
    if (interfaceId !== undefined && interfaceId.length !== 16) return 'an interface ID has 16 octets';
    const { leastSeconds, mostSeconds } = hostExpiryBounds;
    if (expiresAfterSeconds !== undefined && !isWithin(expiresAfterSeconds, leastSeconds, mostSeconds))
      return `it expires after ${leastSeconds} to ${mostSeconds} seconds`;
    return this.#followsFault(name, wanted, place);
  }

  #followsFault(name: Hostname, { follows }: HostDescription, { known, mayName }: Place): string | undefined {
    if (!follows || known?.follows?.key === follows.key) return undefined;
    const { hosts } = this.#options;
    if (follows.key === name.key) return 'a host cannot follow itself';
    const followed = hosts.find(follows);
    if (!followed || follows.isWildcard) return `it cannot follow ${nameWords(follows)}, which is no host`;
    const chain = [follows];
    for (let next = followed.follows; next; next = hosts.find(next)?.follows) {
      chain.push(next);
      if (next.key === name.key) return circleReason(name, chain, mayName);
      if (chain.length > hosts.size) break;
    }
    return undefined;
  }

  /** Where it follows another, and nobody has said what its interface ID is: what its address tells. */
  async #learnedId(name: Hostname, { follows, interfaceId }: HostDescription): Promise<Uint8Array | undefined> {
    if (!follows || interfaceId || this.#options.hosts.find(name)?.interfaceId) return undefined;
    return interfaceIdOf((await this.#options.surroundings().currentIpv6(name)) ?? []);
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function isSame(known: Host, wanted: Host): boolean {
  return Buffer.compare(writeHost({ ...known, version: 0 }), writeHost({ ...wanted, version: 0 })) === 0;
}
