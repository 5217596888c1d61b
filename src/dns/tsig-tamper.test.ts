import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { arbitraryDamage, arbitraryUpdate } from '../../test/support/dns-arbitraries.ts';
import { Class } from './codes.ts';
import { decodeMessage, encodeMessage } from './message.ts';
import { Name } from './name.ts';
import { signRequest, signResponse, verifyRequest, verifyResponse, type TsigAlgorithm, type TsigKey } from './tsig.ts';
import { encodeUpdate } from './update.ts';

/** Whoever changes a bit on the way is found out; and what is let through on purpose is listed here bit by bit. */

const now = 1_700_000_000;
const algorithms: readonly TsigAlgorithm[] = [
  'hmac-md5',
  'hmac-sha1',
  'hmac-sha224',
  'hmac-sha256',
  'hmac-sha384',
  'hmac-sha512',
];

function keyFor(algorithm: TsigAlgorithm): TsigKey {
  return { name: Name.parse('k.dyn.example'), algorithm, secret: new Uint8Array(20).fill(9) };
}

const unsigned = encodeUpdate({
  id: 0x1234,
  zone: Name.parse('Dyn.Example'),
  zoneClass: Class.IN,
  prerequisites: [{ kind: 'name-in-use', name: Name.parse('a.dyn.example') }],
  operations: [
    {
      kind: 'add',
      name: Name.parse('a.dyn.example'),
      type: 1,
      ttl: 60,
      rdata: { kind: 'A', address: Uint8Array.of(192, 0, 2, 1) },
    },
  ],
});

function flipped(wire: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(wire);
  copy[bit >>> 3]! ^= 0x80 >>> (bit & 7);
  return copy;
}

/** The bits whose change leaves a message verified: the header's ID, and the case of letters in the TSIG's two names. */
function harmlessBits(wire: Uint8Array, key: TsigKey): Set<number> {
  const bits = new Set(Array.from({ length: 16 }, (_, bit) => bit));
  const algorithmAt = unsigned.length + key.name.wire.length + 10;
  for (const start of [unsigned.length, algorithmAt]) {
    for (let at = start, length = wire[at]!; length !== 0; at += 1 + length, length = wire[at]!) {
      for (let index = at + 1; index <= at + length; index += 1) {
        if (/[a-z]/.test(String.fromCharCode(wire[index]!))) bits.add(index * 8 + 2);
      }
    }
  }
  return bits;
}

function bitsThatStayVerified(wire: Uint8Array, isVerified: (wire: Uint8Array) => boolean): Set<number> {
  const bits = new Set<number>();
  for (let bit = 0; bit < wire.length * 8; bit += 1) if (isVerified(flipped(wire, bit))) bits.add(bit);
  return bits;
}

describe('a flipped bit is found out', () => {
  for (const algorithm of algorithms) {
    const key = keyFor(algorithm);
    const request = signRequest(unsigned, key, now);

    test(`in a request signed with ${algorithm}`, () => {
      const isVerified = (wire: Uint8Array): boolean => verifyRequest(wire, () => key, now).kind === 'verified';
      assert.ok(isVerified(request.wire));
      assert.deepEqual(bitsThatStayVerified(request.wire, isVerified), harmlessBits(request.wire, key));
    });

    test(`in an answer signed with ${algorithm}`, () => {
      const response = signResponse(encodeMessage({ ...decodeMessage(unsigned), qr: true }), key, request.mac, now);
      const isVerified = (wire: Uint8Array): boolean => verifyResponse(wire, key, request.mac, now).kind === 'verified';
      assert.ok(isVerified(response.wire));
      assert.deepEqual(bitsThatStayVerified(response.wire, isVerified), harmlessBits(response.wire, key));
    });
  }

  test('in the MAC, whatever truncation the policy takes', () => {
    const key = keyFor('hmac-sha256');
    const { wire } = signRequest(unsigned, key, now);
    for (let bit = (wire.length - 6 - 32) * 8; bit < (wire.length - 6) * 8; bit += 1) {
      const verdict = verifyRequest(flipped(wire, bit), () => key, now, { minimumMacOctets: 10 });
      assert.equal(verdict.kind, 'rejected');
    }
  });
});

test('damage is never verified as another message, and never a throw', () => {
  const key = keyFor('hmac-sha256');
  fc.assert(
    fc.property(arbitraryUpdate, fc.array(arbitraryDamage, { minLength: 1, maxLength: 3 }), (update, damages) => {
      const wire = encodeUpdate(update);
      const request = signRequest(wire, key, now);
      const damaged = damages.reduce((octets, damage) => damage(octets), request.wire);
      const verdict = verifyRequest(damaged, () => key, now);
      if (verdict.kind === 'verified') {
        assert.deepEqual({ ...verdict.message, id: update.id }, decodeMessage(wire));
      }
      const response = verifyResponse(damaged, key, request.mac, now);
      assert.notEqual(response.kind, 'verified');
    }),
    { numRuns: 300 },
  );
});
