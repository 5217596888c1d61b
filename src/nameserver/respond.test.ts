import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { answerTo, respond, said, zones } from '../../test/support/answering-zones.ts';
import { plainEdns, queryMessage, queryWire, question } from '../../test/support/ask.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { Class, Opcode, rcodeName, Type, typeName } from '../dns/codes.ts';
import { findEdns, toOpt } from '../dns/edns.ts';
import { encodeMessage, type Message } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { Responder } from './respond.ts';

describe('a query is answered', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['www.example.', Type.A, 'NOERROR aa: www.example. A 192.0.2.3 |  |'],
    ['WwW.eXample.', Type.A, 'NOERROR aa: WwW.eXample. A 192.0.2.3 |  |'],
    ['www.example.', 65280, 'NOERROR aa: www.example. TYPE65280 \\# 6 6f7061717565 |  |'],
    ['www.example.', Type.AAAA, 'NOERROR aa:  | SOA ttl 60 |'],
    ['deep.example.', Type.A, 'NOERROR aa:  | SOA ttl 60 |'],
    ['missing.example.', Type.A, 'NXDOMAIN aa:  | SOA ttl 60 |'],
    ['x.deep.example.', Type.A, 'NXDOMAIN aa:  | SOA ttl 60 |'],
    ['x.y.wild.example.', Type.TXT, 'NOERROR aa: x.y.wild.example. TXT "wild" |  |'],
    ['x.wild.example.', Type.A, 'NOERROR aa:  | SOA ttl 60 |'],
    ['alias.example.', Type.A, 'NOERROR aa: alias.example. CNAME www.example., www.example. A 192.0.2.3 |  |'],
    ['alias.example.', Type.CNAME, 'NOERROR aa: alias.example. CNAME www.example. |  |'],
    ['alias.example.', Type.AAAA, 'NOERROR aa: alias.example. CNAME www.example. | SOA ttl 60 |'],
    ['away.example.', Type.A, 'NOERROR aa: away.example. CNAME www.elsewhere.test. |  |'],
    ['nowhere.example.', Type.A, 'NXDOMAIN aa: nowhere.example. CNAME missing.example. | SOA ttl 60 |'],
    ['host.sub.example.', Type.A, 'NOERROR:  | sub.example. NS ns.sub.example. | ns.sub.example. A 192.0.2.5'],
    ['ns.sub.example.', Type.A, 'NOERROR:  | sub.example. NS ns.sub.example. | ns.sub.example. A 192.0.2.5'],
    ['sub.example.', Type.DS, 'NOERROR aa:  | SOA ttl 60 |'],
    [
      'host.old.example.',
      Type.A,
      'NOERROR aa: old.example. DNAME \\# 13 036e6577076578616d706c6500, host.old.example. CNAME host.new.example., host.new.example. A 192.0.2.6 |  |',
    ],
    ['example.', Type.MX, 'NOERROR aa: example. MX 10 mail.example. |  | mail.example. A 192.0.2.2'],
    [
      'example.',
      Type.NS,
      'NOERROR aa: example. NS ns1.example., example. NS ns.elsewhere.test. |  | ns1.example. A 192.0.2.1, ns1.example. AAAA 2001:db8::1',
    ],
    ['www.example.', Type.ANY, 'NOERROR aa: www.example. A 192.0.2.3 |  |'],
    ['missing.example.', Type.ANY, 'NXDOMAIN aa:  | SOA ttl 60 |'],
    ['inner.example.', Type.A, 'NOERROR aa: inner.example. A 192.0.2.9 |  |'],
    ['elsewhere.test.', Type.A, 'REFUSED:  |  |'],
    ['.', Type.NS, 'REFUSED:  |  |'],
    ['www.example.', Type.MAILB, 'NOTIMP:  |  |'],
    ['www.example.', 200, 'FORMERR:  |  |'],
    ['example.', Type.AXFR, 'FORMERR:  |  |'],
    ['other.', Type.AXFR, 'NOTAUTH:  |  |'],
    ['example.', Type.IXFR, 'NOERROR aa: SOA ttl 3600 |  |'],
  ];
  for (const [name, type, expected] of cases)
    test(`${name} ${typeName(type)}`, () => {
      const answer = answerTo(queryWire(name, type));
      assert.equal(said(answer), expected);
      assert.equal(answer.id, 4711);
      assert.equal(answer.questions[0]?.name.toString(), name);
      assert.deepEqual([answer.qr, answer.ra, answer.ad], [true, false, false]);
      assert.equal(findEdns(answer), undefined);
    });

  test('an alias in a circle is SERVFAIL, with each record once', () => {
    assert.equal(
      said(answerTo(queryWire('loop.example.', Type.A))),
      'SERVFAIL aa: loop.example. CNAME loop.example. |  |',
    );
    const round = answerTo(queryWire('x.round.t.', Type.A), 'udp', answeringFor('round.t. DNAME round.t.'));
    assert.match(said(round), /^SERVFAIL aa: round\.t\. DNAME \S+ \S+ \S+ x\.round\.t\. CNAME x\.round\.t\./);
  });

  test('a CNAME, or anything, below a DNAME is the CNAME that the DNAME stands for, and no more', () => {
    const by = answeringFor('d.t. DNAME e.t.', 'x.e.t. A 192.0.2.1');
    for (const type of [Type.CNAME, Type.ANY])
      for (const name of ['x', 'missing']) {
        const { rcode, answers, authorities } = answerTo(queryWire(`${name}.d.t.`, type), 'udp', by);
        assert.deepEqual([rcode, answers.map((record) => record.type), authorities], [0, [Type.DNAME, Type.CNAME], []]);
      }
  });

  test('a DNAME that is met on the way, and asked for, is there once', () => {
    const by = answeringFor('d.t. DNAME e.t.', 'x.e.t. CNAME d.t.');
    const { answers } = answerTo(queryWire('x.d.t.', Type.DNAME), 'udp', by);
    assert.deepEqual(
      answers.map(({ type }) => type),
      [Type.DNAME, Type.CNAME, Type.CNAME],
    );
  });

  test('a referral loses the addresses of nameservers elsewhere where they do not fit, and is whole; with glue, it is cut short', () => {
    const addresses = (owner: string) => Array.from({ length: 60 }, (_, last) => `${owner} A 192.0.2.${last}`);
    const elsewhere = answeringFor('sub.t. NS ns.t.', ...addresses('ns.t.'));
    const short = answerTo(queryWire('x.sub.t.', Type.A), 'udp', elsewhere);
    assert.deepEqual([short.tc, short.authorities.length, short.additionals.length], [false, 1, 0]);
    const long = answerTo(queryWire('x.sub.t.', Type.A), 'tcp', elsewhere);
    assert.deepEqual([long.tc, long.authorities.length, long.additionals.length], [false, 1, 60]);
    const inside = answeringFor('sub.t. NS ns.sub.t.', ...addresses('ns.sub.t.'));
    assert.equal(answerTo(queryWire('x.sub.t.', Type.A), 'udp', inside).tc, true);
  });

  test('one that becomes too long by a DNAME is YXDOMAIN (RFC 6672 §2.2)', () => {
    const target = `${'y'.repeat(63)}.`.repeat(3);
    const by = answeringFor(`d.t. DNAME ${target}`);
    const long = answerTo(queryWire(`${'z'.repeat(63)}.d.t.`, Type.A), 'tcp', by);
    assert.match(said(long), /^YXDOMAIN aa: d\.t\. DNAME/);
  });
});

