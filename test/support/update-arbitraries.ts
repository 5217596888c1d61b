import * as fc from 'fast-check';

import { Class, Opcode, Rcode, Type } from '../../src/dns/codes.ts';
import type { Message, Question, ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { emptyRdata, type Rdata, type SoaRdata } from '../../src/dns/rdata.ts';

/** UPDATE messages over so few names, types and values that they meet each other all the time. */

export const origin = Name.parse('upd.example.test.');

const soa = (serial: number): SoaRdata => ({
  kind: 'SOA',
  mname: Name.parse('ns1.other.test.'),
  rname: Name.parse('hostmaster.other.test.'),
  serial,
  refresh: 3600,
  retry: 600,
  expire: 1_209_600,
  minimum: 60,
});
const ns = (host: string): Rdata => ({ kind: 'NS', target: Name.parse(`${host}.other.test.`) });
const record = (name: Name, type: number, rdata: Rdata): ResourceRecord => ({
  name,
  type,
  class: Class.IN,
  ttl: 300,
  rdata,
});

/** What the zone holds at first; its serial is about to wrap. */
export const firstSerial = 0xffff_fffd;
export const firstRecords: readonly ResourceRecord[] = [
  record(origin, Type.SOA, soa(firstSerial)),
  record(origin, Type.NS, ns('ns1')),
];

const names = ['', 'a.', 'A.', 'b.', 'c.b.', 'd.c.b.', '*.', '*.b.'].map((labels) =>
  Name.parse(`${labels}${origin.toString()}`),
);
const outside = Name.parse('a.example.test.');

const values: Readonly<Record<number, readonly Rdata[]>> = {
  [Type.A]: [1, 2, 3].map((last) => ({ kind: 'A', address: Uint8Array.of(192, 0, 2, last) })),
  [Type.TXT]: ['x', 'X', 'y'].map((text) => ({ kind: 'TXT', strings: [Buffer.from(text)] })),
  [Type.CNAME]: ['one', 'ONE', 'two'].map((host) => ({ kind: 'CNAME', target: Name.parse(`${host}.other.test.`) })),
  [Type.NS]: ['ns1', 'NS1', 'ns2'].map(ns),
  [Type.MX]: ['one', 'One'].map((host) => ({
    kind: 'MX',
    preference: 10,
    exchange: Name.parse(`${host}.other.test.`),
  })),
  [Type.SOA]: [0, 1, 7, 0x7fff_ffff, 0x8000_0001, 0xffff_fffe, 0xffff_ffff].map(soa),
  65280: ['', 'z'].map((text) => ({ kind: 'opaque', octets: Uint8Array.from(Buffer.from(text)) })),
};
/** Beside those, what not every secondary takes everywhere. */
const doubtfulValues: Readonly<Record<number, readonly Rdata[]>> = {
  ...values,
  [Type.DNAME]: ['one', 'two'].map((host) => ({ kind: 'opaque', octets: Name.parse(`${host}.other.test.`).wire })),
  [Type.NSEC]: [{ kind: 'opaque', octets: Uint8Array.of(1, 97, 0, 0, 1, 64) }],
};

const zoneName = fc.constantFrom(...names);
/** Prerequisites and changes over these values. */
function recordsOver(valuesByType: Readonly<Record<number, readonly Rdata[]>>) {
  const types = Object.keys(valuesByType).map(Number);
  const dataType = fc.constantFrom(...types);
  const typedRdata = fc.constantFrom(...types.flatMap((type) => valuesByType[type]!.map((rdata) => ({ type, rdata }))));

  const prerequisite: fc.Arbitrary<ResourceRecord> = fc.oneof(
    fc
      .tuple(zoneName, fc.oneof(dataType, fc.constant(Type.ANY)), fc.constantFrom(Class.ANY, Class.NONE))
      .map(([name, type, dnsClass]) => ({ name, type, class: dnsClass, ttl: 0, rdata: emptyRdata })),
    fc.tuple(zoneName, typedRdata).map(([name, typed]) => recordOf(name, typed, Class.IN, 0)),
  );

  const change: fc.Arbitrary<ResourceRecord> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(zoneName, typedRdata, fc.constantFrom(0, 300, 600))
        .map(([name, typed, ttl]) => recordOf(name, typed, Class.IN, ttl)),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(zoneName, typedRdata)
        // Without RDATA a deletion would not say which record it means.
        .filter(([, { rdata }]) => rdata.kind !== 'opaque' || rdata.octets.length > 0)
        .map(([name, typed]) => recordOf(name, typed, Class.NONE, 0)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(zoneName, fc.oneof(dataType, fc.constant(Type.ANY)))
        .map(([name, type]) => ({ name, type, class: Class.ANY, ttl: 0, rdata: emptyRdata })),
    },
  );
  return { prerequisite, change };
}

