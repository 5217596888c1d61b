import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as dnsPacket from 'dns-packet';
import * as fc from 'fast-check';
import { arbitraryUpdate } from '../../test/support/dns-arbitraries.ts';
import { fromHex, readJson, toHex } from '../../test/support/vectors.ts';
import { Class, Opcode, Rcode, Type } from './codes.ts';
import { decodeMessage, type Message, type ResourceRecord } from './message.ts';
import { Name } from './name.ts';
import { emptyRdata, type Rdata } from './rdata.ts';
import {
  encodeUpdate,
  parseUpdate,
  updateToMessage,
  type Prerequisite,
  type UpdateMessage,
  type UpdateOperation,
} from './update.ts';

const zone = Name.parse('dyn.example');
const name = Name.parse('a.dyn.example');
const a1: Rdata = { kind: 'A', address: fromHex('c0000201') };
const a2: Rdata = { kind: 'A', address: fromHex('c0000202') };

function update(prerequisites: readonly Prerequisite[], operations: readonly UpdateOperation[]): UpdateMessage {
  return { id: 0x1234, zone, zoneClass: Class.IN, prerequisites, operations };
}

/** Every form of RFC 2136 §2.4 and §2.5, by the names of the fixture that dnspython made. */
const forms: Readonly<Record<string, UpdateMessage>> = {
  nothing: update([], []),
  'name-in-use': update([{ kind: 'name-in-use', name }], []),
  'name-not-in-use': update([{ kind: 'name-not-in-use', name }], []),
  'rrset-exists': update([{ kind: 'rrset-exists', name, type: Type.A }], []),
  'rrset-absent': update([{ kind: 'rrset-absent', name, type: Type.A }], []),
  'rrset-exists-exactly': update([{ kind: 'rrset-exists-exactly', name, type: Type.A, rdatas: [a1, a2] }], []),
  add: update([], [{ kind: 'add', name, type: Type.A, ttl: 60, rdata: a1 }]),
  'delete-rrset': update([], [{ kind: 'delete-rrset', name, type: Type.A }]),
  'delete-name': update([], [{ kind: 'delete-name', name }]),
  'delete-record': update([], [{ kind: 'delete-record', name, type: Type.A, rdata: a1 }]),
};

describe('every form', () => {
  const cases = (readJson('dns/update-dnspython.json') as { cases: { name: string; wire: string }[] }).cases;

  test('is in the fixture', () => {
    assert.deepEqual(cases.map((form) => form.name).sort(), Object.keys(forms).sort());
  });

  for (const form of cases) {
    test(`${form.name}: dnspython writes it so, and reads what we write`, () => {
      const value = forms[form.name];
      assert.ok(value !== undefined);
      assert.equal(toHex(encodeUpdate(value)), form.wire);
      assert.deepEqual(parseUpdate(decodeMessage(fromHex(form.wire))), { kind: 'update', update: value });
    });
  }

  test('comes back as it was, in any mixture', () => {
    fc.assert(
      fc.property(arbitraryUpdate, (value) => {
        assert.deepEqual(parseUpdate(decodeMessage(encodeUpdate(value))), { kind: 'update', update: value });
      }),
    );
  });

  // dns-packet reads no RDATA of length 0 in the types it knows, so the deletions here are of a whole name
  test('is an UPDATE to dns-packet too, with its counts in place', () => {
    const wire = encodeUpdate(
      update(
        [{ kind: 'name-in-use', name }],
        [
          { kind: 'delete-name', name },
          { kind: 'add', name, type: Type.A, ttl: 60, rdata: a1 },
        ],
      ),
    );
    const decoded = dnsPacket.decode(Buffer.from(wire));
    assert.partialDeepStrictEqual(decoded, { opcode: 'UPDATE' });
    assert.deepEqual(decoded.questions, [{ name: 'dyn.example', type: 'SOA', class: 'IN' }]);
    assert.deepEqual([decoded.answers?.length, decoded.authorities?.length], [1, 2]);
    const added: unknown = decoded.authorities?.[1];
    assert.deepEqual(added, {
      name: 'a.dyn.example',
      type: 'A',
      ttl: 60,
      class: 'IN',
      flush: false,
      data: '192.0.2.1',
    });
  });
});

