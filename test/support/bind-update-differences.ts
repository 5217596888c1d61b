import { Class, Rcode, Type } from '../../src/dns/codes.ts';
import type { Message, ResourceRecord } from '../../src/dns/message.ts';
import { equalRdata, type Rdata } from '../../src/dns/rdata.ts';
import { parseRecordLines } from './record-lines.ts';
import { firstRecords, origin, update } from './update-arbitraries.ts';

/** Where BIND answers an update otherwise than src/zone does, each with why, and with messages that show it. */
export interface UpdateDifference {
  readonly title: string;
  readonly why: string;
  /** They are sent one after the other; the last one shows the difference. Each side is asked with its own serial. */
  readonly messages: (serial: number) => readonly Message[];
  readonly ours: { readonly rcode: number; readonly changes: boolean };
  readonly bind: { readonly rcode: number; readonly changes: boolean };
  /** Whether a random message is one of these, so that comparing the zones has no sense any more. */
  readonly concerns?: (message: Message, serial: number) => boolean;
}

const done = { rcode: Rcode.NOERROR, changes: true };
const refused = { rcode: Rcode.REFUSED, changes: false };
const ignored = { rcode: Rcode.NOERROR, changes: false };

function changes(...records: ResourceRecord[]): Message {
  return update([{ name: origin, type: Type.SOA, class: Class.IN }], [], records);
}

function lines(...texts: string[]): ResourceRecord[] {
  return parseRecordLines(texts.map((text) => text.replace('@', origin.toString())));
}

function octets(line: string, ...values: number[]): ResourceRecord {
  const [record] = lines(line);
  return { ...record!, rdata: { kind: 'opaque', octets: Uint8Array.from(values) } };
}

function soa(serial: number): ResourceRecord {
  const first = firstRecords[0]!;
  return { ...first, rdata: { ...first.rdata, kind: 'SOA', serial: serial >>> 0 } as Rdata };
}

const addedSerials = ({ authorities }: Message): number[] =>
  authorities.flatMap((record) =>
    record.class === Class.IN && record.rdata.kind === 'SOA' && record.name.equals(origin) ? [record.rdata.serial] : [],
  );

const targetOf = (rdata: Rdata): string =>
  'target' in rdata ? rdata.target.toString() : rdata.kind === 'MX' ? rdata.exchange.toString() : '';

