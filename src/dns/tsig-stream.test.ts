import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { tsigRecord } from '../../test/support/tsig-by-hand.ts';
import { toHex } from '../../test/support/vectors.ts';
import { Type } from './codes.ts';
import { encodeMessage, makeQuery } from './message.ts';
import { Name } from './name.ts';
import { type RequestMac, signRequest, type TsigKey } from './tsig.ts';
import { ResponseStreamSigner, ResponseStreamVerifier } from './tsig-stream.ts';

const now = 1_700_000_000;
const zone = Name.parse('dyn.example');
const key: TsigKey = { name: Name.parse('k.dyn.example'), algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 9) };
const request = signRequest(encodeMessage(makeQuery({ id: 7, name: zone, type: Type.AXFR })), key, now);

/** The n-th message of an answer, told from the others by its ID, which is always the same in a real one. */
function message(n: number): Uint8Array {
  return encodeMessage({ ...makeQuery({ id: n, name: zone, type: Type.AXFR }), qr: true, aa: true });
}

function signed(count: number, requestMac: RequestMac = request.mac): Uint8Array[] {
  const signer = new ResponseStreamSigner(key, requestMac);
  return Array.from({ length: count }, (_, n) => signer.sign(message(n), now));
}

/** RFC 8945 §5.3.1 by hand: what is not signed goes into the next digest. */
function signedSparsely(count: number, isSigned: (n: number) => boolean): Uint8Array[] {
  const octets = (value: number, size: number) => Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex');
  const timers = Buffer.concat([octets(now, 6), octets(300, 2)]);
  const names = [key.name.wire, Buffer.from('00ff00000000', 'hex'), Name.parse('hmac-sha256').wire];
  const variables = Buffer.concat([...names, timers, Buffer.alloc(4)]);
  let prior: Uint8Array = request.mac;
  let unsigned: Uint8Array[] = [];
  return Array.from({ length: count }, (_, n) => {
    const wire = message(n);
    unsigned.push(wire);
    if (!isSigned(n)) return wire;
    const parts = [octets(prior.length, 2), prior, ...unsigned, n === 0 ? variables : timers];
    prior = createHmac('sha256', key.secret).update(Buffer.concat(parts)).digest();
    unsigned = [];
    const longer = Uint8Array.from([
      ...wire,
      ...tsigRecord('k.dyn.example', 'hmac-sha256', now, toHex(prior), n, 0, ''),
    ]);
    longer[11]! += 1;
    return longer;
  });
}

/** The IDs of the messages that were verified, and how the last one was taken. */
function verify(wires: readonly Uint8Array[], at: number = now) {
  const verifier = new ResponseStreamVerifier(key, request.mac);
  const ids: number[] = [];
  for (const wire of wires) {
    const verdict = verifier.take(wire, at);
    if (verdict.kind === 'verified') ids.push(...verdict.messages.map(({ id }) => id));
    else if (verdict.kind !== 'pending') return { ids, end: verdict.kind, isPending: verifier.isPending };
  }
  return { ids, end: 'end', isPending: verifier.isPending };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

test('an answer of several messages is verified message by message (RFC 8945 §5.3.1)', () => {
  for (const count of [1, 2, 50])
    assert.deepEqual(verify(signed(count)), { ids: numbers(count), end: 'end', isPending: false });
});

test('what is signed by hand is signed the same', () => {
  assert.deepEqual(signed(3).map(toHex), signedSparsely(3, () => true).map(toHex));
});

test('up to 99 messages in between may be unsigned, and are believed when a signed one follows (RFC 8945 §5.3.1)', () => {
  const sparse = (gap: number) => signedSparsely(gap + 2, (n) => n === 0 || n === gap + 1);
  assert.deepEqual(verify(sparse(99)), { ids: numbers(101), end: 'end', isPending: false });
  assert.deepEqual(verify(sparse(99).slice(0, -1)), { ids: [0], end: 'end', isPending: true });
  assert.deepEqual(verify(sparse(100)), { ids: [0], end: 'unsigned', isPending: true });
});

test('the first message has to be signed', () => {
  assert.equal(verify([message(0), ...signed(1)]).end, 'unsigned');
  assert.equal(new ResponseStreamVerifier(key, request.mac).isPending, true);
});

test('no message can be left out, put in twice, moved, or taken from another answer', () => {
  const [first, second, third, fourth] = signed(4) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const other = signRequest(encodeMessage(makeQuery({ id: 8, name: zone, type: Type.AXFR })), key, now);
  const [foreign, foreignSecond] = signed(2, other.mac) as [Uint8Array, Uint8Array];
  for (const wires of [
    [second],
    [first, third],
    [first, first],
    [first, third, second],
    [first, second, fourth, third],
    [foreign],
    [first, foreignSecond],
    [first, second, message(9), third],
  ])
    assert.equal(verify(wires).end, 'forged');
});

test('a message is believed within the fudge of its signing only', () => {
  assert.equal(verify(signed(2), now + 300).end, 'end');
  assert.equal(verify(signed(2), now + 301).end, 'forged');
});

test('no octet can be changed, but for the ID in the header, which a forwarder may change', () => {
  const wires = signedSparsely(4, (n) => n !== 2);
  fc.assert(
    fc.property(fc.nat(3), fc.nat(), fc.integer({ min: 1, max: 255 }), (n, offset, change) => {
      const at = 2 + (offset % (wires[n]!.length - 2));
      const damaged = wires.map((wire, index) => (index === n ? Uint8Array.from(wire) : wire));
      damaged[n]![at]! ^= change;
      const { ids, end, isPending } = verify(damaged);
      // Names in a TSIG record are signed in lower case (RFC 8945 §4.3.3).
      if (change === 0x20 && end === 'end') return;
      // Of another type, it is no TSIG, and the message waits for a signed one to follow.
      assert.ok(end !== 'end' || isPending);
      assert.ok(ids.every((id) => id < n));
    }),
    { numRuns: 2000 },
  );
});
