import * as fc from 'fast-check';
import { Class, Opcode, Type } from '../../src/dns/codes.ts';
import type { Edns } from '../../src/dns/edns.ts';
import type { Message, ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { isRdataOfType } from '../../src/dns/rdata-check.ts';
import { arbitraryOpaqueRdata } from './rdata-arbitraries.ts';
import { emptyRdata, type Rdata } from '../../src/dns/rdata.ts';
import type { Prerequisite, UpdateMessage, UpdateOperation } from '../../src/dns/update.ts';

/** Values of every kind that src/dns can read and write, for properties. */

/** Of the prototype that decoders give their values too, for assert.deepEqual. */
function plainRecord<Model>(model: { [Key in keyof Model]: fc.Arbitrary<Model[Key]> }): fc.Arbitrary<Model> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<Model>;
}

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** Mostly letters of both cases, dots and escapes, so that names meet each other; now and then any octet. */
const labelOctet = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Buffer.from('aAbBzZ09-_*')) },
  { weight: 1, arbitrary: fc.constantFrom(...Buffer.from('.\\"@ \0')) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);

const label = fc
  .oneof(
    { weight: 9, arbitrary: fc.array(labelOctet, { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.array(labelOctet, { minLength: 1, maxLength: 63 }) },
  )
  .map((octets) => Uint8Array.from(octets));

function fittingName(labels: readonly Uint8Array[]): Name {
  const fitting: Uint8Array[] = [];
  let octets = 1;
  for (const next of labels) {
    octets += 1 + next.length;
    if (octets <= 255) fitting.push(next);
  }
  return Name.fromLabels(fitting);
}

export const arbitraryName: fc.Arbitrary<Name> = fc.array(label, { maxLength: 8 }).map(fittingName);

const suffix = fc.constantFrom(
  ...['example', 'Example', 'dyn.example', 'a.b.dyn.example', '.'].map((text) => Name.parse(text)),
);

/** Names that often share a tail, so that compression has something to do. */
export const relatedName: fc.Arbitrary<Name> = fc
  .tuple(fc.array(label, { maxLength: 2 }), suffix)
  .map(([labels, tail]) => fittingName([...labels, ...tail.labels()]));

const octets = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
const address = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });

interface TypedRdata {
  readonly type: number;
  readonly rdata: Rdata;
}

function typed(type: number, rdata: fc.Arbitrary<Rdata>): fc.Arbitrary<TypedRdata> {
  return rdata.map((value) => ({ type, rdata: value }));
}

const soa: fc.Arbitrary<Rdata> = plainRecord({
  kind: fc.constant('SOA' as const),
  mname: relatedName,
  rname: relatedName,
  serial: u32,
  refresh: u32,
  retry: u32,
  expire: u32,
  minimum: u32,
});

const srv: fc.Arbitrary<Rdata> = plainRecord({
  kind: fc.constant('SRV' as const),
  priority: u16,
  weight: u16,
  port: u16,
  target: relatedName,
});

const caa: fc.Arbitrary<Rdata> = plainRecord({
  kind: fc.constant('CAA' as const),
  flags: fc.integer({ min: 0, max: 255 }),
  tag: fc.constantFrom('issue', 'issuewild', 'iodef', 'X1'),
  value: octets(40),
});

/** RDATA with its type, of every kind; types without a shape hold any octets. */
export const arbitraryTypedRdata: fc.Arbitrary<TypedRdata> = fc.oneof(
  typed(Type.A, plainRecord({ kind: fc.constant('A' as const), address: address(4) })),
  typed(Type.AAAA, plainRecord({ kind: fc.constant('AAAA' as const), address: address(16) })),
  typed(
    Type.TXT,
    plainRecord({ kind: fc.constant('TXT' as const), strings: fc.array(octets(255), { minLength: 1, maxLength: 3 }) }),
  ),
  typed(Type.CNAME, plainRecord({ kind: fc.constant('CNAME' as const), target: relatedName })),
  typed(Type.NS, plainRecord({ kind: fc.constant('NS' as const), target: relatedName })),
  typed(Type.PTR, plainRecord({ kind: fc.constant('PTR' as const), target: relatedName })),
  typed(Type.SOA, soa),
  typed(Type.MX, plainRecord({ kind: fc.constant('MX' as const), preference: u16, exchange: relatedName })),
  typed(Type.SRV, srv),
  typed(Type.CAA, caa),
  fc
    .tuple(fc.constantFrom<number>(Type.NULL, Type.DHCID, 65280), fc.uint8Array({ minLength: 1, maxLength: 60 }))
    .map(([type, data]) => ({ type, rdata: { kind: 'opaque', octets: data } as const })),
  arbitraryOpaqueRdata
    .filter(({ type }) => [Type.HINFO, Type.DS, Type.HTTPS].some((each) => each === type))
    .filter(({ type, octets: data }) => isRdataOfType(type, data))
    .map(({ type, octets: data }) => ({ type, rdata: { kind: 'opaque', octets: data } as const })),
);

const dataRecord: fc.Arbitrary<ResourceRecord> = fc
  .tuple(relatedName, arbitraryTypedRdata, fc.constantFrom<number>(Class.IN, Class.NONE), u32)
  // No octets at all in class NONE are UPDATE's empty RDATA, which is read as the same value
  .map(([name, { type, rdata }, dnsClass, ttl]) => ({ name, type, class: dnsClass, ttl, rdata }));

