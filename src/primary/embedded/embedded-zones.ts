import type { Name } from '../../dns/name.ts';
import type { TsigKey } from '../../dns/tsig.ts';
import type { ServedZones } from '../../nameserver/served-zones.ts';
import { explainStoreFault } from '../../store/store-fault.ts';
import type { StoredZone } from '../../store/zone-store.ts';
import type { Primary } from '../../updates/ports.ts';
import { type Explanation, explainFault } from '../../updates/fault.ts';
import { type NameKey, parentKey } from '../../zone/name-key.ts';
import { faultOf } from './embedded-fault.ts';
import { EmbeddedPrimary } from './embedded-primary.ts';
import type { HostedZone, HostedZoneOptions } from './hosted-zone.ts';
import { type KeyHolders, noKeyHolders } from './key-holders.ts';
import type { ImportedZone } from './import/imported-zone.ts';
import type { ImportMode, ImportOutcome } from './import/import-report.ts';
import { planImport } from './import/plan-import.ts';
import { type OpenedZone, openHostedZone } from './open-hosted-zone.ts';
import { ServedHostedZone } from './served-hosted-zone.ts';
import { type StaticContent, staticContent, type StaticRecord } from './static-content.ts';
import type { WriteFailure } from './submission.ts';

/** A zone that is hosted here, as the configuration says. */
export interface EmbeddedZoneDescription {
  readonly name: Name;
  /** The administrator's; without one, nobody updates by DNS. */
  readonly key: TsigKey | undefined;
  /** One SOA record and NS records at the apex among them; the serial of the SOA record does not count. */
  readonly records: readonly StaticRecord[];
  /** Whether UPDATEs may set only addresses that everybody can reach. */
  readonly publicAddressesOnly?: boolean;
}

export interface EmbeddedDescription {
  readonly zones: readonly EmbeddedZoneDescription[];
  /** Whoever holds one may transfer every zone. */
  readonly transferKeys: readonly TsigKey[];
}

export type ZonesConfigured =
  | { readonly kind: 'configured'; readonly warnings: readonly string[] }
  | ({ readonly kind: 'failed' } & Explanation);

/** What is left of it cannot fail. */
export type ZonesPrepared =
  | {
      readonly kind: 'prepared';
      readonly warnings: readonly string[];
      /** At once. @returns when zones that are not hosted any more have come to rest, what is to be told of that */
      readonly putInForce: () => Promise<readonly string[]>;
    }
  | ({ readonly kind: 'failed' } & Explanation);

interface Place {
  readonly entry: Entry;
  readonly content: StaticContent;
  readonly key: TsigKey | undefined;
  readonly publicAddressesOnly: boolean;
}

interface Entry {
  readonly hosted: HostedZone;
  readonly served: ServedHostedZone;
  readonly primary: Primary;
}

export interface EmbeddedZonesOptions extends HostedZoneOptions {
  /** Keys besides those of the configuration, which come first; absent: none. */
  readonly keyHolders?: KeyHolders;
}

/** All zones that are hosted here. The store belongs to whoever opened it. */
export class EmbeddedZones implements ServedZones, AsyncDisposable {
  readonly #options: EmbeddedZonesOptions;
  #entries: ReadonlyMap<NameKey, Entry> = new Map();
  #keys: ReadonlyMap<NameKey, TsigKey> = new Map();

  constructor(options: EmbeddedZonesOptions) {
    this.#options = options;
  }

