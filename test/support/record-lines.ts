import { isIPv6 } from 'node:net';

import { Class, parseType, Type } from '../../src/dns/codes.ts';
import type { ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import type { Rdata } from '../../src/dns/rdata.ts';

/** What a SOA line with nothing but its serial means. */
const soaRest = { refresh: 3600, retry: 600, expire: 1_209_600, minimum: 60 };

/**
 * Records of lines `NAME TYPE VALUE`, names complete, TTL 3600: as much of the master file format as tests of zones need. A type without a case
 * here holds its value's characters as octets.
 */
export function parseRecordLines(lines: readonly string[]): ResourceRecord[] {
  return lines.map((text) => {
    const [name = '', typeText = '', ...values] = text.split(/\s+/);
    const type = parseType(typeText);
    if (type === undefined) throw new Error(`no type in: ${text}`);
    return { name: Name.parse(name), type, class: Class.IN, ttl: 3600, rdata: parseRdata(type, values) };
  });
}

function parseRdata(type: number, values: readonly string[]): Rdata {
  const [first = '', second = ''] = values;
  switch (type) {
    case Type.A:
      return { kind: 'A', address: Uint8Array.from(first.split('.').map(Number)) };
    case Type.AAAA:
      return { kind: 'AAAA', address: ipv6(first) };
    case Type.TXT:
      return { kind: 'TXT', strings: [Buffer.from(values.join(' '))] };
    case Type.NS:
      return { kind: 'NS', target: Name.parse(first) };
    case Type.CNAME:
      return { kind: 'CNAME', target: Name.parse(first) };
    case Type.MX:
      return { kind: 'MX', preference: Number(first), exchange: Name.parse(second) };
    case Type.SOA: {
      const names = { mname: Name.parse('ns.example.net'), rname: Name.parse('hostmaster.example.net') };
      return { kind: 'SOA', ...names, serial: Number(first), ...soaRest };
    }
    case Type.DNAME:
      return { kind: 'opaque', octets: Name.parse(first).wire };
    default:
      return { kind: 'opaque', octets: Uint8Array.from(Buffer.from(values.join(' '))) };
  }
}

function ipv6(text: string): Uint8Array {
  if (!isIPv6(text) || text.includes('.')) throw new Error(`${text} is no IPv6 address in groups`);
  const groupsOf = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'));
  const [head, tail] = text.split('::').map(groupsOf) as [string[], string[]?];
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  const after = tail ?? [];
  for (const [index, group] of head.entries()) view.setUint16(index * 2, Number.parseInt(group, 16));
  for (const [index, group] of after.entries())
    view.setUint16(16 - 2 * (after.length - index), Number.parseInt(group, 16));
  return octets;
}