function recordOf(
  name: Name,
  { type, rdata }: { readonly type: number; readonly rdata: Rdata },
  dnsClass: number,
  ttl: number,
): ResourceRecord {
  return { name, type, class: dnsClass, ttl, rdata };
}

/** What makes a record wrong in its form, now and then. */
function sometimesFaulty(sound: fc.Arbitrary<ResourceRecord>, oneIn: number): fc.Arbitrary<ResourceRecord> {
  const fault = fc.constantFrom<Partial<ResourceRecord>>(
    { ttl: 1 },
    { name: outside },
    { class: Class.CH, type: Type.TXT, rdata: values[Type.TXT]![0]! },
    { class: Class.ANY, type: Type.A, rdata: { kind: 'opaque', octets: Uint8Array.of(192, 0, 2, 1) } },
    { class: Class.ANY, type: Type.AXFR, rdata: emptyRdata },
  );
  return fc
    .tuple(sound, fault, fc.integer({ min: 1, max: oneIn }))
    .map(([whole, part, dice]) => (dice === 1 ? spoilt(whole, part) : whole));
}

function spoilt(whole: ResourceRecord, part: Partial<ResourceRecord>): ResourceRecord {
  return { ...whole, ...part };
}

const zoneSection: fc.Arbitrary<readonly Question[]> = fc.integer({ min: 1, max: 40 }).map((dice) => {
  const zone = { name: origin, type: Type.SOA, class: Class.IN };
  const faulty: readonly (readonly Question[])[] = [
    [{ ...zone, class: 0 }],
    [{ ...zone, class: Class.ANY }],
    [{ ...zone, class: Class.NONE }],
    [{ ...zone, class: Class.CH }],
    [{ ...zone, type: Type.A }],
    [zone, zone],
    [{ ...zone, name: Name.parse('example.test.') }],
  ];
  return faulty[dice] ?? [zone];
});

/**
 * @param faultOneIn  how many records there are for one that is wrong in its form
 * @param isDoubtful  whether there are records among them that not every secondary takes everywhere
 */
export function arbitraryUpdateMessage(faultOneIn: number, isDoubtful = false): fc.Arbitrary<Message> {
  const { prerequisite, change } = recordsOver(isDoubtful ? doubtfulValues : values);
  return fc
    .tuple(
      zoneSection,
      fc.array(sometimesFaulty(prerequisite, faultOneIn), { maxLength: 2 }),
      fc.array(sometimesFaulty(change, faultOneIn), { maxLength: 5 }),
    )
    .map(([questions, answers, authorities]) => update(questions, answers, authorities));
}

/** An UPDATE with these sections. */
export function update(
  questions: readonly Question[],
  answers: readonly ResourceRecord[],
  authorities: readonly ResourceRecord[],
): Message {
  const flags = { qr: false, aa: false, tc: false, rd: false, ra: false, ad: false, cd: false };
  return {
    id: 1,
    opcode: Opcode.UPDATE,
    ...flags,
    rcode: Rcode.NOERROR,
    questions,
    answers,
    authorities,
    additionals: [],
  };
}
