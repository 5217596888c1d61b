import { Type } from '../dns/codes.ts';
import { type PackedRecords, recordSetOf } from './packed-records.ts';

/** SERIAL, REFRESH, RETRY, EXPIRE and MINIMUM end the RDATA of a SOA record, with 4 octets each (RFC 1035 §3.3.13). */
const numberOctets = 4;
const serialFromEnd = 5 * numberOctets;

/** The SOA record among the records of a zone's apex; no records when it is missing. */
export function soaOf(apex: PackedRecords): PackedRecords {
  return recordSetOf(apex, Type.SOA);
}

export function serialOf(soa: PackedRecords): number {
  return numberAt(soa, soa.length - serialFromEnd);
}

export function withSerial(soa: PackedRecords, serial: number): PackedRecords {
  const at = soa.length - serialFromEnd;
  const octets = String.fromCharCode(serial >>> 24, (serial >>> 16) & 0xff, (serial >>> 8) & 0xff, serial & 0xff);
  return (soa.slice(0, at) + octets + soa.slice(at + numberOctets)) as PackedRecords;
}

function numberAt(octets: string, at: number): number {
  let value = 0;
  for (let index = 0; index < numberOctets; index += 1) value = ((value << 8) | octets.charCodeAt(at + index)) >>> 0;
  return value;
}
