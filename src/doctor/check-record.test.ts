import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { Class, Rcode, Type } from '../dns/codes.ts';
import { makeQuery, type Message, type ResourceRecord } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import type { Rdata } from '../dns/rdata.ts';
import { checkContent, checkContents, checkLabel, contentRdata, includesContent, readName } from './check-record.ts';

const zone = Name.parse('dyn.example.test');
const name = zone.prepend(checkLabel);

function record(owner: Name, type: number, rdata: Rdata): ResourceRecord {
  return { name: owner, type, class: Class.IN, ttl: 1, rdata };
}

function answer(more: Partial<Message>): Message {
  return { ...makeQuery({ id: 1, name, type: Type.TXT }), qr: true, aa: true, ...more };
}

function text(...strings: readonly string[]): Rdata {
  return { kind: 'TXT', strings: strings.map((string) => Buffer.from(string)) };
}

test('the content is eight letters and digits, whatever chance brings', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (octets) => {
      assert.match(
        checkContent(() => octets),
        /^[A-Z0-9]{8}$/,
      );
    }),
  );
});

test('a check finds its own record among others, and only the others of its kind', () => {
  const rdatas = [text('AAAAAAAA'), text('of somebody else'), text('BBBBBBBB', 'more'), contentRdata('CCCCCCC1')];
  assert.equal(includesContent(rdatas, 'CCCCCCC1'), true);
  assert.equal(includesContent(rdatas, 'BBBBBBBB'), false);
  assert.deepEqual(checkContents(rdatas), ['AAAAAAAA', 'CCCCCCC1']);
  assert.deepEqual(checkContents([text('12345678\n')]), []);
});

test('what stands at the name', () => {
  const empty = { kind: 'read', rdatas: [], aliasTarget: undefined };
  assert.deepEqual(readName(answer({ rcode: Rcode.NXDOMAIN }), name, zone), empty);
  assert.deepEqual(readName(answer({}), name, zone), empty);

  const held = readName(answer({ answers: [record(name, Type.TXT, text('X'))] }), name, zone);
  assert.deepEqual(held.kind === 'read' && held.rdatas, [text('X')]);

  const target = Name.parse('www.other.test');
  const alias = readName(answer({ answers: [record(name, Type.CNAME, { kind: 'CNAME', target })] }), name, zone);
  assert.equal(alias.kind === 'read' && alias.aliasTarget, 'www.other.test.');

  const dname = record(zone, Type.DNAME, { kind: 'opaque', octets: target.wire });
  assert.deepEqual(readName(answer({ answers: [dname] }), name, zone), {
    kind: 'redirected',
    owner: 'dyn.example.test.',
  });
  assert.deepEqual(readName(answer({ rcode: Rcode.REFUSED }), name, zone), { kind: 'refused', rcode: Rcode.REFUSED });
});

test('a referral below the apex is a delegation; the NS records of the apex beside an answer are not', () => {
  const ns = (owner: Name) => record(owner, Type.NS, { kind: 'NS', target: Name.parse('ns.other.test') });
  const referral = readName(answer({ aa: false, authorities: [ns(name)] }), name, zone);
  assert.deepEqual(referral, { kind: 'delegated', owner: name.toString() });
  assert.equal(readName(answer({ authorities: [ns(zone)] }), name, zone).kind, 'read');
  assert.equal(readName(answer({ aa: false, authorities: [ns(zone)] }), name, zone).kind, 'not-authoritative');
});
