import { fixedOctets, type PackedRecords, ttlSecondsAt } from '../zone/packed-records.ts';

/** How long a negative answer may be kept: the lesser of the SOA record's TTL and its MINIMUM (RFC 2308 §3, §5). */
export function negativeTtlSeconds(soa: PackedRecords): number {
  // MINIMUM ends the RDATA (RFC 1035 §3.3.13), where the TTL of a record would be 4 octets after its beginning
  return Math.min(ttlSecondsAt(soa, 0), ttlSecondsAt(soa, soa.length - 8) >>> 0);
}

/** The SOA record as negative answers carry it. */
export function negativeSoa(soa: PackedRecords): PackedRecords {
  const ttl = negativeTtlSeconds(soa);
  const octets = String.fromCharCode(ttl >>> 24, (ttl >>> 16) & 0xff, (ttl >>> 8) & 0xff, ttl & 0xff);
  return (soa.slice(0, fixedOctets - 6) + octets + soa.slice(fixedOctets - 2)) as PackedRecords;
}
