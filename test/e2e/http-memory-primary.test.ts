import assert from 'node:assert/strict';
import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { Rdata } from '../../src/dns/rdata.ts';
import { parseAddress } from '../../src/updates/address.ts';
import { primaryContract } from '../contract/primary-contract.ts';
import { MemoryPrimary } from './memory-primary.ts';

// What stands in for a nameserver in the HTTP tests has to keep a nameserver's promises.
primaryContract('memory', async (_t, lines) => {
  const zone = Name.parse('zone.example.');
  const primary = new MemoryPrimary(zone);
  primary.place({
    name: zone,
    type: Type.SOA,
    ttlSeconds: 60,
    rdatas: [{ kind: 'SOA', mname: zone, rname: zone, serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1 }],
  });
  const byName = Object.groupBy(lines, (line) => line.split(' ')[0] ?? '');
  for (const [owner, records = []] of Object.entries(byName)) {
    const rdatas = records.map(parseRdata);
    const name = Name.parse(`${owner}.${zone.toString()}`);
    const kind = rdatas[0]?.kind;
    assert.ok(kind === 'A' || kind === 'CNAME' || kind === 'NS');
    primary.place({ name, type: Type[kind], ttlSeconds: 60, rdatas });
  }
  return {
    primary,
    zone,
    lookUp: (name, type) => Promise.resolve(primary.lookUp(name, type)),
    serial: () => Promise.resolve(primary.serial),
    [Symbol.asyncDispose]: () => primary[Symbol.asyncDispose](),
  };
});

function parseRdata(line: string): Rdata {
  const [, , , type, value = ''] = line.split(' ');
  if (type === 'CNAME' || type === 'NS') return { kind: type, target: Name.parse(value) };
  const address = parseAddress(value);
  assert.ok(type === 'A' && address);
  return { kind: 'A', address: address.octets };
}
