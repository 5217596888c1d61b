import type { Name } from '../dns/name.ts';
import type { Primary } from './ports.ts';

/** A zone that the service looks after, and where its truth lives. */
export interface ManagedZone {
  readonly name: Name;
  readonly primary: Primary;
}

/** The zones by name; finds the one that a name belongs to. */
export class ZoneDirectory {
  readonly zones: readonly ManagedZone[];
  readonly #byName: ReadonlyMap<string, ManagedZone>;

  constructor(zones: readonly ManagedZone[]) {
    this.zones = zones;
    this.#byName = new Map(zones.map((zone) => [zone.name.key, zone]));
  }

  /** The zone with the most labels that ends the name, label by label; undefined when the name is in none. */
  find(name: Name): ManagedZone | undefined {
    for (let ancestor: Name | undefined = name; ancestor; ancestor = ancestor.parent()) {
      const zone = this.#byName.get(ancestor.key);
      if (zone) return zone;
    }
    return undefined;
  }
}
