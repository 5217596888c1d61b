import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { arbitraryTypedRdata } from '../../test/support/dns-arbitraries.ts';
import { fromHex, readJson, toHex } from '../../test/support/vectors.ts';
import { Class, Type, className, parseType, typeName } from './codes.ts';
import { DnsDecodeError, DnsEncodeError } from './errors.ts';
import { decodeMessage } from './message.ts';
import { Name } from './name.ts';
import { emptyRdata, equalRdata, rdataToText, readRdata, writeRdata, type Rdata } from './rdata.ts';
import { WireReader } from './reader.ts';
import { WireWriter } from './writer.ts';

function read(hex: string, type: number, dnsClass: number = Class.IN): Rdata {
  const octets = fromHex(hex);
  const reader = new WireReader(octets);
  const rdata = readRdata(reader, type, dnsClass, octets.length);
  reader.expectEnd();
  return rdata;
}

function write(type: number, rdata: Rdata): Uint8Array {
  const writer = new WireWriter(65535);
  writeRdata(writer, type, rdata, true);
  return writer.finish();
}

describe('reading and writing', () => {
  test('every kind comes back as it was', () => {
    fc.assert(
      fc.property(arbitraryTypedRdata, ({ type, rdata }) => {
        assert.deepEqual(read(toHex(write(type, rdata)), type), rdata);
      }),
    );
  });

  interface Case {
    readonly type: string;
    readonly rdataText: string;
    readonly wire: string;
  }
  for (const { type, rdataText, wire } of (readJson('dns/rdata-dnspython.json') as { cases: Case[] }).cases) {
    test(`dnspython's ${type} ${rdataText} reads the same`, () => {
      const record = decodeMessage(fromHex(wire)).answers[0];
      assert.equal(record?.type, parseType(type));
      assert.equal(record && rdataToText(record.rdata), rdataText.trim());
    });
  }

  for (const [what, type, hex] of [
    ['an A record of 3 octets', Type.A, 'c00002'],
    ['an A record of 5 octets', Type.A, 'c000020100'],
    ['an A record of none', Type.A, ''],
    ['an AAAA record of 4 octets', Type.AAAA, 'c0000201'],
    ['a TXT record without a string', Type.TXT, ''],
    ['a TXT record whose string is cut off', Type.TXT, '0261'],
    ['a CNAME with octets behind the name', Type.CNAME, '01610000'],
    ['an SOA without its numbers', Type.SOA, '0000'],
    ['an MX without a name', Type.MX, '000a'],
    ['an SRV without a name', Type.SRV, '000000000000'],
    ['a CAA without a tag', Type.CAA, '0000'],
    ['a CAA whose tag has a hyphen', Type.CAA, '0002612d'],
    ['an RP with one name', Type.RP, '00'],
  ] as const) {
    test(`${what} is refused`, () => {
      assert.throws(() => read(hex, type), DnsDecodeError);
    });
  }

  test('the empty RDATA of UPDATE is read for any type in class ANY and NONE only', () => {
    for (const type of [Type.A, Type.TXT, Type.RP, 65280]) {
      assert.deepEqual(read('', type, Class.ANY), emptyRdata);
      assert.deepEqual(read('', type, Class.NONE), emptyRdata);
    }
  });

  test('an address of another class is opaque: Chaosnet has its own A (RFC 1035 §3.4.1 is of class IN)', () => {
    assert.deepEqual(read('0161000102', Type.A, Class.CH), { kind: 'opaque', octets: fromHex('0161000102') });
  });

  test('octets stay the reader’s own', () => {
    const octets = fromHex('c0000201');
    const rdata = readRdata(new WireReader(octets), Type.A, Class.IN, 4);
    octets.fill(0);
    assert.equal(rdataToText(rdata), '192.0.2.1');
  });
});

