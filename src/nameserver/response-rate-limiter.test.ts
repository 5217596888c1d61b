import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { queryMessage, queryWire, requestFacts } from '../../test/support/ask.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { Type } from '../dns/codes.ts';
import { findEdns } from '../dns/edns.ts';
import { decodeMessage } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { Responder } from './respond.ts';
import { defaultResponseRateLimits, ResponseRateLimiter, slippedAnswer } from './response-rate-limiter.ts';
import { ServerCookies } from './server-cookies.ts';

const lines = ['example. SOA 1', 'example. NS ns.test.', ...['a', 'b'].map((label) => `${label}.example. A 192.0.2.1`)];
const zones = new MemoryServedZones([
  new MemoryServedZone({ origin: Name.parse('example.'), records: parseRecordLines(lines) }),
]);
const responder = new Responder(zones, new ServerCookies({ current: new Uint8Array(16) }), 1232);
const limits = { ...defaultResponseRateLimits, perSecond: 10, slip: 2 };

function answerTo(name: string, options?: readonly { code: number; data: Uint8Array }[]) {
  const reaction = responder.respond(queryWire(name, Type.A, options && { options }), requestFacts());
  assert.ok(reaction.kind === 'answer');
  return reaction.octets;
}

function counts(limiter: ResponseRateLimiter, name: string, client: string, times: number, nowMs: number) {
  const count = { send: 0, slip: 0, drop: 0 };
  for (let turn = 0; turn < times; turn += 1)
    count[limiter.judge(answerTo(name), requestFacts('udp', client).client, nowMs)] += 1;
  return count;
}

describe('answers to one network', () => {
  test('of one kind are so many a second; of the others every second one slips through', () => {
    const limiter = new ResponseRateLimiter(limits, 1);
    assert.deepEqual(counts(limiter, 'a.example.', '192.0.2.1', 30, 1000), { send: 10, slip: 10, drop: 10 });
    assert.deepEqual(counts(limiter, 'A.EXAMPLE.', '192.0.2.200', 10, 1000), { send: 0, slip: 5, drop: 5 });
    assert.deepEqual(counts(limiter, 'a.example.', '192.0.2.1', 10, 1500), { send: 5, slip: 2, drop: 3 });
    assert.deepEqual(counts(limiter, 'a.example.', '192.0.2.1', 10, 99_000), { send: 10, slip: 0, drop: 0 });
  });

  const others: readonly (readonly [string, string, string, number])[] = [
    ['another /24 has an allowance of its own', 'a.example.', '192.0.3.1', 10],
    ['so has another name', 'b.example.', '192.0.2.1', 10],
    ['so has what is missing', 'x.example.', '192.0.2.1', 10],
    ['IPv6 too', 'a.example.', '2001:db8::1', 10],
  ];
  for (const [title, name, client, sent] of others)
    test(title, () => {
      const limiter = new ResponseRateLimiter(limits, 1);
      counts(limiter, 'a.example.', '192.0.2.1', 30, 1000);
      assert.equal(counts(limiter, name, client, 10, 1000).send, sent);
    });

  test('all names that are missing have one, and so has a /56', () => {
    const limiter = new ResponseRateLimiter(limits, 1);
    counts(limiter, 'x.example.', '2001:db8:0:ff::1', 10, 1000);
    assert.equal(counts(limiter, 'y.example.', '2001:db8:0:a0::2', 10, 1000).send, 0);
    assert.equal(counts(limiter, 'y.example.', '2001:db8:0:100::2', 10, 1000).send, 10);
  });

  test('with slip 0 nothing slips through, with slip 1 everything', () => {
    const none = new ResponseRateLimiter({ ...limits, slip: 0 }, 1);
    assert.deepEqual(counts(none, 'a.example.', '192.0.2.1', 30, 1000), { send: 10, slip: 0, drop: 20 });
    const all = new ResponseRateLimiter({ ...limits, slip: 1 }, 1);
    assert.deepEqual(counts(all, 'a.example.', '192.0.2.1', 30, 1000), { send: 10, slip: 20, drop: 0 });
  });

  test('another limit counts at once, and 0 is none', () => {
    const limiter = new ResponseRateLimiter(limits, 1);
    counts(limiter, 'a.example.', '192.0.2.1', 30, 1000);
    limiter.perSecond = 0;
    assert.equal(counts(limiter, 'a.example.', '192.0.2.1', 1000, 1000).send, 1000);
    limiter.perSecond = 20;
    assert.equal(counts(limiter, 'a.example.', '192.0.2.1', 30, 2000).send, 20);
  });

  test('a network that asks all the time is not forgotten for a million others', () => {
    const limiter = new ResponseRateLimiter({ ...limits, buckets: 1024 }, 1);
    const answer = answerTo('a.example.');
    let sent = 0;
    for (let turn = 0; turn < 100_000; turn += 1) {
      const { client } = requestFacts('udp', `10.${turn >>> 16}.${(turn >>> 8) & 0xff}.${turn & 0xff}`);
      limiter.judge(answer, client, 1000 + turn / 1000);
      if (turn % 10 === 0) sent += Number(limiter.judge(answer, requestFacts().client, 1000 + turn / 1000) === 'send');
    }
    assert.ok(sent < 100, `${sent} were sent in a tenth of a second`);
  });
});

describe('what slips through', () => {
  const cases = { plain: undefined, 'with EDNS': [], 'with a cookie': [{ code: 10, data: new Uint8Array(8) }] };
  for (const [title, options] of Object.entries(cases))
    test(`is the question with TC, ${title}`, () => {
      const answer = answerTo('a.example.', options);
      const whole = decodeMessage(answer);
      const slipped = decodeMessage(slippedAnswer(answer));
      assert.equal(slipped.tc, true);
      assert.deepEqual(slipped.questions, queryMessage('a.example.', Type.A).questions);
      assert.deepEqual([slipped.answers.length, slipped.authorities.length], [0, 0]);
      assert.deepEqual(findEdns(slipped), findEdns(whole));
    });
});
