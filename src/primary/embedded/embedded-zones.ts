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
import type { Configured, HostedZone, HostedZoneOptions } from './hosted-zone.ts';
import type { ImportedZone } from './import/imported-zone.ts';
import type { ImportMode, ImportOutcome } from './import/import-report.ts';
import { planImport } from './import/plan-import.ts';
import { openHostedZone } from './open-hosted-zone.ts';
import { ServedHostedZone } from './served-hosted-zone.ts';
import { staticContent, type StaticRecord } from './static-content.ts';
import type { WriteFailure } from './submission.ts';

/** A zone that is hosted here, as the configuration says. */
export interface EmbeddedZoneDescription {
  readonly name: Name;
  /** The administrator's; without one, nobody updates by DNS. */
  readonly key: TsigKey | undefined;
  /** One SOA record and NS records at the apex among them; the serial of the SOA record does not count. */
  readonly records: readonly StaticRecord[];
}

export interface EmbeddedDescription {
  readonly zones: readonly EmbeddedZoneDescription[];
  /** Whoever holds one may transfer every zone. */
  readonly transferKeys: readonly TsigKey[];
}

export type ZonesConfigured =
  | { readonly kind: 'configured'; readonly warnings: readonly string[] }
  | ({ readonly kind: 'failed' } & Explanation);

interface Entry {
  readonly hosted: HostedZone;
  readonly served: ServedHostedZone;
  readonly primary: Primary;
}

/** All zones that are hosted here. The store belongs to whoever opened it. */
export class EmbeddedZones implements ServedZones, AsyncDisposable {
  readonly #options: HostedZoneOptions;
  #entries: ReadonlyMap<NameKey, Entry> = new Map();
  #keys: ReadonlyMap<NameKey, TsigKey> = new Map();

  constructor(options: HostedZoneOptions) {
    this.#options = options;
  }

  /**
   * Puts a configuration in force: new zones are made or woken up, static records become what they shall be, and zones that
   * are not in it fall asleep with their data. What does not change is not touched.
   *
   * One at a time. When it fails, zones that were hosted still are, and may have their new static records already.
   */
  async configure({ zones, transferKeys }: EmbeddedDescription): Promise<ZonesConfigured> {
    const listed = await this.#options.store.zones();
    if (listed.kind === 'failed') return { kind: 'failed', ...explainStoreFault(listed.fault) };
    const stored = new Map(listed.zones.map((zone) => [zone.zone.key, zone]));
    const entries = new Map<NameKey, Entry>();
    const warnings: string[] = [];
    for (const description of zones) {
      const { name } = description;
      const put = await this.#putInForce(description, transferKeys, stored.get(name.key), entries);
      if (put.kind === 'failed') {
        await this.#closeAll(
          [...entries.values()].filter((entry) => this.#entries.get(entry.hosted.origin.key) !== entry),
        );
        return { kind: 'failed', ...explainFault(faultOf(put.failure, name.toString())) };
      }
      warnings.push(...put.warnings);
    }
    const retired = [...this.#entries.values()].filter(({ hosted }) => !entries.has(hosted.origin.key));
    this.#entries = entries;
    this.#keys = keysByName([...zones.flatMap(({ key }) => key ?? []), ...transferKeys]);
    await this.#closeAll(retired);
    return await this.#sendToSleep(listed.zones, warnings);
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
    return this.#keys.get(name.key);
  }

  *[Symbol.iterator](): Iterator<ServedHostedZone> {
    for (const { served } of this.#entries.values()) yield served;
  }

  /** Waits for the updates that are in line, and takes no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeAll([...this.#entries.values()]);
  }

  async #putInForce(
    { name, key, records }: EmbeddedZoneDescription,
    transferKeys: readonly TsigKey[],
    stored: StoredZone | undefined,
    entries: Map<NameKey, Entry>,
  ): Promise<Configured> {
    const content = staticContent(name, records);
    let entry = this.#entries.get(name.key);
    if (!entry) {
      const opened = await openHostedZone(name, stored, content, this.#options);
      if (opened.kind === 'failed') return opened;
      const { hosted } = opened;
      const served = new ServedHostedZone(hosted, this.#options.clock);
      entry = { hosted, served, primary: new EmbeddedPrimary(hosted) };
    }
    entries.set(name.key, entry);
    const configured = await entry.hosted.configure(content);
    if (configured.kind === 'configured') entry.served.grant({ key, transferKeys });
    return configured;
  }

  /** What is in the store and not in the configuration keeps its data, and nobody changes it. */
  async #sendToSleep(stored: readonly StoredZone[], warnings: readonly string[]): Promise<ZonesConfigured> {
    for (const { zone, isDormant } of stored) {
      if (isDormant || this.#entries.has(zone.key)) continue;
      const result = await this.#options.store.setDormant(zone, true);
      if (result.kind === 'failed' || result.kind === 'unconfirmed')
        return failed(zone, { kind: 'not-stored', fault: result.fault });
    }
    return { kind: 'configured', warnings };
  }

  async #closeAll(entries: readonly Entry[]): Promise<void> {
    await Promise.all(entries.map(({ hosted }) => hosted[Symbol.asyncDispose]()));
  }
}

function keysByName(keys: readonly TsigKey[]): ReadonlyMap<NameKey, TsigKey> {
  return new Map(keys.map((key) => [key.name.key, key]));
}

function failed(zone: Name, failure: WriteFailure): ZonesConfigured {
  return { kind: 'failed', ...explainFault(faultOf(failure, zone.toString())) };
}
