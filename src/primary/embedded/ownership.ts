import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { UpdateOperation } from '../../dns/update.ts';
import type { RecordOrigin } from '../../store/zone-store.ts';
import { type NameKey, parentKey } from '../../zone/name-key.ts';
import { packRecord, recordSetOf, splitRecordSets, typeAt } from '../../zone/packed-records.ts';
import { soaOf, withSerial } from '../../zone/soa.ts';
import type { ZoneView } from '../../zone/zone-view.ts';

/**
 * Which RRsets of a zone are static: the configuration alone says what they are, and an update may not change them.
 *
 * Ownership is per name and type, so that a name with a static MX record may have a dynamic address. A static CNAME or
 * delegation owns its whole name: beside the one nothing can stand (RFC 1034 §3.6.2), and what stands beside the other is
 * another zone's.
 */
export class Ownership {
  readonly #origin: Name;
  /** For each static RRset where it is configured. */
  readonly #places: ReadonlyMap<NameKey, ReadonlyMap<number, string>>;
  /** For each name that has static names below it, where a record of one of them is configured. */
  readonly #placesBelow: ReadonlyMap<NameKey, string>;

  constructor(origin: Name, places: ReadonlyMap<NameKey, ReadonlyMap<number, string>>) {
    this.#origin = origin;
    this.#places = places;
    this.#placesBelow = placesBelow(origin.key, places);
  }

  isStatic(key: NameKey, type: number): boolean {
    return this.#places.get(key)?.has(type) === true;
  }

  readonly originOf = (key: NameKey, type: number): RecordOrigin => (this.isStatic(key, type) ? 'static' : 'dynamic');

  /** Where it is configured that updates may not change this RRset; undefined where they may. */
  placeOf(key: NameKey, type: number): string | undefined {
    const types = this.#places.get(key);
    return types && (types.get(type) ?? this.#wholeNamePlace(key, types));
  }

  /** Whether updates may change nothing at all at this name. */
  ownsName(key: NameKey): boolean {
    const types = this.#places.get(key);
    return types !== undefined && this.#wholeNamePlace(key, types) !== undefined;
  }

  *sets(): Generator<readonly [key: NameKey, type: number], void, undefined> {
    for (const [key, types] of this.#places) for (const type of types.keys()) yield [key, type];
  }

  /**
   * Where a static record is configured that nobody would see any more if this RRset stood there: at the name or below it behind NS
   * records, other than those of the apex (RFC 1034 §4.3.2, 3b), and below it behind a DNAME record (RFC 6672 §2.4).
   */
  placeHiddenBy(key: NameKey, type: number): string | undefined {
    if (type === Type.DNAME) return this.#placesBelow.get(key);
    if (type !== Type.NS || key === this.#origin.key) return undefined;
    return this.#places.get(key)?.values().next().value ?? this.#placesBelow.get(key);
  }

  /** Why this change may not be made, in words that go on from what it is; undefined where it may. */
  reasonAgainst(operation: UpdateOperation, view: ZoneView): string | undefined {
    const place = this.#placeAgainst(operation, view);
    if (place !== undefined) return `it is configured at ${place}`;
    const hidden = operation.kind === 'add' ? this.placeHiddenBy(operation.name.key, operation.type) : undefined;
    return hidden && `it would hide what is configured at ${hidden}`;
  }

  #placeAgainst(operation: UpdateOperation, view: ZoneView): string | undefined {
    const { key } = operation.name;
    if (!this.#places.has(key)) return undefined;
    if (operation.kind === 'delete-name') {
      // RFC 2136 §3.4.2.3: of the apex, SOA and NS stay anyway.
      const types = splitRecordSets(view.records(key)).map((set) => typeAt(set, 0));
      const doomed = types.filter((type) => !this.#isApexPillar(key, type));
      return doomed.map((type) => this.placeOf(key, type)).find((place) => place !== undefined);
    }
    const { type } = operation;
    if (operation.kind === 'delete-rrset' && this.#isApexPillar(key, type)) return undefined;
    if (type === Type.SOA && key === this.#origin.key && leavesSoa(operation, view)) return undefined;
    return this.placeOf(key, type);
  }

  #wholeNamePlace(key: NameKey, types: ReadonlyMap<number, string>): string | undefined {
    return types.get(Type.CNAME) ?? (key === this.#origin.key ? undefined : types.get(Type.NS));
  }

  #isApexPillar(key: NameKey, type: number): boolean {
    return key === this.#origin.key && (type === Type.SOA || type === Type.NS);
  }
}

function placesBelow(
  apex: NameKey,
  places: ReadonlyMap<NameKey, ReadonlyMap<number, string>>,
): ReadonlyMap<NameKey, string> {
  const found = new Map<NameKey, string>();
  for (const [key, types] of places) {
    for (let name = key; name !== apex;) {
      name = parentKey(name);
      if (found.has(name)) break;
      for (const place of types.values()) found.set(name, place);
    }
  }
  return found;
}

/**
 * Whether the SOA record stays what the configuration makes it. Its serial is nobody's: an administrator may raise it (RFC
 * 2136 §3.4.2.2). To delete it is to be ignored (§3.4.2.4).
 */
function leavesSoa(operation: Exclude<UpdateOperation, { kind: 'delete-name' }>, view: ZoneView): boolean {
  if (operation.kind !== 'add') return true;
  const { type, ttl, rdata } = operation;
  const wanted = withSerial(packRecord({ type, ttlSeconds: ttl, rdata }), view.serial);
  return wanted === soaOf(recordSetOf(view.records(view.origin.key), Type.SOA));
}