/** Answers for a zone `t.` with these records. */
function answeringFor(...lines: readonly string[]): Responder {
  const records = parseRecordLines(['t. SOA 1', 't. NS ns.test.', ...lines]);
  const zone = new MemoryServedZone({ origin: Name.parse('t.'), records });
  return new Responder(new MemoryServedZones([zone]), undefined, 1232);
}

describe('the header', () => {
  const flags = (change: (wire: Uint8Array) => void): Message | string => {
    const wire = queryWire('www.example.', Type.A);
    change(wire);
    return respond(wire);
  };
  const rcode = (answer: Message | string) => (typeof answer === 'string' ? answer : rcodeName(answer.rcode));

  test('with QR set, and less than a header, gets no answer', () => {
    assert.equal(
      flags((wire) => void (wire[2]! |= 0x80)),
      'ignore',
    );
    for (let length = 0; length < 12; length += 1) assert.equal(respond(new Uint8Array(length)), 'ignore');
  });
  for (const opcode of [1, 2, 3, 6, 15])
    test(`with opcode ${opcode} is NOTIMP`, () => {
      assert.equal(rcode(flags((wire) => void (wire[2] = opcode << 3))), 'NOTIMP');
    });
  test('without a question, with two, with octets after it or with less than it says is FORMERR', () => {
    assert.equal(rcode(respond(queryWire('www.example.', Type.A).slice(0, 12))), 'FORMERR');
    const one = queryMessage('www.example.', Type.A);
    const two = { ...one, questions: [...one.questions, ...one.questions] };
    assert.equal(rcode(respond(encodeMessage(two))), 'FORMERR');
    assert.equal(rcode(respond(encodeMessage({ ...one, questions: [] }))), 'FORMERR');
    assert.equal(rcode(respond(Uint8Array.of(...queryWire('www.example.', Type.A), 0))), 'FORMERR');
  });
  test('RD and CD are copied, the others are not', () => {
    const answer = flags((wire) => {
      wire[2]! |= 0x01;
      wire[3] = 0xf0;
    }) as Message;
    assert.deepEqual([answer.rd, answer.cd, answer.ra, answer.ad], [true, true, false, false]);
  });
});