describe('compressed names in RDATA', () => {
  // "a.example." at 0, then RDATA that points at it
  const message = (rdataHex: string): Uint8Array => fromHex(`0161076578616d706c6500${rdataHex}`);
  const readAt11 = (rdataHex: string, type: number): Rdata => {
    const octets = message(rdataHex);
    return readRdata(new WireReader(octets, 11), type, Class.IN, octets.length - 11);
  };
  const full = '0161076578616d706c6500';

  test('are understood in the types of RFC 1035 and in SRV (RFC 3597 §4)', () => {
    assert.equal(rdataToText(readAt11('c000', Type.NS)), 'a.example.');
    assert.equal(rdataToText(readAt11('000a c002', Type.MX)), '10 example.');
    assert.equal(rdataToText(readAt11('0001 0002 0003 c000', Type.SRV)), '1 2 3 a.example.');
  });

  for (const [type, compressed, expected] of [
    [Type.MB, 'c000', full],
    [Type.MINFO, 'c000c000', full + full],
    [Type.RP, 'c000 0178c000', `${full}0178${full}`],
    [Type.AFSDB, '0001 c000', `0001${full}`],
    [Type.RT, '0001 c000', `0001${full}`],
    [Type.PX, '0001 c000 c000', `0001${full}${full}`],
    [Type.NXT, 'c000 40ff', `${full}40ff`],
    [Type.SIG, `${'00'.repeat(18)} c000 abcd`, `${'00'.repeat(18)}${full}abcd`],
    [Type.NAPTR, '0001 0002 0153 00 0178 c000', `000100020153000178${full}`],
  ] as const) {
    test(`are written out in ${typeName(type)}, which stays opaque`, () => {
      assert.deepEqual(readAt11(compressed, type), { kind: 'opaque', octets: fromHex(expected) });
    });
  }

  test('make RDATA longer, and beyond 65535 octets it could not be written again', () => {
    const rest = 'ab'.repeat(65_535 - 2 * 11);
    const whole = readAt11(`c000c000${rest}`, Type.RP);
    assert.equal(whole.kind === 'opaque' && whole.octets.length, 65_535);
    assert.throws(() => readAt11(`c000c000${rest}ab`, Type.RP), { name: 'DnsDecodeError', code: 'bad-rdata' });
  });

  test('are no names in types made later: the octets stand for themselves', () => {
    assert.deepEqual(readAt11('c000', Type.HTTPS), { kind: 'opaque', octets: fromHex('c000') });
  });

  test('are written for the types of RFC 1035 only', () => {
    const target = Name.parse('a.example');
    const lengthOfSecond = (type: number, rdata: Rdata, compress: boolean): number => {
      const writer = new WireWriter(512);
      writer.writeName(target);
      const before = writer.length;
      writeRdata(writer, type, rdata, compress);
      return writer.length - before;
    };
    assert.equal(lengthOfSecond(Type.NS, { kind: 'NS', target }, true), 2);
    assert.equal(lengthOfSecond(Type.NS, { kind: 'NS', target }, false), 11);
    const srv = { kind: 'SRV', priority: 0, weight: 0, port: 0, target } as const;
    assert.equal(lengthOfSecond(Type.SRV, srv, true), 6 + 11);
  });
});

describe('values without a wire form', () => {
  for (const [code, type, rdata] of [
    ['type-mismatch', Type.AAAA, { kind: 'A', address: new Uint8Array(4) }],
    ['type-mismatch', Type.NS, { kind: 'CNAME', target: Name.root }],
    ['out-of-range', Type.A, { kind: 'A', address: new Uint8Array(16) }],
    ['out-of-range', Type.MX, { kind: 'MX', preference: 65536, exchange: Name.root }],
    ['out-of-range', Type.CAA, { kind: 'CAA', flags: 0, tag: 'a-b', value: new Uint8Array(0) }],
    ['out-of-range', Type.CAA, { kind: 'CAA', flags: 256, tag: 'issue', value: new Uint8Array(0) }],
    ['empty-set', Type.TXT, { kind: 'TXT', strings: [] }],
    ['too-long', Type.TXT, { kind: 'TXT', strings: [new Uint8Array(256)] }],
  ] as const) {
    test(`${rdata.kind} as ${typeName(type)}: ${code}`, () => {
      assert.throws(
        () => write(type, rdata),
        (error) => error instanceof DnsEncodeError && error.code === code,
      );
    });
  }
});

