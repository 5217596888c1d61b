import { Class, Type } from '../../src/dns/codes.ts';
import type { ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';

export const benchZone = 'dyn.example.';
export const benchNames = 10_000;

export function benchName(index: number): string {
  return `host${index}.${benchZone}`;
}

/** A SOA and an NS record, and an address for each name. */
export function benchRecords(): ResourceRecord[] {
  const origin = Name.parse(benchZone);
  const nameserver = Name.parse(`ns.${benchZone}`);
  const record = (name: Name, type: number, rdata: ResourceRecord['rdata']): ResourceRecord => {
    return { name, type, class: Class.IN, ttl: 300, rdata };
  };
  const numbers = { serial: 1, refresh: 3600, retry: 600, expire: 1_209_600, minimum: 60 };
  return [
    record(origin, Type.SOA, { kind: 'SOA', mname: nameserver, rname: nameserver, ...numbers }),
    record(origin, Type.NS, { kind: 'NS', target: nameserver }),
    record(nameserver, Type.A, { kind: 'A', address: Uint8Array.of(127, 0, 0, 1) }),
    ...Array.from({ length: benchNames }, (_, index) =>
      record(Name.parse(benchName(index)), Type.A, {
        kind: 'A',
        address: Uint8Array.of(192, 0, index >>> 8, index),
      }),
    ),
  ];
}
