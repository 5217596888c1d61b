import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as dnsPacket from 'dns-packet';
import * as fc from 'fast-check';
import { arbitraryDamage, arbitraryMessage } from '../../test/support/dns-arbitraries.ts';
import { fromHex, toHex } from '../../test/support/vectors.ts';
import { Class, Opcode, Rcode, Type } from './codes.ts';
import { DnsDecodeError, DnsEncodeError } from './errors.ts';
import { decodeMessage, encodeMessage, makeQuery, type Message, type ResourceRecord } from './message.ts';
import { Name } from './name.ts';
import type { Rdata } from './rdata.ts';

const owner = Name.parse('host.example');

function record(type: number, rdata: Rdata): ResourceRecord {
  return { name: owner, type, class: Class.IN, ttl: 300, rdata };
}

function response(answers: readonly ResourceRecord[]): Message {
  return { ...makeQuery({ id: 7, name: owner, type: Type.ANY }), qr: true, aa: true, answers };
}

/** A message that is DNS or is refused with DnsDecodeError; any other throw is a bug. */
function decodeOrRefuse(wire: Uint8Array): Message | undefined {
  try {
    return decodeMessage(wire);
  } catch (error) {
    assert.ok(error instanceof DnsDecodeError, String(error));
    return undefined;
  }
}

describe('round trip', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        assert.deepEqual(decodeMessage(encodeMessage(message)), message);
      }),
    );
  });

  test('arbitrary octets are a message or a DnsDecodeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        decodeOrRefuse(octets);
      }),
      { numRuns: 500 },
    );
  });

  test('damaged messages are a message or a DnsDecodeError, and a message is written and read back', () => {
    fc.assert(
      fc.property(arbitraryMessage, fc.array(arbitraryDamage, { minLength: 1, maxLength: 4 }), (message, damages) => {
        const decoded = decodeOrRefuse(damages.reduce((wire, damage) => damage(wire), encodeMessage(message)));
        if (decoded !== undefined) assert.deepEqual(decodeMessage(encodeMessage(decoded)), decoded);
      }),
      { numRuns: 500 },
    );
  });

  test('every prefix of a message is refused', () => {
    const wire = encodeMessage(response([record(Type.A, { kind: 'A', address: fromHex('c0000201') })]));
    for (let length = 0; length < wire.length; length += 1) {
      assert.throws(() => decodeMessage(wire.subarray(0, length)), DnsDecodeError);
    }
  });
});

describe('decoding', () => {
  test('octets behind the last record are refused', () => {
    const wire = encodeMessage(makeQuery({ id: 1, name: owner, type: Type.A }));
    assert.throws(() => decodeMessage(Uint8Array.from([...wire, 0])), { code: 'trailing-octets', offset: wire.length });
  });

  test('counts that promise more than is there are refused without being believed', () => {
    const header = '0001 0000 ffff ffff ffff ffff';
    assert.throws(() => decodeMessage(fromHex(header)), { code: 'truncated', offset: 12 });
  });

  test('the reserved bit Z is ignored', () => {
    assert.equal(decodeMessage(fromHex('0001 0040 0000 0000 0000 0000')).rcode, 0);
  });

  test('nothing that is returned shares the octets that were read', () => {
    const message = response([record(Type.TXT, { kind: 'TXT', strings: [fromHex('6162')] })]);
    const wire = Buffer.from(encodeMessage(message));
    const decoded = decodeMessage(wire);
    wire.fill(0xff);
    assert.deepEqual(decoded, message);
  });

  test('a message of 64 KiB made of pointers is no work', () => {
    const pointers = '00 c00c'; // the root at 12, then pointers to it
    const questions = 10_000;
    const wire = fromHex(
      `0001 0000 ${questions.toString(16).padStart(4, '0')} 0000 0000 0000 00 0001 0001 ${`${pointers.slice(3)}00010001`.repeat(questions - 1)}`,
    );
    assert.equal(decodeMessage(wire).questions.length, questions);
  });
});

describe('encoding', () => {
  test('the limit is kept to the octet', () => {
    const message = response([record(Type.A, { kind: 'A', address: fromHex('c0000201') })]);
    const { length } = encodeMessage(message);
    assert.equal(encodeMessage(message, { maxOctets: length }).length, length);
    const tooLong = (error: unknown): boolean => error instanceof DnsEncodeError && error.code === 'too-long';
    assert.throws(() => encodeMessage(message, { maxOctets: length - 1 }), tooLong);
    const huge = Array.from({ length: 300 }, () => record(Type.NULL, { kind: 'opaque', octets: new Uint8Array(300) }));
    assert.throws(() => encodeMessage(response(huge)), tooLong);
  });

  test('fields that do not fit are refused', () => {
    const query = makeQuery({ id: 1, name: owner, type: Type.A });
    for (const wrong of [{ id: 65536 }, { id: -1 }, { opcode: 16 }, { rcode: 16 }]) {
      assert.throws(() => encodeMessage({ ...query, ...wrong }), { code: 'out-of-range' });
    }
  });

  test('names in the RDATA of an UPDATE are not compressed', () => {
    const ns = record(Type.NS, { kind: 'NS', target: owner });
    const octets = (opcode: number): number => encodeMessage({ ...response([ns]), opcode }).length;
    assert.equal(octets(Opcode.UPDATE) - octets(Opcode.QUERY), owner.wire.length - 2);
  });

  test('a query is iterative unless recursion is desired', () => {
    const query = { id: 0xabcd, name: Name.parse('a.example'), type: Type.AAAA };
    const question = '0161076578616d706c6500001c0001';
    assert.equal(toHex(encodeMessage(makeQuery(query))), `abcd00000001000000000000${question}`);
    assert.equal(
      toHex(encodeMessage(makeQuery({ ...query, recursionDesired: true }))),
      `abcd01000001000000000000${question}`,
    );
  });
});

