import type { Name } from '../dns/name.ts';
import type { TsigKey } from '../dns/tsig.ts';
import type { Clock } from '../updates/clock.ts';
import { type ManagedZone, ZoneDirectory } from '../updates/zone-directory.ts';
import type { EmbeddedZones } from './embedded/embedded-zones.ts';
import type { PrimaryLimits } from './limits.ts';
import type { PrimaryObserver } from './primary-observer.ts';
import type { Endpoint } from './rfc2136/connection.ts';
import { NameTurns } from './rfc2136/name-turns.ts';
import { Nameserver } from './rfc2136/nameserver.ts';
import { Rfc2136Primary } from './rfc2136/rfc2136-primary.ts';
import { UnsettledNames } from './rfc2136/unsettled-names.ts';

/** A zone and where its truth lives, as the configuration says. */
export interface ZoneDescription {
  readonly name: Name;
  readonly primary: Rfc2136Description | EmbeddedPlace;
}

/** A zone on a nameserver that is not ours. */
export interface ExternalZoneDescription extends ZoneDescription {
  readonly primary: Rfc2136Description;
}

/** What else is to be said of a hosted zone is for `EmbeddedZones.configure`. */
export interface EmbeddedPlace {
  readonly kind: 'embedded';
}

export interface Rfc2136Description {
  readonly kind: 'rfc2136';
  /** An IPv4 or IPv6 address. */
  readonly nameserver: string;
  readonly port: number;
  readonly key: TsigKey;
}

export interface PrimaryPoolOptions {
  readonly clock: Clock;
  readonly limits: PrimaryLimits;
  readonly observer: PrimaryObserver;
  /** The zones that are hosted here; each has to be configured before a directory asks for it. */
  readonly embedded?: Pick<EmbeddedZones, 'primary'>;
}

/**
 * Makes the primaries of a configuration, and keeps those that a new configuration has unchanged.
 *
 * A reload then neither drops connections nor lets two primaries of one zone take turns on the same name. What is no
 * longer wanted ends when its work is done.
 */
export class PrimaryPool implements AsyncDisposable {
  readonly #options: PrimaryPoolOptions;
  #nameservers = new Map<string, Nameserver>();
  #zones = new Map<string, ManagedZone>();
  /** By zone name: a zone's next primary takes its turns behind what the one before has still to do. */
  readonly #turns = new Map<string, NameTurns>();
  /** By zone name as well: what one primary has left unconfirmed, the next must not call unchanged. */
  readonly #unsettled = new Map<string, UnsettledNames>();

  constructor(options: PrimaryPoolOptions) {
    this.#options = options;
  }

  /** The connections now in use, for metrics and readiness. */
  get nameservers(): readonly Nameserver[] {
    return [...this.#nameservers.values()];
  }

  /** The primaries for these zones, each made once and kept for as long as it is described the same. */
  directory(descriptions: readonly ZoneDescription[]): ZoneDirectory {
    const nameservers = new Map<string, Nameserver>();
    const zones = new Map<string, ManagedZone>();
    const managed: ManagedZone[] = [];
    for (const description of descriptions) {
      if (!isExternal(description)) {
        managed.push(this.#hosted(description.name));
        continue;
      }
      const { nameserver: address, port } = description.primary;
      const place = `${address} ${port}`;
      const nameserver = this.#nameservers.get(place) ?? nameservers.get(place) ?? this.#open({ address, port });
      nameservers.set(place, nameserver);
      const identity = identityOf(description);
      const zone = this.#zones.get(identity) ?? this.#manage(description, nameserver);
      zones.set(identity, zone);
      managed.push(zone);
    }
    const retiredZones = [...this.#zones].filter(([identity]) => !zones.has(identity)).map(([, zone]) => zone);
    const retiredNameservers = [...this.#nameservers]
      .filter(([place]) => !nameservers.has(place))
      .map(([, nameserver]) => nameserver);
    this.#nameservers = nameservers;
    this.#zones = zones;
    void retire(retiredZones, retiredNameservers);
    return new ZoneDirectory(managed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await retire([...this.#zones.values()], this.nameservers);
    this.#zones.clear();
    this.#nameservers.clear();
  }

  #hosted(name: Name): ManagedZone {
    const primary = this.#options.embedded?.primary(name);
    if (!primary) throw new Error(`The zone ${name.toString()} is hosted by nobody`);
    return { name, primary, isHosted: true };
  }

  #open(endpoint: Endpoint): Nameserver {
    return new Nameserver({ endpoint, clock: this.#options.clock, limits: this.#options.limits.nameserver });
  }

  #manage({ name, primary }: ExternalZoneDescription, nameserver: Nameserver): ManagedZone {
    const { clock, limits, observer } = this.#options;
    const turns = this.#turns.get(name.key) ?? new NameTurns();
    this.#turns.set(name.key, turns);
    const unsettled = this.#unsettled.get(name.key) ?? new UnsettledNames(limits.rfc2136.transactions);
    this.#unsettled.set(name.key, unsettled);
    return {
      name,
      primary: new Rfc2136Primary({
        zone: name,
        key: primary.key,
        nameserver,
        clock,
        limits: limits.rfc2136,
        observer,
        turns,
        unsettled,
      }),
    };
  }
}

export function isExternal<Zone extends ZoneDescription>(zone: Zone): zone is Zone & ExternalZoneDescription {
  return zone.primary.kind === 'rfc2136';
}

/** Zones first: their last work still needs the connections. */
async function retire(zones: readonly ManagedZone[], nameservers: readonly Nameserver[]): Promise<void> {
  await Promise.all(zones.map(({ primary }) => primary[Symbol.asyncDispose]()));
  await Promise.all(nameservers.map((nameserver) => nameserver[Symbol.asyncDispose]()));
}

function identityOf({ name, primary }: ExternalZoneDescription): string {
  const { nameserver, port, key } = primary;
  const secret = Buffer.from(key.secret).toString('base64');
  return JSON.stringify([name.key, nameserver, port, key.name.key, key.algorithm, secret]);
}
