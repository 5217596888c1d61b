import * as fc from 'fast-check';

import { Class, Type } from '../../src/dns/codes.ts';
import type { Message, ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { emptyRdata, type Rdata } from '../../src/dns/rdata.ts';
import { origin, updateOf } from './transfer-fixture.ts';

/**
 * Changes of the zone of the transfers: of a few hundred names, so that each is changed now and then and most change something.
 * What the configuration says is left alone, for a change of it would be refused.
 */
export type ZoneChange =
  | { readonly kind: 'update'; readonly message: Message }
  /** By HTTP: these addresses and no others. */
  | { readonly kind: 'addresses'; readonly name: string; readonly addresses: readonly string[] }
  /** By HTTP: no address any more. */
  | { readonly kind: 'deletion'; readonly name: string };

const octet = fc.integer({ min: 0, max: 255 });
const octets = (count: number) =>
  fc.array(octet, { minLength: count, maxLength: count }).map((all) => Uint8Array.from(all));
/** In lower case, as Knot keeps them. */
const target = fc.constantFrom('one', 'two', 'three').map((label) => Name.parse(`${label}.other.test.`));

const rdata: fc.Arbitrary<{ readonly type: number; readonly rdata: Rdata }> = fc.oneof(
  octets(4).map((value) => ({ type: Type.A, rdata: { kind: 'A', address: value } as const })),
  octets(16).map((value) => ({ type: Type.AAAA, rdata: { kind: 'AAAA', address: value } as const })),
  fc
    .array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 3 })
    .map((strings) => ({ type: Type.TXT, rdata: { kind: 'TXT', strings } as const })),
  target.map((exchange) => ({ type: Type.MX, rdata: { kind: 'MX', preference: 10, exchange } as const })),
  target.map((value) => ({ type: Type.CNAME, rdata: { kind: 'CNAME', target: value } as const })),
  target.map((value) => ({ type: Type.NS, rdata: { kind: 'NS', target: value } as const })),
  fc
    .uint8Array({ minLength: 1, maxLength: 40 })
    .map((value) => ({ type: 65280, rdata: { kind: 'opaque', octets: value } as const })),
);

const host = fc.nat(299).map((n) => origin.prepend(`host-${n}`));
/** One label of any octets; few of them, so that they are met again. */
const oddLabel = fc
  .array(fc.constantFrom('\\000', '\\255', '\\.', '\\\\', '\\032', '_', 'ü'), { minLength: 1, maxLength: 3 })
  .map((parts) => Name.parse(`${parts.join('').replaceAll('ü', '\\195\\188')}.${origin.toString()}`));

const name = fc.oneof(
  { weight: 6, arbitrary: host },
  { weight: 2, arbitrary: fc.nat(99).map((n) => Name.parse(`a.b.deep-${n}.${origin.toString()}`)) },
  { weight: 1, arbitrary: fc.nat(19).map((n) => Name.parse(`*.host-${n}.${origin.toString()}`)) },
  { weight: 1, arbitrary: oddLabel },
  { weight: 1, arbitrary: fc.constant(origin) },
);

const record: fc.Arbitrary<ResourceRecord> = fc
  .tuple(name, rdata, fc.constantFrom(60, 300, 3600), fc.nat(9))
  .map(([owner, typed, ttl, dice]): ResourceRecord => {
    if (dice < 5) return { name: owner, class: Class.IN, ttl, type: typed.type, rdata: typed.rdata };
    if (dice < 6) return { name: owner, class: Class.NONE, ttl: 0, type: typed.type, rdata: typed.rdata };
    const type = dice < 9 ? typed.type : Type.ANY;
    return { name: owner, class: Class.ANY, ttl: 0, type, rdata: emptyRdata };
  })
  .filter(({ name: owner, type }) => isTaken(owner, type));

/** NS at a wildcard is REFUSED, and so would be all that comes with it. At the apex, NS and whatever would delete it are not the client's to change. */
function isTaken(owner: Name, type: number): boolean {
  if (owner.equals(origin)) return type !== Type.NS && type !== Type.ANY;
  return !(owner.isWildcard && type === Type.NS);
}

const update = fc
  .array(record, { minLength: 1, maxLength: 4 })
  .map((records): ZoneChange => ({ kind: 'update', message: updateOf(records) }));

const bareHost = host.map((owner) => owner.toString().replace(/\.$/, ''));
/** Outside what HTTP refuses: multicast, link-local and the like. */
const ipv4Text = fc.tuple(octet, octet).map(([high, low]) => `198.18.${high}.${low}`);
const ipv6Text = fc.nat(0xffff).map((low) => `2001:db8::${low.toString(16)}`);

const addresses = fc.tuple(bareHost, ipv4Text, fc.option(ipv6Text)).map(([owner, ipv4, ipv6]): ZoneChange => ({
  kind: 'addresses',
  name: owner,
  addresses: ipv6 === null ? [ipv4] : [ipv4, ipv6],
}));
const deletion = bareHost.map((owner): ZoneChange => ({ kind: 'deletion', name: owner }));

/** Seven of ten by a signed UPDATE, the others by HTTP. */
export const arbitraryZoneChange: fc.Arbitrary<ZoneChange> = fc.oneof(
  { weight: 7, arbitrary: update },
  { weight: 2, arbitrary: addresses },
  { weight: 1, arbitrary: deletion },
);