  /**
   * Does all of a new configuration that can fail: zones are loaded, made or woken up, and not served yet; then static records
   * become what they shall be. What does not change is not touched. One at a time.
   *
   * When it fails, what was hosted still is, by whom and for whom it was; should static records of some zones be the new ones
   * already, the explanation says of which.
   */
  async prepare(description: EmbeddedDescription): Promise<ZonesPrepared> {
    const listed = await this.#options.store.zones();
    if (listed.kind === 'failed') return { kind: 'failed', ...explainStoreFault(listed.fault) };
    const stored = new Map(listed.zones.map((zone) => [zone.zone.key, zone]));
    const opened: Entry[] = [];
    const places: Place[] = [];
    const changed: string[] = [];
    const giveUp = async (name: Name, failure: WriteFailure): Promise<ZonesPrepared> => {
      await this.#closeAll(opened);
      await this.#sendToSleep(opened.map(({ hosted }) => hosted.origin));
      return { kind: 'failed', ...failureWords(name, failure, changed) };
    };
    for (const zone of description.zones) {
      const content = staticContent(zone.name, zone.records);
      const known = this.#entries.get(zone.name.key);
      const found = known ? { kind: 'opened' as const, entry: known } : await this.#open(zone.name, stored, content);
      if (found.kind === 'failed') return await giveUp(zone.name, found.failure);
      if (!known) opened.push(found.entry);
      places.push({
        entry: found.entry,
        content,
        key: zone.key,
        publicAddressesOnly: zone.publicAddressesOnly === true,
      });
    }
    const warnings: string[] = [];
    for (const { entry, content } of places) {
      const { origin } = entry.hosted;
      const { serial } = entry.hosted.zone;
      const configured = await entry.hosted.configure(content);
      if (configured.kind === 'failed') return await giveUp(origin, configured.failure);
      if (entry.hosted.zone.serial !== serial && !opened.includes(entry)) changed.push(origin.toString());
      warnings.push(...configured.warnings);
    }
    return { kind: 'prepared', warnings, putInForce: () => this.#putInForce(places, description) };
  }

  /** {@link prepare}, puts it in force, and waits until what is not hosted any more sleeps. */
  async configure(description: EmbeddedDescription): Promise<ZonesConfigured> {
    const prepared = await this.prepare(description);
    if (prepared.kind === 'failed') return prepared;
    return { kind: 'configured', warnings: [...prepared.warnings, ...(await prepared.putInForce())] };
  }

  /** The primary of a hosted zone; the same one for as long as the zone is hosted. */
  primary(zone: Name): Primary | undefined {
    return this.#entries.get(zone.key)?.primary;
  }

  /** Makes what was imported the dynamic content of a zone, in one step; secondaries are told as of any change. */
  async importZone(name: Name, imported: ImportedZone, mode: ImportMode): Promise<ImportOutcome> {
    const hosted = this.#entries.get(name.key)?.hosted;
    if (!hosted) {
      return {
        kind: 'refused',
        reason: `The zone ${name.toString()} is not hosted here.`,
        remedy:
          'Put it into the configuration with nameserver: embedded, and let the service read that again (SIGHUP).',
      };
    }
    const settled = await hosted.rewrite<ImportOutcome>({
      plan: (zone, ownership) => planImport(zone, ownership, imported, { mode, limits: hosted.limits.zone }),
    });
    return settled.kind === 'settled'
      ? settled.verdict
      : { kind: 'failed', fault: faultOf(settled.failure, name.toString()) };
  }

  get(origin: NameKey): ServedHostedZone | undefined {
    return this.#entries.get(origin)?.served;
  }

  find(name: NameKey): ServedHostedZone | undefined {
    for (let key = name; ; key = parentKey(key)) {
      const entry = this.#entries.get(key);
      if (entry || key.length === 1) return entry?.served;
    }
  }

  findKey(name: Name): TsigKey | undefined {
    return this.#keys.get(name.key) ?? this.#options.keyHolders?.find(name);
  }

  *[Symbol.iterator](): Iterator<ServedHostedZone> {
    for (const { served } of this.#entries.values()) yield served;
  }

  /** Waits for the updates that are in line, and takes no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeAll([...this.#entries.values()]);
  }

  async #open(
    name: Name,
    stored: ReadonlyMap<NameKey, StoredZone>,
    content: StaticContent,
  ): Promise<{ readonly kind: 'opened'; readonly entry: Entry } | Extract<OpenedZone, { kind: 'failed' }>> {
    const opened = await openHostedZone(name, stored.get(name.key), content, this.#options);
    if (opened.kind === 'failed') return opened;
    const { hosted } = opened;
    const served = new ServedHostedZone(hosted, this.#options.clock, this.#options.keyHolders ?? noKeyHolders);
    return { kind: 'opened', entry: { hosted, served, primary: new EmbeddedPrimary(hosted) } };
  }

  /** In one step for whoever asks; what it returns is only the tidying up, and what has to be told of that. */
  #putInForce(places: readonly Place[], { zones, transferKeys }: EmbeddedDescription): Promise<readonly string[]> {
    const before = this.#entries;
    this.#entries = new Map(places.map(({ entry }) => [entry.hosted.origin.key, entry]));
    this.#keys = keysByName([...zones.flatMap(({ key }) => key ?? []), ...transferKeys]);
    for (const { entry, key, publicAddressesOnly } of places)
      entry.served.grant({ key, transferKeys, publicAddressesOnly });
    return this.#retire([...before.values()].filter(({ hosted }) => !this.#entries.has(hosted.origin.key)));
  }

  /** What is in line is still done. What is in the store and not in the configuration keeps its data, and nobody changes it. */
  async #retire(entries: readonly Entry[]): Promise<readonly string[]> {
    await this.#closeAll(entries);
    const listed = await this.#options.store.zones();
    if (listed.kind === 'failed') return [explainStoreFault(listed.fault).cause];
    const awake = listed.zones.filter(({ zone, isDormant }) => !isDormant && !this.#entries.has(zone.key));
    return await this.#sendToSleep(awake.map(({ zone }) => zone));
  }

  /** @returns what could not be done; the next configuration tries it again */
  async #sendToSleep(zones: readonly Name[]): Promise<readonly string[]> {
    const warnings: string[] = [];
    for (const zone of zones) {
      const result = await this.#options.store.setDormant(zone, true);
      if (result.kind !== 'failed' && result.kind !== 'unconfirmed') continue;
      warnings.push(`the zone ${zone.toString()} is not hosted any more. ${explainStoreFault(result.fault).cause}`);
    }
    return warnings;
  }

  async #closeAll(entries: readonly Entry[]): Promise<void> {
    await Promise.all(entries.map(({ hosted }) => hosted[Symbol.asyncDispose]()));
  }
}

function keysByName(keys: readonly TsigKey[]): ReadonlyMap<NameKey, TsigKey> {
  return new Map(keys.map((key) => [key.name.key, key]));
}

function failureWords(zone: Name, failure: WriteFailure, changed: readonly string[]): Explanation {
  // Nobody has asked for an update: the database's own words say it all.
  const { cause, remedy } =
    failure.kind === 'not-stored' ? explainStoreFault(failure.fault) : explainFault(faultOf(failure, zone.toString()));
  if (changed.length === 0) return { cause, remedy };
  return { cause: `${cause} The static records of ${changed.join(', ')} are the new ones already.`, remedy };
}
