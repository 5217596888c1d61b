import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { answerTo, key, responder, said, zones } from '../../test/support/answering-zones.ts';
import { nowSeconds, queryMessage, queryWire, requestFacts } from '../../test/support/ask.ts';
import { rcodeName, Type } from '../dns/codes.ts';
import { findEdns } from '../dns/edns.ts';
import { decodeMessage, encodeMessage } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { signRequest, type TsigKey, verifyResponse } from '../dns/tsig.ts';
import { Responder } from './respond.ts';
import { ServerCookies } from './server-cookies.ts';

describe('TSIG', () => {
  const ask = (wire: Uint8Array, by: TsigKey = key, at = nowSeconds) => {
    const request = signRequest(wire, by, at);
    const reaction = responder.respond(request.wire, requestFacts());
    assert.ok(reaction.kind === 'answer');
    return { verdict: verifyResponse(reaction.octets, by, request.mac, at), isProven: reaction.isProven, reaction };
  };
  test('a signed query gets a signed answer', () => {
    const { verdict, isProven } = ask(queryWire('www.example.', Type.A, {}));
    assert.ok(verdict.kind === 'verified');
    assert.equal(said(verdict.message), 'NOERROR aa: www.example. A 192.0.2.3 |  |');
    assert.equal(isProven, true);
  });
  test('the signature has its place in a packet', () => {
    const { verdict, reaction } = ask(queryWire('big.example.', Type.TXT, { udpPayloadSize: 512 }));
    assert.ok(verdict.kind === 'verified' && verdict.message.tc);
    assert.ok(reaction.octets.length <= 512);
  });
  test('an unknown key and a wrong one are told unsigned, a wrong clock signed (RFC 8945 §5.2)', () => {
    const stranger = ask(queryWire('www.example.', Type.A), { ...key, name: Name.parse('other.') });
    const wrong = ask(queryWire('www.example.', Type.A), { ...key, secret: new Uint8Array(32) });
    const late = ask(queryWire('www.example.', Type.A), key, nowSeconds - 301);
    const seen = [stranger, wrong, late].map(({ verdict, isProven }) =>
      verdict.kind === 'peer-error'
        ? [verdict.error, verdict.authenticated, verdict.serverTimeSeconds, rcodeName(verdict.message.rcode), isProven]
        : verdict.kind,
    );
    assert.deepEqual(seen, [
      [17, false, undefined, 'NOTAUTH', false],
      [16, false, undefined, 'NOTAUTH', false],
      [18, true, nowSeconds, 'NOTAUTH', false],
    ]);
  });
});

describe('cookies (RFC 7873 §5.2)', () => {
  const by = new Responder(zones, new ServerCookies({ current: new Uint8Array(16).fill(3) }), 1232);
  const ask = (name: string, data: Uint8Array, address = '192.0.2.77') => {
    const wire = queryWire(name, Type.A, { options: [{ code: 10, data }] });
    const reaction = by.respond(wire, requestFacts('udp', address));
    assert.ok(reaction.kind === 'answer');
    const answer = decodeMessage(reaction.octets);
    const cookie = findEdns(answer)?.options.find(({ code }) => code === 10)?.data;
    return { answer, cookie, isProven: reaction.isProven };
  };
  for (const name of ['www.example.', 'alias.example.'])
    test(`${name}: one is learnt, and proves the address after that`, () => {
      const client = new Uint8Array(8).fill(9);
      const first = ask(name, client);
      assert.equal(first.isProven, false);
      assert.deepEqual(first.cookie?.subarray(0, 8), client);
      assert.equal(first.cookie?.length, 24);
      const second = ask(name, first.cookie ?? client);
      assert.deepEqual([second.isProven, second.cookie], [true, first.cookie]);
      assert.equal(ask(name, first.cookie ?? client, '192.0.2.78').isProven, false);
      assert.match(said(second.answer), /NOERROR aa: .* A 192\.0\.2\.3 /);
    });
  test('one of a wrong length is FORMERR (§5.2.2)', () => {
    for (const length of [0, 7, 9, 15, 41])
      assert.equal(said(ask('www.example.', new Uint8Array(length)).answer), 'FORMERR:  |  |');
  });
  test('without a question, the cookie is the answer (§5.4)', () => {
    const query = queryMessage('www.example.', Type.A, { options: [{ code: 10, data: new Uint8Array(8) }] });
    const answer = answerTo(encodeMessage({ ...query, questions: [] }), 'udp', by);
    assert.equal(said(answer), 'NOERROR:  |  |');
    assert.equal(findEdns(answer)?.options[0]?.data.length, 24);
  });
});
