import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { UpdateOperation } from '../../dns/update.ts';
import type { RecordOrigin } from '../../store/zone-store.ts';
import type { NameKey } from '../../zone/name-key.ts';
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

  constructor(origin: Name, places: ReadonlyMap<NameKey, ReadonlyMap<number, string>>) {
    this.#origin = origin;
    this.#places = places;
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

  /** Where it is configured that this change may not be made; undefined where it may. */
  placeAgainst(operation: UpdateOperation, view: ZoneView): string | undefined {
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
