import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as dnsPacket from 'dns-packet';
import * as fc from 'fast-check';
import { arbitraryEdns } from '../../test/support/dns-arbitraries.ts';
import { fromHex } from '../../test/support/vectors.ts';
import { Class, Rcode, Type } from './codes.ts';
import { findEdns, fromOpt, fullRcode, toOpt, type Edns } from './edns.ts';
import { DnsDecodeError, DnsEncodeError } from './errors.ts';
import { decodeMessage, encodeMessage, makeQuery, type Message } from './message.ts';
import { Name } from './name.ts';

const plain: Edns = { udpPayloadSize: 1232, version: 0, dnssecOk: false, extendedRcode: 0, options: [] };
const query = makeQuery({ id: 1, name: Name.parse('a.example'), type: Type.A });

function withEdns(...all: readonly Edns[]): Message {
  return { ...query, additionals: all.map(toOpt) };
}

test('what is written is read back, through a message', () => {
  fc.assert(
    fc.property(arbitraryEdns, (edns) => {
      assert.deepEqual(findEdns(decodeMessage(encodeMessage(withEdns(edns)))), edns);
    }),
  );
});

test('dns-packet reads what we write', () => {
  const edns = { ...plain, dnssecOk: true, extendedRcode: 1, options: [{ code: 65001, data: fromHex('0102') }] };
  const opt = dnsPacket.decode(Buffer.from(encodeMessage(withEdns(edns)))).additionals?.[0];
  assert.deepEqual(
    { ...opt },
    {
      name: '.',
      type: 'OPT',
      udpPayloadSize: 1232,
      extendedRcode: 1,
      ednsVersion: 0,
      flags: 0x8000,
      flag_do: true,
      options: [{ code: 65001, type: 'OPTION_65001', data: Buffer.from('0102', 'hex') }],
    },
  );
});

describe('finding', () => {
  test('a message without OPT has no EDNS', () => {
    assert.equal(findEdns(query), undefined);
  });

  test('two OPT records are FORMERR (RFC 6891 §6.1.1)', () => {
    assert.throws(() => findEdns(withEdns(plain, plain)), { name: 'DnsDecodeError', code: 'bad-edns' });
  });

  test('an OPT record outside the additional section is refused', () => {
    assert.throws(() => findEdns({ ...query, answers: [toOpt(plain)] }), { code: 'bad-edns' });
    assert.throws(() => findEdns({ ...query, authorities: [toOpt(plain)] }), { code: 'bad-edns' });
  });

  test('an owner other than the root is refused', () => {
    assert.throws(() => fromOpt({ ...toOpt(plain), name: Name.parse('x') }), { code: 'bad-edns' });
  });

  test('an option that runs out of the RDATA is refused', () => {
    const opt = { ...toOpt(plain), rdata: { kind: 'opaque', octets: fromHex('0001 0002 00') } } as const;
    assert.throws(() => fromOpt(opt), DnsDecodeError);
  });

  test('a record of another type is refused', () => {
    const record = { ...toOpt(plain), type: Type.A, class: Class.IN };
    assert.throws(() => fromOpt(record), { code: 'bad-edns' });
  });
});

describe('the response code', () => {
  test('has the header’s four bits below the OPT record’s eight (RFC 6891 §6.1.3)', () => {
    assert.equal(fullRcode({ ...withEdns({ ...plain, extendedRcode: 1 }), rcode: 0 }), Rcode.BADVERS);
    assert.equal(fullRcode({ ...withEdns({ ...plain, extendedRcode: 1 }), rcode: 7 }), Rcode.BADCOOKIE);
    assert.equal(fullRcode({ ...query, rcode: Rcode.REFUSED }), Rcode.REFUSED);
  });
});

test('numbers that do not fit are refused', () => {
  for (const wrong of [{ version: 256 }, { extendedRcode: 256 }, { version: -1 }]) {
    assert.throws(() => toOpt({ ...plain, ...wrong }), DnsEncodeError);
  }
  const long = { code: 1, data: new Uint8Array(65_536) };
  assert.throws(() => toOpt({ ...plain, options: [long] }), { code: 'too-long' });
});
