import * as fc from 'fast-check';

import { Class, Type } from '../../src/dns/codes.ts';
import type { Message, ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { emptyRdata, type Rdata } from '../../src/dns/rdata.ts';
import { origin, updateOf } from './transfer-fixture.ts';

/** Updates of the zone of the transfers: of a few hundred names, so that each is changed now and then and most change something. */

const octet = fc.integer({ min: 0, max: 255 });
const address = (octets: number) =>
  fc.array(octet, { minLength: octets, maxLength: octets }).map((all) => Uint8Array.from(all));
/** In lower case, as Knot keeps them. */
const target = fc.constantFrom('one', 'two', 'three').map((label) => Name.parse(`${label}.other.test.`));

const rdata: fc.Arbitrary<{ readonly type: number; readonly rdata: Rdata }> = fc.oneof(
  address(4).map((value) => ({ type: Type.A, rdata: { kind: 'A', address: value } as const })),
  address(16).map((value) => ({ type: Type.AAAA, rdata: { kind: 'AAAA', address: value } as const })),
  fc
    .array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 3 })
    .map((strings) => ({ type: Type.TXT, rdata: { kind: 'TXT', strings } as const })),
  target.map((exchange) => ({ type: Type.MX, rdata: { kind: 'MX', preference: 10, exchange } as const })),
  target.map((value) => ({ type: Type.CNAME, rdata: { kind: 'CNAME', target: value } as const })),
  target.map((value) => ({ type: Type.NS, rdata: { kind: 'NS', target: value } as const })),
  fc
    .uint8Array({ minLength: 1, maxLength: 40 })
    .map((octets) => ({ type: 65280, rdata: { kind: 'opaque', octets } as const })),
);

const name = fc.oneof(
  { weight: 6, arbitrary: fc.nat(299).map((n) => origin.prepend(`host-${n}`)) },
  { weight: 2, arbitrary: fc.nat(99).map((n) => Name.parse(`a.b.deep-${n}.${origin.toString()}`)) },
  { weight: 1, arbitrary: fc.nat(19).map((n) => Name.parse(`*.host-${n}.${origin.toString()}`)) },
  { weight: 1, arbitrary: fc.constant(origin) },
);

const record: fc.Arbitrary<ResourceRecord> = fc
  .tuple(name, rdata, fc.constantFrom(60, 300, 3600), fc.nat(9))
  .filter(([owner, { type }]) => isTaken(owner, type))
  .map(([owner, typed, ttl, dice]): ResourceRecord => {
    if (dice < 6) return { name: owner, class: Class.IN, ttl, type: typed.type, rdata: typed.rdata };
    const type = dice < 9 ? typed.type : Type.ANY;
    return { name: owner, class: Class.ANY, ttl: 0, type, rdata: emptyRdata };
  });

/** NS at a wildcard is REFUSED, and so would be all that comes with it. */
function isTaken(owner: Name, type: number): boolean {
  return !(owner.isWildcard && type === Type.NS);
}

export const arbitraryZoneChange: fc.Arbitrary<Message> = fc
  .array(record, { minLength: 1, maxLength: 4 })
  .map((records) => updateOf(records));
