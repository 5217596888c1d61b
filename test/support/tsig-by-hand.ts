import { Name } from '../../src/dns/name.ts';
import { fromHex, toHex } from './vectors.ts';

/** A TSIG record written by hand, octet for octet (RFC 8945 §4.2). */
export function tsigRecord(
  keyName: string,
  algorithm: string,
  timeSigned: number,
  mac: string,
  originalId: number,
  error: number,
  otherData: string,
): Uint8Array {
  const hex = (value: number, octets: number): string => value.toString(16).padStart(octets * 2, '0');
  const rdata = [
    toHex(Name.parse(algorithm).wire),
    hex(timeSigned, 6),
    hex(300, 2),
    hex(mac.length / 2, 2),
    mac,
    hex(originalId, 2),
    hex(error, 2),
    hex(otherData.length / 2, 2),
    otherData,
  ].join('');
  return fromHex(`${toHex(Name.parse(keyName).wire)} 00fa 00ff 00000000 ${hex(rdata.length / 2, 2)} ${rdata}`);
}