describe('a class other than IN', () => {
  const cases: readonly (readonly [number, number, string])[] = [
    [Class.CH, Type.TXT, 'REFUSED'],
    [Class.HS, Type.A, 'REFUSED'],
    [0, Type.A, 'FORMERR'],
    [Class.ANY, Type.A, 'FORMERR'],
    [Class.NONE, Type.A, 'FORMERR'],
    [77, Type.A, 'NOTIMP'],
  ];
  for (const [dnsClass, type, rcode] of cases)
    test(`${dnsClass} is ${rcode}`, () => {
      const query = queryMessage('version.bind.', type);
      const answer = answerTo(encodeMessage({ ...query, questions: [question('version.bind.', type, dnsClass)] }));
      assert.equal(rcodeName(answer.rcode), rcode);
      assert.equal(answer.answers.length, 0);
    });
});

describe('NOTIFY', () => {
  const notify = (name: string, type: number = Type.SOA, dnsClass: number = Class.IN) => {
    const query = queryMessage(name, type);
    const wire = encodeMessage({ ...query, opcode: Opcode.NOTIFY, questions: [question(name, type, dnsClass)] });
    const answer = answerTo(wire);
    assert.equal(answer.opcode, Opcode.NOTIFY);
    return rcodeName(answer.rcode);
  };
  test('is taken note of for our zones alone, and its class is judged as in UPDATE', () => {
    assert.equal(notify('example.'), 'NOERROR');
    assert.equal(notify('www.example.'), 'NOTAUTH');
    assert.equal(notify('example.', Type.A), 'FORMERR');
    for (const dnsClass of [0, Class.ANY, Class.NONE]) assert.equal(notify('example.', Type.SOA, dnsClass), 'FORMERR');
    assert.equal(notify('example.', Type.SOA, Class.CH), 'NOTIMP');
  });
});

describe('EDNS', () => {
  const edns = (answer: Message) => findEdns(answer);
  test('is answered with our size, version 0 and the DO of the request', () => {
    const plain = answerTo(queryWire('www.example.', Type.A, {}));
    assert.deepEqual(edns(plain), plainEdns);
    const secure = answerTo(queryWire('alias.example.', Type.A, { dnssecOk: true }));
    assert.deepEqual(edns(secure), { ...plainEdns, dnssecOk: true });
  });
  test('of a version above 0 is BADVERS, and says that we know 0', () => {
    const answer = answerTo(queryWire('www.example.', Type.A, { version: 1 }));
    assert.equal(said(answer), 'BADVERS:  |  |');
    assert.equal(edns(answer)?.version, 0);
  });
  test('twice, outside the additional section or cut off is FORMERR', () => {
    const query = queryMessage('www.example.', Type.A);
    const opt = toOpt(plainEdns);
    const cut = { ...opt, rdata: { kind: 'opaque', octets: Uint8Array.of(0, 10, 0, 9, 1) } } as const;
    const faulty = [{ additionals: [opt, opt] }, { answers: [opt] }, { authorities: [opt] }, { additionals: [cut] }];
    for (const sections of faulty)
      assert.equal(said(answerTo(encodeMessage({ ...query, ...sections }))), 'FORMERR:  |  |');
  });
  test('unknown options are passed over', () => {
    const answer = answerTo(queryWire('www.example.', Type.A, { options: [{ code: 65001, data: new Uint8Array(5) }] }));
    assert.deepEqual([said(answer).slice(0, 7), edns(answer)?.options], ['NOERROR', []]);
  });

  const sizes: readonly (readonly [string, number | undefined, 'udp' | 'tcp', boolean])[] = [
    ['none', undefined, 'udp', true],
    ['100, which counts as 512', 100, 'udp', true],
    ['65535, of which we send 1232', 65535, 'udp', true],
    ['none over TCP', undefined, 'tcp', false],
  ];
  for (const [title, udpPayloadSize, transport, isTruncated] of sizes)
    test(`big.example. TXT with a size of ${title}: ${isTruncated ? 'TC' : 'all'}`, () => {
      const wire = queryWire('big.example.', Type.TXT, udpPayloadSize === undefined ? undefined : { udpPayloadSize });
      const answer = answerTo(wire, transport);
      assert.equal(answer.tc, isTruncated);
      assert.equal(answer.answers.length, isTruncated ? 0 : 60);
    });
  test('a size of 4096 is used where it is configured', () => {
    const wire = queryWire('big.example.', Type.TXT, { udpPayloadSize: 4096 });
    assert.equal(answerTo(wire, 'udp', new Responder(zones, undefined, 4096)).answers.length, 60);
  });
});
