import type { Name } from '../dns/name.ts';
import type { Asker } from './asker.ts';
import type { Primary } from './ports.ts';

/** A zone that the service looks after, and where its truth lives. */
export interface ManagedZone {
  readonly name: Name;
  readonly primary: Primary;
  /** Whether its primary is built in, and not another program. */
  readonly isHosted?: boolean;
  /** What holds for the addresses of its names, whoever asks; absent: what holds for all. */
  readonly addressPermission?: Asker['addressPermission'];
}

/** The zones by name; finds the one that a name belongs to. */
export class ZoneDirectory<Zone extends Pick<ManagedZone, 'name'> = ManagedZone> {
  readonly zones: readonly Zone[];
  readonly #byName: ReadonlyMap<string, Zone>;

  constructor(zones: readonly Zone[]) {
    this.zones = zones;
    this.#byName = new Map(zones.map((zone) => [zone.name.key, zone]));
  }

  /** The zone with the most labels that ends the name, label by label; undefined when the name is in none. */
  find(name: Name): Zone | undefined {
    // A key begins with the length of its first label, so the key of the parent is the rest; the root's has one character.
    for (let { key } = name; ; key = key.slice(1 + key.charCodeAt(0))) {
      const zone = this.#byName.get(key);
      if (zone || key.length === 1) return zone;
    }
  }
}