/** What a zone may hold: of class IN, with a TTL of 31 bits. */
export const arbitraryZoneRecord: fc.Arbitrary<ResourceRecord> = fc
  .tuple(
    relatedName,
    arbitraryTypedRdata,
    fc.oneof(fc.constantFrom(0, 60, 3600), fc.integer({ min: 0, max: 0x7fff_ffff })),
  )
  .map(([name, { type, rdata }, ttl]) => ({ name, type, class: Class.IN, ttl, rdata }));

const emptyRecord: fc.Arbitrary<ResourceRecord> = fc
  .tuple(relatedName, u16, fc.constantFrom<number>(Class.ANY, Class.NONE))
  .map(([name, type, dnsClass]) => ({ name, type, class: dnsClass, ttl: 0, rdata: emptyRdata }));

const section = fc.array(fc.oneof({ weight: 5, arbitrary: dataRecord }, { weight: 1, arbitrary: emptyRecord }), {
  maxLength: 4,
});

export const arbitraryMessage: fc.Arbitrary<Message> = plainRecord({
  id: u16,
  qr: fc.boolean(),
  opcode: fc.constantFrom<number>(Opcode.QUERY, Opcode.NOTIFY, Opcode.UPDATE, 15),
  aa: fc.boolean(),
  tc: fc.boolean(),
  rd: fc.boolean(),
  ra: fc.boolean(),
  ad: fc.boolean(),
  cd: fc.boolean(),
  rcode: fc.integer({ min: 0, max: 15 }),
  questions: fc.array(plainRecord({ name: relatedName, type: u16, class: u16 }), { maxLength: 2 }),
  answers: section,
  authorities: section,
  additionals: section,
});

export const arbitraryEdns: fc.Arbitrary<Edns> = plainRecord({
  udpPayloadSize: u16,
  version: fc.integer({ min: 0, max: 255 }),
  dnssecOk: fc.boolean(),
  extendedRcode: fc.integer({ min: 0, max: 255 }),
  options: fc.array(plainRecord({ code: u16, data: octets(20) }), { maxLength: 3 }),
});

const zone = Name.parse('dyn.example.');
const nameInZone = fc.array(label, { maxLength: 2 }).map((labels) => fittingName([...labels, ...zone.labels()]));
const dataType = fc.constantFrom<number>(Type.A, Type.AAAA, Type.TXT, Type.HTTPS, 65280);

const prerequisite: fc.Arbitrary<Prerequisite> = fc.oneof(
  plainRecord({ kind: fc.constant('name-in-use' as const), name: nameInZone }),
  plainRecord({ kind: fc.constant('name-not-in-use' as const), name: nameInZone }),
  plainRecord({ kind: fc.constant('rrset-exists' as const), name: nameInZone, type: dataType }),
  plainRecord({ kind: fc.constant('rrset-absent' as const), name: nameInZone, type: dataType }),
  fc
    .tuple(nameInZone, arbitraryTypedRdata)
    .map(([name, { type, rdata }]) => ({ kind: 'rrset-exists-exactly', name, type, rdatas: [rdata, rdata] }) as const),
);

const operation: fc.Arbitrary<UpdateOperation> = fc.oneof(
  fc
    .tuple(nameInZone, arbitraryTypedRdata, u32)
    .map(([name, { type, rdata }, ttl]) => ({ kind: 'add', name, type, ttl, rdata }) as const),
  plainRecord({ kind: fc.constant('delete-rrset' as const), name: nameInZone, type: dataType }),
  plainRecord({ kind: fc.constant('delete-name' as const), name: nameInZone }),
  fc
    .tuple(nameInZone, arbitraryTypedRdata)
    .map(([name, { type, rdata }]) => ({ kind: 'delete-record', name, type, rdata }) as const),
);

/** Exact prerequisites with one name and type are one set on the wire, so there is one of each here. */
export const arbitraryUpdate: fc.Arbitrary<UpdateMessage> = plainRecord({
  id: u16,
  zone: fc.constant(zone),
  zoneClass: fc.constant(Class.IN),
  prerequisites: fc.uniqueArray(prerequisite, {
    maxLength: 5,
    selector: (value) => (value.kind === 'rrset-exists-exactly' ? `${value.type} ${value.name.key}` : value),
  }),
  operations: fc.array(operation, { maxLength: 6 }),
});

/** A way to damage octets: what networks and attackers do to a message that was whole. */
export const arbitraryDamage: fc.Arbitrary<(octets: Uint8Array) => Uint8Array> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })).map(
    ([at, value]) =>
      (wire: Uint8Array) =>
        replaced(wire, at, value),
  ),
  fc.nat().map((at) => (wire: Uint8Array) => wire.slice(0, wire.length === 0 ? 0 : at % wire.length)),
  fc.tuple(fc.nat(), octets(4)).map(
    ([at, inserted]) =>
      (wire: Uint8Array) =>
        spliced(wire, wire.length === 0 ? 0 : at % wire.length, inserted),
  ),
);

function replaced(wire: Uint8Array, at: number, value: number): Uint8Array {
  const damaged = Uint8Array.from(wire);
  if (damaged.length > 0) damaged[at % damaged.length] = value;
  return damaged;
}

function spliced(wire: Uint8Array, at: number, inserted: Uint8Array): Uint8Array {
  return Uint8Array.from([...wire.subarray(0, at), ...inserted, ...wire.subarray(at)]);
}