export const updateDifferences: readonly UpdateDifference[] = [
  {
    title: 'NS at a wildcard',
    why: 'RFC 4592 §4.2 leaves open what it means; BIND ignores it and says nothing, we refuse, since BIND as a secondary refuses the zone',
    messages: () => [changes(...lines('*.w.@ NS ns.other.test.'))],
    ours: refused,
    bind: ignored,
    concerns: ({ authorities }) =>
      authorities.some(
        ({ name, type, class: dnsClass }) => name.isWildcard && type === Type.NS && dnsClass === Class.IN,
      ),
  },
  {
    title: 'DNAME at a wildcard',
    why: 'RFC 4592 §4.4 advises against it; BIND ignores it, to us it is data',
    messages: () => [changes(...lines('*.w.@ DNAME a.other.test.'))],
    ours: done,
    bind: ignored,
  },
  {
    title: 'the same data in another case',
    why: 'RFC 2136 §3.4.2.2 has the old record replaced; BIND takes equal data of the same TTL for nothing to do',
    messages: () => [changes(...lines('case.@ MX 10 a.other.test.')), changes(...lines('case.@ MX 10 A.other.test.'))],
    ours: done,
    bind: ignored,
    concerns: ({ authorities }) =>
      authorities.some(({ class: dnsClass, rdata }) => dnsClass === Class.IN && /[A-Z]/.test(targetOf(rdata))),
  },
  {
    title: 'the same record under a name in another case',
    why: 'RFC 4343 §3 takes the names for the same, so nothing changes; BIND keeps the case of the name that came last, and raises the serial for it',
    messages: () => [changes(...lines('Owner.@ A 192.0.2.1')), changes(...lines('owner.@ A 192.0.2.1'))],
    ours: ignored,
    bind: done,
    concerns: ({ authorities }) =>
      authorities.some(({ name, class: dnsClass }) => dnsClass === Class.IN && /[A-Z]/.test(name.toString())),
  },
  {
    title: 'a serial of 0',
    why: 'RFC 2136 §7.11: it should never be; we ignore the SOA record, BIND takes it',
    // Both below 2³¹ by one step and then near 2³², so that 0 is ahead.
    messages: (serial) => [
      changes(soa(serial + 0x7fff_fffe)),
      changes(soa(serial + 0x7fff_fffe >= 2 ** 31 ? 0xffff_fff0 : 0x7fff_fff0)),
      changes(soa(0xffff_fff0)),
      changes(soa(0)),
    ],
    ours: ignored,
    bind: done,
    concerns: (message) => addedSerials(message).includes(0),
  },
  {
    title: 'a serial half the circle ahead',
    why: 'RFC 1982 §3.2 leaves the two without order; we ignore the SOA record, BIND fails when it finds that the serial has not risen',
    messages: (serial) => [changes(soa(serial + 2 ** 31))],
    ours: ignored,
    bind: { rcode: Rcode.SERVFAIL, changes: false },
    concerns: (message, serial) => addedSerials(message).some((each) => (each - serial) >>> 0 === 2 ** 31),
  },
  {
    title: 'two steps forward that lead back',
    why: 'RFC 2136 §3.6: forward only; we ignore the second SOA record, BIND fails when it finds that the serial has not risen',
    messages: (serial) => [changes(soa(serial + 0x7fff_ffff), soa(serial + 0xffff_fffe))],
    ours: done,
    bind: { rcode: Rcode.SERVFAIL, changes: false },
    concerns: (message) => addedSerials(message).length > 1,
  },
  {
    title: 'a TTL of more than 31 bits',
    why: 'RFC 2181 §8: it counts as 0; BIND keeps it',
    messages: () => [
      changes(...lines('ttl.@ A 192.0.2.1').map((record) => Object.assign(record, { ttl: 0 }))),
      changes(...lines('ttl.@ A 192.0.2.1').map((record) => Object.assign(record, { ttl: 2 ** 31 }))),
    ],
    ours: ignored,
    bind: done,
  },
  {
    title: 'a value twice in a prerequisite',
    why: 'a set has no member twice (RFC 2136 §3.2.3); BIND compares lists',
    messages: () => {
      const value = lines('twice.@ A 192.0.2.1').map((record) => Object.assign(record, { ttl: 0 }));
      return [changes(...lines('twice.@ A 192.0.2.1')), { ...changes(), answers: [...value, ...value] }];
    },
    ours: ignored,
    bind: { rcode: Rcode.NXRRSET, changes: false },
    concerns: ({ answers }) =>
      answers.some((record, index) =>
        answers
          .slice(0, index)
          .some(
            (other) =>
              record.class === Class.IN && record.name.equals(other.name) && equalRdata(record.rdata, other.rdata),
          ),
      ),
  },
  {
    title: 'a name below a DNAME',
    why: 'RFC 6672 §2.4 does not allow it, and §5.2 lets it be hidden, as BIND does; we refuse, since Knot as a secondary refuses the zone',
    messages: () => [changes(...lines('d.@ DNAME a.other.test.')), changes(...lines('x.d.@ A 192.0.2.1'))],
    ours: refused,
    bind: done,
  },
  {
    title: 'a DNAME above a name',
    why: 'the same from the other side',
    messages: () => [changes(...lines('x.e.@ A 192.0.2.1')), changes(...lines('e.@ DNAME a.other.test.'))],
    ours: refused,
    bind: done,
  },
  {
    title: 'a DNAME beside the NS records of a delegation',
    why: 'RFC 6672 §2.3 allows it at the apex; Knot as a secondary refuses the zone',
    messages: () => [changes(...lines('f.@ NS ns.other.test.', 'f.@ DNAME a.other.test.'))],
    ours: refused,
    bind: done,
  },
  {
    title: 'NULL without data',
    why: 'RFC 1035 §3.3.10 allows it; Knot as a secondary refuses the zone',
    messages: () => [changes(octets('null.@ NULL x'))],
    ours: { rcode: Rcode.FORMERR, changes: false },
    bind: done,
  },
  {
    title: 'KEY beside a CNAME',
    why: 'RFC 2181 §10.1 allows it where DNSSEC is in use, which it is not here',
    messages: () => [
      changes(...lines('key.@ CNAME a.other.test.')),
      changes(octets('key.@ KEY x', 1, 0, 3, 5, 1, 2, 3)),
    ],
    ours: ignored,
    bind: done,
  },
  {
    title: 'more than a hundred records of one RRset',
    why: 'a limit of each server’s own; REFUSED says that it is a matter of policy',
    messages: () => [changes(...Array.from({ length: 101 }, (_, index) => lines(`many.@ A 192.0.2.${index}`)).flat())],
    ours: refused,
    bind: { rcode: Rcode.SERVFAIL, changes: false },
  },
  {
    title: 'a nameserver of the zone, inside it and without an address',
    why: 'RFC 2136 §7.14: no semantic checking is required; BIND makes this one',
    messages: () => [changes(...lines('@ NS nowhere.upd.example.test.'))],
    ours: done,
    bind: { rcode: Rcode.REFUSED, changes: false },
  },
];