describe('building', () => {
  test('an exact prerequisite without members would vanish, and is refused', () => {
    const empty = update([{ kind: 'rrset-exists-exactly', name, type: Type.A, rdatas: [] }], []);
    assert.throws(() => encodeUpdate(empty), { name: 'DnsEncodeError', code: 'empty-set' });
  });

  test('operations keep their order', () => {
    const operations: UpdateOperation[] = [
      { kind: 'delete-name', name },
      { kind: 'add', name, type: Type.A, ttl: 0, rdata: a2 },
      { kind: 'delete-record', name, type: Type.A, rdata: a2 },
      { kind: 'add', name, type: Type.A, ttl: 2 ** 32 - 1, rdata: a1 },
    ];
    const parsed = parseUpdate(decodeMessage(encodeUpdate(update([], operations))));
    assert.ok(parsed.kind === 'update');
    assert.deepEqual(parsed.update.operations, operations);
  });

  test('a hundred changes of one zone stay small, since owner names are compressed', () => {
    const operations = Array.from({ length: 100 }, (_, index): UpdateOperation => {
      return { kind: 'add', name: zone.prepend(`host-${index}`), type: Type.A, ttl: 60, rdata: a1 };
    });
    assert.ok(encodeUpdate(update([], operations)).length < 100 * 28);
  });
});

describe('exact prerequisites', () => {
  test('of one name and type are one set, wherever they stand and in whatever case', () => {
    const upper = Name.parse('A.DYN.EXAMPLE');
    const other = Name.parse('b.dyn.example');
    const message = updateToMessage(
      update(
        [
          { kind: 'rrset-exists-exactly', name, type: Type.A, rdatas: [a1] },
          { kind: 'rrset-exists-exactly', name: other, type: Type.A, rdatas: [a1] },
          { kind: 'rrset-exists-exactly', name: upper, type: Type.A, rdatas: [a2] },
        ],
        [],
      ),
    );
    const parsed = parseUpdate(message);
    assert.ok(parsed.kind === 'update');
    assert.deepEqual(parsed.update.prerequisites, [
      { kind: 'rrset-exists-exactly', name, type: Type.A, rdatas: [a1, a2] },
      { kind: 'rrset-exists-exactly', name: other, type: Type.A, rdatas: [a1] },
    ]);
  });
});

