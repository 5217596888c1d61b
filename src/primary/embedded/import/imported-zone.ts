import { Type, typeName } from '../../../dns/codes.ts';
import type { ResourceRecord } from '../../../dns/message.ts';
import type { Name } from '../../../dns/name.ts';
import type { SoaRdata } from '../../../dns/rdata.ts';
import { isRdataOfType } from '../../../dns/rdata-check.ts';
import { type NameKey, nameOfKey } from '../../../zone/name-key.ts';
import {
  compactRecords,
  countRecordSets,
  hasType,
  noRecords,
  type PackedRecords,
  packRecord,
  recordSetOf,
  withRecordSet,
} from '../../../zone/packed-records.ts';
import { addRecord, isSameRecordSet, isSingleton } from '../../../zone/record-set-change.ts';

/** A zone from elsewhere, as far as it can become one of ours. */
export interface ImportedZone {
  readonly serial: number;
  /** The SOA record as it was elsewhere. */
  readonly soa: SoaRdata;
  /** All but the SOA record, the NS records at the apex, and what is left out. */
  readonly names: ReadonlyMap<NameKey, PackedRecords>;
  /** The NS records at the apex. */
  readonly nameservers: PackedRecords;
  /** By type, how many records of DNSSEC there were. */
  readonly leftOut: ReadonlyMap<string, number>;
}

export type CollectedZone =
  | { readonly kind: 'collected'; readonly imported: ImportedZone }
  | { readonly kind: 'invalid'; readonly reason: string };

/** BIND keeps there how far it is with signing a zone; it is nobody else's affair. */
const bindSigningState = 65_534;

/**
 * What only holds for the zone as it was signed: signatures, keys and proofs of absence, and a digest over all (RFC 8976). A DS record is
 * about a zone below, and stays.
 */
const signedZoneOnly: ReadonlySet<number> = new Set([
  Type.SIG,
  Type.NXT,
  Type.RRSIG,
  Type.NSEC,
  Type.DNSKEY,
  Type.NSEC3,
  Type.NSEC3PARAM,
  Type.CDS,
  Type.CDNSKEY,
  Type.ZONEMD,
  bindSigningState,
]);

/** Takes the records of a zone from elsewhere, one by one and in any order, and sees that they are a zone. */
export class ImportCollector {
  readonly #origin: Name;
  readonly #names = new Map<NameKey, PackedRecords>();
  readonly #leftOut = new Map<string, number>();
  #soa: SoaRdata | undefined;
  #nameservers = noRecords;
  #reason: string | undefined;

  constructor(origin: Name) {
    this.#origin = origin;
  }

  add({ name, type, ttl, rdata }: ResourceRecord): void {
    if (!name.isAtOrBelow(this.#origin)) {
      this.#reason ??= `${name.toString()} is outside of the zone ${this.#origin.toString()}`;
      return;
    }
    if (signedZoneOnly.has(type)) {
      this.#leftOut.set(typeName(type), (this.#leftOut.get(typeName(type)) ?? 0) + 1);
      return;
    }
    const isApex = name.equals(this.#origin);
    if (rdata.kind === 'SOA') {
      if (isApex) this.#soa = rdata;
      return;
    }
    if (rdata.kind === 'opaque' && !isRdataOfType(type, rdata.octets)) {
      this.#reason ??= `${name.toString()} has a ${typeName(type)} record with data that is not of its type`;
      return;
    }
    const record = packRecord({ type, ttlSeconds: ttl, rdata });
    if (isApex && type === Type.NS) {
      this.#nameservers = addRecord(this.#nameservers, record);
      return;
    }
    const before = this.#names.get(name.key) ?? noRecords;
    const set = recordSetOf(before, type);
    if (isSingleton(type) && set !== noRecords && !isSameRecordSet(set, record))
      this.#reason ??= `${name.toString()} has two ${typeName(type)} records, and can have one`;
    this.#names.set(name.key, withRecordSet(before, type, addRecord(set, record)));
  }

  finish(): CollectedZone {
    if (this.#reason !== undefined) return { kind: 'invalid', reason: this.#reason };
    if (this.#soa === undefined)
      return { kind: 'invalid', reason: `There is no SOA record of ${this.#origin.toString()}` };
    // Slices of long texts would keep them alive.
    for (const [key, records] of this.#names) {
      // RFC 1034 §3.6.2
      if (hasType(records, Type.CNAME) && countRecordSets(records) > 1)
        return { kind: 'invalid', reason: `${nameOfKey(key).toString()} has a CNAME record and others` };
      this.#names.set(key, compactRecords(records));
    }
    const imported = {
      serial: this.#soa.serial,
      soa: this.#soa,
      names: this.#names,
      nameservers: this.#nameservers,
      leftOut: this.#leftOut,
    };
    return { kind: 'collected', imported };
  }
}
