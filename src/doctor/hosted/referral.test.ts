import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Class, Rcode, Type } from '../../dns/codes.ts';
import { makeQuery, type Message, type ResourceRecord } from '../../dns/message.ts';
import { Name } from '../../dns/name.ts';
import type { Rdata } from '../../dns/rdata.ts';
import { readReferral } from './referral.ts';

const zone = Name.parse('dyn.example.test');
const nameserver = Name.parse('ns1.dyn.example.test');

function record(name: Name, rdata: Exclude<Rdata, { kind: 'opaque' }>): ResourceRecord {
  return { name, type: Type[rdata.kind], class: Class.IN, ttl: 60, rdata };
}

const delegation = record(zone, { kind: 'NS', target: nameserver });
const glue = record(nameserver, { kind: 'A', address: Uint8Array.of(192, 0, 2, 53) });

function answer(more: Partial<Message>): Message {
  return { ...makeQuery({ id: 1, name: zone, type: Type.NS }), qr: true, ...more };
}

test('a referral: our NS records without authority, and glue (RFC 1034 §4.3.2)', () => {
  const referral = readReferral(answer({ authorities: [delegation], additionals: [glue] }), zone);
  assert.equal(referral.kind, 'delegated');
  const [first] = referral.kind === 'delegated' ? referral.nameservers : [];
  assert.equal(first?.name.toString(), 'ns1.dyn.example.test.');
  assert.deepEqual(first?.glue, ['192.0.2.53']);
});

test('one who has our zone as well answers for it, and that has to do', () => {
  assert.equal(readReferral(answer({ aa: true, answers: [delegation] }), zone).kind, 'delegated');
});

test('of a flood of records no more is taken than a zone has', () => {
  const names = Array.from({ length: 500 }, (_, index) => Name.parse(`ns${index}.dyn.example.test`));
  const authorities = names.map((target) => record(zone, { kind: 'NS', target }));
  const additionals = Array.from({ length: 500 }, (_, index) =>
    record(names[0]!, { kind: 'A', address: Uint8Array.of(192, 0, index >> 8, index) }),
  );
  const referral = readReferral(answer({ authorities, additionals }), zone);
  assert.ok(referral.kind === 'delegated');
  assert.equal(referral.nameservers.length, 32);
  assert.equal(referral.nameservers[0]?.glue.length, 16);
});

test('no delegation: no such name, or a name without NS records, with authority', () => {
  assert.deepEqual(readReferral(answer({ aa: true, rcode: Rcode.NXDOMAIN }), zone), { kind: 'not-delegated' });
  assert.deepEqual(readReferral(answer({ aa: true }), zone), { kind: 'not-delegated' });
});

test('whatever says nothing of the delegation', () => {
  const words = (more: Partial<Message>) => {
    const referral = readReferral(answer(more), zone);
    return referral.kind === 'odd' ? referral.answer : referral.kind;
  };
  assert.equal(words({ rcode: Rcode.REFUSED }), 'it answers REFUSED');
  assert.equal(words({ rcode: Rcode.NXDOMAIN }), 'it is not authoritative');
  assert.equal(words({}), 'it is not authoritative');
  const above = record(Name.parse('example.test'), { kind: 'NS', target: nameserver });
  assert.equal(words({ authorities: [above] }), 'it refers to the zone example.test.');
});