describe('form checks', () => {
  const good = updateToMessage(update([], []));
  const outside = Name.parse('a.other.example');
  const rr = (fields: Partial<ResourceRecord>): ResourceRecord => ({
    name,
    type: Type.A,
    class: Class.IN,
    ttl: 0,
    rdata: a1,
    ...fields,
  });
  const zoneSection = (...questions: Message['questions']): Message => ({ ...good, questions });
  const prerequisite = (fields: Partial<ResourceRecord>): Message => ({ ...good, answers: [rr(fields)] });
  const change = (fields: Partial<ResourceRecord>): Message => ({ ...good, authorities: [rr(fields)] });
  const soa = { name: zone, type: Type.SOA, class: Class.IN };

  const table: readonly (readonly [string, Message, number])[] = [
    ['a query', { ...good, opcode: Opcode.QUERY }, Rcode.FORMERR],
    ['a response', { ...good, qr: true }, Rcode.FORMERR],
    ['§3.1.1: no zone', zoneSection(), Rcode.FORMERR],
    ['§3.1.1: two zones', zoneSection(soa, soa), Rcode.FORMERR],
    ['§3.1.1: a zone of type A', zoneSection({ ...soa, type: Type.A }), Rcode.FORMERR],
    ['zone class 0', zoneSection({ ...soa, class: 0 }), Rcode.FORMERR],
    ['zone class ANY', zoneSection({ ...soa, class: Class.ANY }), Rcode.FORMERR],
    ['zone class NONE', zoneSection({ ...soa, class: Class.NONE }), Rcode.FORMERR],
    ['zone class CH', zoneSection({ ...soa, class: Class.CH }), Rcode.NOTIMP],
    ['§3.2.1: prerequisite with a TTL', prerequisite({ class: Class.ANY, ttl: 1, rdata: emptyRdata }), Rcode.FORMERR],
    ['§3.2.3: exact prerequisite with a TTL', prerequisite({ ttl: 1 }), Rcode.FORMERR],
    [
      '§3.2.1: prerequisite with another',
      prerequisite({ class: Class.ANY, ttl: 300, rdata: emptyRdata }),
      Rcode.FORMERR,
    ],
    ['§3.2: prerequisite outside the zone', prerequisite({ name: outside }), Rcode.NOTZONE],
    ['§3.2.5: TTL before zone', prerequisite({ name: outside, ttl: 1 }), Rcode.FORMERR],
    ['§3.2.1: class ANY with RDATA', prerequisite({ class: Class.ANY }), Rcode.FORMERR],
    ['§3.2.2: class NONE with RDATA', prerequisite({ class: Class.NONE }), Rcode.FORMERR],
    ['§3.2.3: prerequisite of class CH', prerequisite({ class: Class.CH }), Rcode.FORMERR],
    ['exact prerequisite of type ANY', prerequisite({ type: Type.ANY }), Rcode.FORMERR],
    ['§3.4.1: change outside the zone', change({ name: outside }), Rcode.NOTZONE],
    ['§3.4.1: a name that only ends like the zone', change({ name: Name.parse('xdyn.example') }), Rcode.NOTZONE],
    ['§3.4.1: change of class CH', change({ class: Class.CH }), Rcode.FORMERR],
    ['§3.4.1.2: delete an RRset with RDATA', change({ class: Class.ANY }), Rcode.FORMERR],
    ['§3.4.1.2: delete an RRset with a TTL', change({ class: Class.ANY, ttl: 1, rdata: emptyRdata }), Rcode.FORMERR],
    ['§3.4.1.2: delete a record with a TTL', change({ class: Class.NONE, ttl: 1 }), Rcode.FORMERR],
    ['delete a record that is not given', change({ class: Class.NONE, rdata: emptyRdata }), Rcode.FORMERR],
    ...[Type.ANY, Type.AXFR, Type.IXFR, Type.MAILA, Type.MAILB, Type.TSIG, Type.OPT, 0].flatMap((type) => [
      [`§3.4.1.2: add type ${type}`, change({ type }), Rcode.FORMERR] as const,
      [`§3.4.1.2: delete a record of type ${type}`, change({ type, class: Class.NONE }), Rcode.FORMERR] as const,
    ]),
    ['§3.4.1.2: delete RRset AXFR', change({ type: Type.AXFR, class: Class.ANY, rdata: emptyRdata }), Rcode.FORMERR],
  ];
  for (const [what, message, rcode] of table) {
    test(`${what}: rcode ${rcode}`, () => {
      const parsed = parseUpdate(message);
      assert.ok(parsed.kind === 'rejected', JSON.stringify(parsed));
      assert.equal(parsed.rcode, rcode);
      assert.match(parsed.reason, /\w+ \w+/);
    });
  }

  test('a good change before a bad one does not help', () => {
    const mixed = { ...good, authorities: [rr({}), rr({ name: outside })] };
    assert.equal(parseUpdate(mixed).kind, 'rejected');
  });

  test('a type that nobody knows is data (RFC 3597)', () => {
    const rdata = { kind: 'opaque', octets: fromHex('ab') } as const;
    const parsed = parseUpdate(change({ type: 65280, rdata, ttl: 5 }));
    assert.deepEqual(parsed, {
      kind: 'update',
      update: update([], [{ kind: 'add', name, type: 65280, ttl: 5, rdata }]),
    });
  });

  test('the additional section is not looked at', () => {
    assert.equal(parseUpdate({ ...good, additionals: [rr({ name: outside })] }).kind, 'update');
  });
});
