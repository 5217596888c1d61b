import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Class, Rcode, Type } from '../dns/codes.ts';
import { makeQuery, type Message } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { judgeNameserver } from './nameserver-survey.ts';
import { askSerial, isSerialAtLeast, judgeSerial } from './serial-question.ts';

const zone = Name.parse('dyn.example.test');
const soa = { kind: 'SOA', mname: zone, rname: zone, serial: 5, refresh: 1, retry: 1, expire: 1, minimum: 1 } as const;

function answer(more: Partial<Message>): Message {
  const record = { name: zone, type: Type.SOA, class: Class.IN, ttl: 1, rdata: soa };
  return { ...makeQuery({ id: 1, name: zone, type: Type.SOA }), qr: true, aa: true, answers: [record], ...more };
}

test('serials compare in a circle (RFC 1982)', () => {
  assert.equal(isSerialAtLeast(5, 5), true);
  assert.equal(isSerialAtLeast(6, 5), true);
  assert.equal(isSerialAtLeast(4, 5), false);
  assert.equal(isSerialAtLeast(1, 0xffff_ffff), true);
  assert.equal(isSerialAtLeast(0xffff_ffff, 1), false);
  assert.equal(isSerialAtLeast(0x8000_0000, 0), false, 'undefined by the RFC');
});

test('what a nameserver answers for the SOA', () => {
  assert.deepEqual(judgeSerial(answer({}), zone), { kind: 'serial', serial: 5 });
  assert.deepEqual(judgeSerial(answer({ aa: false }), zone), { kind: 'lame', answer: 'it answers without authority' });
  assert.deepEqual(judgeSerial(answer({ rcode: Rcode.REFUSED }), zone), { kind: 'lame', answer: 'it answers REFUSED' });
  assert.equal(judgeSerial(answer({ answers: [] }), zone).kind, 'lame');
});

test('what that means beside the serial of the primary', () => {
  const at = { name: 'ns2.test.', address: '192.0.2.1', port: 53 };
  const judge = (serial: number) => judgeNameserver({ ...at, answer: { kind: 'serial', serial } }, 10);
  assert.equal(judge(10), undefined);
  assert.equal(judge(11), undefined, 'somebody else has changed the zone since');
  assert.deepEqual(judge(9), {
    code: 'nameserver-lags',
    name: 'ns2.test.',
    address: '192.0.2.1',
    serial: 9,
    primarySerial: 10,
  });
  assert.equal(
    judgeNameserver({ ...at, answer: { kind: 'silent', reason: 'no answer' } }, 10)?.code,
    'nameserver-silent',
  );
  assert.equal(judgeNameserver({ ...at, answer: { kind: 'lame', answer: 'x' } }, 10)?.code, 'nameserver-lame');
});

test('an address that nothing can be sent to is silent, not an error', async () => {
  const broadcast = { address: '255.255.255.255', port: 53 };
  assert.equal((await askSerial(broadcast, zone, { freshId: () => 1, timeoutMs: 200 })).kind, 'silent');
});