describe('equality', () => {
  test('holds for the same value and for no other', () => {
    fc.assert(
      fc.property(arbitraryTypedRdata, arbitraryTypedRdata, (a, b) => {
        assert.ok(equalRdata(a.rdata, writtenAndRead(a.type, a.rdata)));
        const same =
          a.type === b.type && toHex(write(a.type, lowerCased(a.rdata))) === toHex(write(b.type, lowerCased(b.rdata)));
        assert.equal(equalRdata(a.rdata, b.rdata) && a.type === b.type, same);
      }),
    );
  });

  test('compares names without case and octets with it', () => {
    const ns = (text: string): Rdata => ({ kind: 'NS', target: Name.parse(text) });
    assert.ok(equalRdata(ns('a.example'), ns('A.EXAMPLE')));
    assert.ok(!equalRdata(ns('a.example'), ns('b.example')));
    const txt = (...strings: string[]): Rdata => ({
      kind: 'TXT',
      strings: strings.map((string) => Buffer.from(string)),
    });
    assert.ok(!equalRdata(txt('a'), txt('A')));
    assert.ok(!equalRdata(txt('ab'), txt('a', 'b')));
    assert.ok(!equalRdata(txt('a'), txt('a', '')));
  });
});

describe('text', () => {
  test('the examples of RFC 3597 §5', () => {
    assert.equal(`${className(32)} ${typeName(731)}`, 'CLASS32 TYPE731');
    assert.equal(rdataToText({ kind: 'opaque', octets: fromHex('abcd ef012345') }), '\\# 6 abcdef012345');
    assert.equal(`${className(Class.HS)} ${typeName(62347)}`, 'HS TYPE62347');
    assert.equal(rdataToText(emptyRdata), '\\# 0');
    assert.equal(parseType('TYPE731'), 731);
    assert.equal(parseType('type1'), Type.A);
  });

  test('IPv6 addresses are written as RFC 5952 §4 wants', () => {
    for (const [hex, text] of [
      ['2001 0db8 0000 0000 0000 0000 0000 0001', '2001:db8::1'],
      ['2001 0db8 0000 0001 0001 0001 0001 0001', '2001:db8:0:1:1:1:1:1'],
      ['2001 0db8 0000 0000 0001 0000 0000 0001', '2001:db8::1:0:0:1'],
      ['2001 0000 0000 0001 0000 0000 0000 0001', '2001:0:0:1::1'],
      ['0000 0000 0000 0000 0000 0000 0000 0000', '::'],
      ['0000 0000 0000 0000 0000 0000 0000 0001', '::1'],
      ['fe80 0000 0000 0000 0000 0000 0000 0000', 'fe80::'],
      ['ABCD 0000 0000 0000 0000 0000 0000 ABCD', 'abcd::abcd'],
    ] as const) {
      assert.equal(rdataToText({ kind: 'AAAA', address: fromHex(hex) }), text);
    }
  });
});

function writtenAndRead(type: number, rdata: Rdata): Rdata {
  return read(toHex(write(type, rdata)), type);
}

/** The same RDATA with its names in lower case: what equality sees. */
function lowerCased(rdata: Rdata): Rdata {
  switch (rdata.kind) {
    case 'CNAME':
    case 'NS':
    case 'PTR':
    case 'SRV':
      return { ...rdata, target: rdata.target.toLowerCase() };
    case 'MX':
      return { ...rdata, exchange: rdata.exchange.toLowerCase() };
    case 'SOA':
      return { ...rdata, mname: rdata.mname.toLowerCase(), rname: rdata.rname.toLowerCase() };
    default:
      return rdata;
  }
}
