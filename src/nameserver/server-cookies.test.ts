import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { makeAddressOctets, readAddress } from './client-address.ts';
import { isCookieLength, ServerCookies } from './server-cookies.ts';
import { makeSipHashKey, sipHash } from './sip-hash.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

const secret = hex('e5e973e5a6b2a43f48e7dc849e37bfcf');
const rolled = { current: hex('445536bcd2513298075a5d379663c962'), previous: hex('dd3bdf9344b678b185a6f5cb60fca715') };

function answer(cookies: ServerCookies, request: string, client: string, nowSeconds: number) {
  const address = makeAddressOctets();
  readAddress(client, address);
  const into = new Uint8Array(24);
  const octets = hex(request);
  const isGood = cookies.answer(octets, 0, octets.length, address, nowSeconds, into, 0);
  return { cookie: Buffer.from(into).toString('hex'), isGood };
}

test('SipHash-2-4 gives what its paper says (Aumasson and Bernstein, appendix A)', () => {
  const octets = Uint8Array.from({ length: 16 }, (_, index) => index);
  const into = new Uint8Array(8);
  sipHash(makeSipHashKey(octets), octets, 15, into, 0);
  assert.equal(Buffer.from(into).toString('hex'), 'e545be4961ca29a1');
});

describe('a server cookie', () => {
  interface Vector {
    readonly title: string;
    readonly secrets: ConstructorParameters<typeof ServerCookies>[0];
    readonly client: string;
    readonly request: string;
    readonly now: string;
    readonly cookie: string;
    readonly isGood: boolean;
  }
  const vectors: readonly Vector[] = [
    {
      title: 'is learnt (RFC 9018 A.1)',
      secrets: { current: secret },
      client: '198.51.100.100',
      request: '2464c4abcf10c957',
      now: '2019-06-05T10:53:05Z',
      cookie: '2464c4abcf10c957010000005cf79f111f8130c3eee29480',
      isGood: false,
    },
    {
      title: 'is renewed after half an hour (RFC 9018 A.2)',
      secrets: { current: secret },
      client: '198.51.100.100',
      request: '2464c4abcf10c957010000005cf79f111f8130c3eee29480',
      now: '2019-06-05T11:33:05Z',
      cookie: '2464c4abcf10c957010000005cf7a871d4a564a1442aca77',
      isGood: true,
    },
    {
      title: 'of nearly two hours ago counts for nothing (RFC 9018 A.3)',
      secrets: { current: secret },
      client: '203.0.113.203',
      request: 'fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5',
      now: '2019-06-05T11:38:20Z',
      cookie: 'fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e',
      isGood: false,
    },
    {
      title: 'of the secret before is taken, and replaced (RFC 9018 A.4)',
      secrets: rolled,
      client: '2001:db8:220:1:59de:d0f4:8769:82b8',
      request: '22681ab97d52c298010000005cf7c57926556bd0934c72f8',
      now: '2019-06-05T13:39:21Z',
      cookie: '22681ab97d52c298010000005cf7c609a6bb79d16625507a',
      isGood: true,
    },
  ];
  for (const { title, secrets, client, request, now, cookie, isGood } of vectors)
    test(title, () => {
      const nowSeconds = Date.parse(now) / 1000;
      assert.deepEqual(answer(new ServerCookies(secrets), request, client, nowSeconds), { cookie, isGood });
    });

  test('is good from five minutes ahead of its time to an hour after it, at its own address only (RFC 9018 §4.3)', () => {
    const cookies = new ServerCookies({ current: secret });
    const request = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';
    const madeAt = 0x5cf79f11;
    const isGoodAt = (seconds: number, client = '198.51.100.100') => answer(cookies, request, client, seconds).isGood;
    assert.deepEqual(
      [-301, -300, 0, 3600, 3601].map((after) => isGoodAt(madeAt + after)),
      [false, true, true, true, false],
    );
    assert.equal(isGoodAt(madeAt, '198.51.100.101'), false);
    assert.equal(answer(cookies, request.replace(/80$/, '81'), '198.51.100.100', madeAt).isGood, false);
    assert.equal(answer(cookies, request, '::ffff:198.51.100.100', madeAt).cookie, request);
  });

  test('counts with any octets where they are reserved (RFC 9018 §4.2)', () => {
    const cookies = new ServerCookies({ current: secret });
    const request = 'fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5';
    assert.equal(answer(cookies, request, '203.0.113.203', 0x5cf78f71).isGood, true);
  });

  test('has a length that RFC 7873 §5.2.2 knows', () => {
    const lengths = Array.from({ length: 45 }, (_, length) => length).filter(isCookieLength);
    assert.deepEqual(lengths, [8, ...Array.from({ length: 25 }, (_, index) => 16 + index)]);
  });
});

test('addresses are read as Node writes them', () => {
  const read = (text: string) => {
    const address = makeAddressOctets();
    readAddress(text, address);
    return Buffer.from(address.octets.subarray(0, address.length)).toString('hex');
  };
  const cases = {
    '192.0.2.255': 'c00002ff',
    '::ffff:192.0.2.1': 'c0000201',
    '::': '0'.repeat(32),
    '::1': `${'0'.repeat(31)}1`,
    '2001:db8::a:1': '20010db80000000000000000000a0001',
    'fe80::1%eth0': 'fe800000000000000000000000000001',
    '1:2:3:4:5:6:7:8': '00010002000300040005000600070008',
    '64:ff9b::192.0.2.1': '0064ff9b0000000000000000c0000201',
  };
  for (const [text, octets] of Object.entries(cases)) assert.equal(read(text), octets, text);
});