describe('dns-packet, an independent decoder, reads what we write', () => {
  const name = 'host.example';
  const target = Name.parse('target.host.example');
  for (const [type, rdata, expected] of [
    ['A', { kind: 'A', address: fromHex('c0000201') }, '192.0.2.1'],
    ['AAAA', { kind: 'AAAA', address: fromHex('20010db8 00000000 00000000 00000001') }, '2001:db8::1'],
    ['TXT', { kind: 'TXT', strings: [fromHex('6162'), fromHex('')] }, [Buffer.from('ab'), Buffer.alloc(0)]],
    ['CNAME', { kind: 'CNAME', target }, 'target.host.example'],
    ['NS', { kind: 'NS', target }, 'target.host.example'],
    ['PTR', { kind: 'PTR', target }, 'target.host.example'],
    [
      'SOA',
      { kind: 'SOA', mname: owner, rname: target, serial: 2 ** 32 - 1, refresh: 1, retry: 2, expire: 3, minimum: 4 },
      { mname: name, rname: 'target.host.example', serial: 2 ** 32 - 1, refresh: 1, retry: 2, expire: 3, minimum: 4 },
    ],
    ['MX', { kind: 'MX', preference: 10, exchange: target }, { preference: 10, exchange: 'target.host.example' }],
    [
      'SRV',
      { kind: 'SRV', priority: 1, weight: 2, port: 3, target },
      { priority: 1, weight: 2, port: 3, target: 'target.host.example' },
    ],
    [
      'CAA',
      { kind: 'CAA', flags: 128, tag: 'issue', value: Buffer.from('ca.example') },
      { flags: 128, tag: 'issue', value: 'ca.example', issuerCritical: true },
    ],
    ['NULL', { kind: 'opaque', octets: fromHex('c00c') }, Buffer.from('c00c', 'hex')],
  ] as const) {
    test(type, () => {
      // twice, so that the second one's names are compressed
      const wire = encodeMessage(response([record(Type[type], rdata), record(Type[type], rdata)]));
      const decoded = dnsPacket.decode(Buffer.from(wire));
      assert.equal(decoded.answers?.length, 2);
      for (const answer of decoded.answers ?? []) {
        assert.deepEqual(answer, { name, type, ttl: 300, class: 'IN', flush: false, data: expected });
      }
    });
  }

  test('header and question', () => {
    const message = { ...response([]), opcode: Opcode.NOTIFY, tc: true, rd: true, ra: true, ad: true, cd: true };
    const decoded = dnsPacket.decode(Buffer.from(encodeMessage({ ...message, rcode: Rcode.REFUSED })));
    const flags = ['flag_qr', 'flag_aa', 'flag_tc', 'flag_rd', 'flag_ra', 'flag_ad', 'flag_cd'] as const;
    for (const flag of flags) assert.equal(decoded[flag], true, flag);
    assert.equal(decoded.id, 7);
    // the type declarations know neither
    assert.partialDeepStrictEqual(decoded, { opcode: 'NOTIFY', rcode: 'REFUSED' });
    assert.deepEqual(decoded.questions, [{ name, type: 'ANY', class: 'IN' }]);
  });
});

describe('dns-packet writes, we read', () => {
  test('an answer', () => {
    const wire = dnsPacket.encode({
      type: 'response',
      id: 9,
      questions: [{ name: 'host.example', type: 'A' }],
      answers: [
        { name: 'host.example', type: 'A', ttl: 60, data: '192.0.2.7' },
        { name: 'host.example', type: 'MX', ttl: 60, data: { preference: 5, exchange: 'mail.example' } },
      ],
    });
    const { id, qr, answers } = decodeMessage(wire);
    assert.deepEqual({ id, qr }, { id: 9, qr: true });
    assert.deepEqual(answers, [
      { name: owner, type: Type.A, class: Class.IN, ttl: 60, rdata: { kind: 'A', address: fromHex('c0000207') } },
      {
        name: owner,
        type: Type.MX,
        class: Class.IN,
        ttl: 60,
        rdata: { kind: 'MX', preference: 5, exchange: Name.parse('mail.example') },
      },
    ]);
  });
});
