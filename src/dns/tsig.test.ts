import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tsigRecord } from '../../test/support/tsig-by-hand.ts';
import { fromHex, toHex } from '../../test/support/vectors.ts';
import { Class, Rcode, TsigError } from './codes.ts';
import { decodeMessage, encodeMessage, type Message } from './message.ts';
import { Name } from './name.ts';
import {
  parseTsigAlgorithm,
  signError,
  signRequest,
  signResponse,
  verifyRequest,
  verifyResponse,
  type RequestMac,
  type TsigAlgorithm,
  type TsigKey,
} from './tsig.ts';
import { encodeUpdate } from './update.ts';

const now = 1_700_000_000;
const key: TsigKey = {
  name: Name.parse('Key.Dyn.Example'),
  algorithm: 'hmac-sha256',
  secret: new Uint8Array(32).fill(0x5a),
};
const updateWire = encodeUpdate({
  id: 0x1234,
  zone: Name.parse('dyn.example'),
  zoneClass: Class.IN,
  prerequisites: [],
  operations: [{ kind: 'delete-name', name: Name.parse('a.dyn.example') }],
});

/** The answer of a server, without a TSIG. */
function answer(rcode: number): Uint8Array {
  const message: Message = { ...decodeMessage(updateWire), qr: true, rcode, answers: [], authorities: [] };
  return encodeMessage(message);
}

describe('as a client', () => {
  const request = signRequest(updateWire, key, now);
  const verify = (wire: Uint8Array, nowSeconds: number = now) => verifyResponse(wire, key, request.mac, nowSeconds);
  const signed = signResponse(answer(Rcode.NOERROR), key, request.mac, now).wire;

  test('an answer to our request is verified, and comes without its TSIG', () => {
    assert.deepEqual(verify(signed), { kind: 'verified', message: decodeMessage(answer(Rcode.NOERROR)) });
  });

  test('signing changes nothing that was given', () => {
    const given = Uint8Array.from(updateWire);
    assert.deepEqual(signRequest(given, key, now).wire, request.wire);
    assert.deepEqual(given, updateWire);
    assert.deepEqual(request.wire.subarray(12, updateWire.length), updateWire.subarray(12));
    assert.equal(request.wire[11], 1);
  });

  test('a received Buffer is not changed by checking it, though its slice() shares memory', () => {
    const fromSocket = Buffer.from(signed);
    for (let time = 1; time <= 2; time += 1) assert.equal(verify(fromSocket).kind, 'verified');
    assert.deepEqual(Uint8Array.from(fromSocket), signed);
    const forwarded = Buffer.from(request.wire);
    forwarded.writeUInt16BE(0xffff, 0);
    const copy = Uint8Array.from(forwarded);
    for (let time = 1; time <= 2; time += 1) {
      assert.equal(verifyRequest(forwarded, () => key, now).kind, 'verified');
    }
    assert.deepEqual(Uint8Array.from(forwarded), copy);
  });

  test('key and algorithm are matched without case, and sent in lower case', () => {
    const upper = { ...key, name: Name.parse('KEY.DYN.EXAMPLE') };
    assert.equal(verifyResponse(signed, upper, request.mac, now).kind, 'verified');
    assert.deepEqual(signRequest(updateWire, upper, now), request);
    assert.ok(toHex(request.wire).includes(toHex(key.name.toLowerCase().wire)));
  });

  test('the clock may differ by the fudge and no more', () => {
    for (const [seconds, kind] of [
      [300, 'verified'],
      [-300, 'verified'],
      [301, 'forged'],
      [-301, 'forged'],
    ] as const) {
      assert.equal(verify(signed, now + seconds).kind, kind, String(seconds));
    }
  });

  test('an answer without TSIG is unsigned', () => {
    assert.equal(verify(answer(Rcode.NOERROR)).kind, 'unsigned');
  });

  test('an answer to another request is forged', () => {
    const other = signRequest(updateWire, key, now + 1);
    assert.equal(verifyResponse(signed, key, other.mac, now).kind, 'forged');
  });

  test('our own request, sent back, is forged', () => {
    assert.equal(verify(request.wire).kind, 'forged');
  });

  test('another key, algorithm or secret is forged', () => {
    for (const wrong of [
      { ...key, name: Name.parse('other') },
      { ...key, algorithm: 'hmac-sha512' } as const,
      { ...key, secret: new Uint8Array(32) },
    ]) {
      assert.equal(verifyResponse(signed, wrong, request.mac, now).kind, 'forged');
    }
  });

  test('an ID that a forwarder changed does not matter, since the original one is signed', () => {
    const forwarded = Uint8Array.from(signed);
    forwarded.set([0xff, 0xff]);
    const verdict = verify(forwarded);
    assert.ok(verdict.kind === 'verified');
    assert.equal(verdict.message.id, 0xffff);
  });

  test('unsigned errors are told as what they are', () => {
    for (const error of [TsigError.BADKEY, TsigError.BADSIG, TsigError.BADTIME, TsigError.BADTRUNC]) {
      const record = tsigRecord('key.dyn.example', 'hmac-sha256', now, '', 0x1234, error, '0000ffffffff');
      const wire = Uint8Array.from([...answer(Rcode.NOTAUTH), ...record]);
      wire[11] = 1;
      const verdict = verify(wire);
      assert.ok(verdict.kind === 'peer-error');
      assert.deepEqual([verdict.error, verdict.authenticated, verdict.serverTimeSeconds], [error, false, undefined]);
    }
  });

  test('no MAC and no error is malformed', () => {
    const record = tsigRecord('key.dyn.example', 'hmac-sha256', now, '', 0x1234, 0, '');
    const wire = Uint8Array.from([...answer(Rcode.NOERROR), ...record]);
    wire[11] = 1;
    assert.equal(verify(wire).kind, 'malformed');
  });

  test('a truncated MAC is forged, one below the floor malformed (RFC 8945 §5.2.2.1)', () => {
    for (const [octets, kind] of [
      [31, 'forged'],
      [16, 'forged'],
      [15, 'malformed'],
      [0, 'malformed'],
    ] as const) {
      assert.equal(verify(withTruncatedMac(signed, octets)).kind, kind, String(octets));
    }
  });

  test('octets that are no message are malformed', () => {
    assert.equal(verify(new Uint8Array(0)).kind, 'malformed');
    assert.equal(verify(signed.subarray(0, -1)).kind, 'malformed');
  });

  test('a signed message may be 65535 octets long, and no longer', () => {
    const big = new Uint8Array(65_535);
    assert.throws(() => signRequest(big, key, now), { name: 'DnsEncodeError', code: 'too-long' });
  });

  test('the MACs of requests and answers do not mix', () => {
    const response = signResponse(answer(Rcode.NOERROR), key, request.mac, now);
    // @ts-expect-error an answer's MAC is not a request's
    assert.equal(verifyResponse(response.wire, key, response.mac, now).kind, 'forged');
    // @ts-expect-error neither are octets that came from anywhere
    assert.equal(verifyResponse(response.wire, key, new Uint8Array(32), now).kind, 'forged');
  });
});

/** The message with the MAC of its TSIG, which is key.dyn.example's with HMAC-SHA256, cut to some octets. */
function withTruncatedMac(wire: Uint8Array, octets: number): Uint8Array {
  // the end of the record: MAC size 2, MAC 32, original ID 2, error 2, other length 2
  const macAt = wire.length - 6 - 32;
  const cut = [
    ...wire.subarray(0, macAt - 2),
    0,
    octets,
    ...wire.subarray(macAt, macAt + octets),
    ...wire.subarray(-6),
  ];
  const lengthAt = wire.length - 74 + 11;
  assert.equal((wire[lengthAt]! << 8) | wire[lengthAt + 1]!, 61);
  cut[lengthAt + 1] = 61 - 32 + octets;
  return Uint8Array.from(cut);
}

describe('as a server', () => {
  const request = signRequest(updateWire, key, now);
  const findKey = (name: Name, algorithm: TsigAlgorithm): TsigKey | undefined =>
    name.equals(key.name) && algorithm === key.algorithm ? key : undefined;

  test('a request is verified, and comes without its TSIG, with key and MAC for the answer', () => {
    const verdict = verifyRequest(request.wire, findKey, now);
    assert.deepEqual(verdict, { kind: 'verified', message: decodeMessage(updateWire), key, mac: request.mac });
  });

  test('a request without TSIG is unsigned', () => {
    assert.equal(verifyRequest(updateWire, findKey, now).kind, 'unsigned');
  });

  test('an unknown key is BADKEY, answered unsigned', () => {
    const verdict = verifyRequest(request.wire, () => undefined, now);
    assert.ok(verdict.kind === 'rejected');
    assert.deepEqual(
      [verdict.rcode, verdict.tsigError, verdict.signWith],
      [Rcode.NOTAUTH, TsigError.BADKEY, undefined],
    );
    const reply = verifyResponse(signError(answer(verdict.rcode), verdict, now), key, request.mac, now);
    assert.partialDeepStrictEqual(reply, { kind: 'peer-error', error: TsigError.BADKEY, authenticated: false });
  });

  test('a key store that answers with another key is BADKEY, not a signature under it', () => {
    for (const wrong of [{ ...key, name: Name.parse('other') }, { ...key, algorithm: 'hmac-sha512' } as const]) {
      assert.partialDeepStrictEqual(
        verifyRequest(request.wire, () => wrong, now),
        { tsigError: TsigError.BADKEY },
      );
    }
  });

  test('an algorithm that nobody knows is BADKEY', () => {
    const record = tsigRecord('key.dyn.example', 'hmac-sha3-256', now, '00'.repeat(32), 0x1234, 0, '');
    const wire = Uint8Array.from([...updateWire, ...record]);
    wire[11] = 1;
    assert.partialDeepStrictEqual(
      verifyRequest(wire, () => key, now),
      { tsigError: TsigError.BADKEY },
    );
  });

  test('a wrong MAC is BADSIG, answered unsigned; the time is not looked at before (CVE-2017-3142)', () => {
    const other = signRequest(updateWire, { ...key, secret: new Uint8Array(32) }, now - 10_000);
    const verdict = verifyRequest(other.wire, findKey, now);
    assert.ok(verdict.kind === 'rejected');
    assert.deepEqual(
      [verdict.rcode, verdict.tsigError, verdict.signWith],
      [Rcode.NOTAUTH, TsigError.BADSIG, undefined],
    );
  });

  test('a wrong time is BADTIME, answered signed at the client’s time with the server’s clock', () => {
    for (const skew of [301, -301, 100_000]) {
      const serverNow = now + skew;
      const verdict = verifyRequest(request.wire, findKey, serverNow);
      assert.ok(verdict.kind === 'rejected');
      assert.deepEqual([verdict.rcode, verdict.tsigError], [Rcode.NOTAUTH, TsigError.BADTIME]);
      const reply = signError(answer(verdict.rcode), verdict, serverNow);
      assert.deepEqual(verifyResponse(reply, key, request.mac, now), {
        kind: 'peer-error',
        error: TsigError.BADTIME,
        authenticated: true,
        serverTimeSeconds: serverNow,
        message: decodeMessage(answer(Rcode.NOTAUTH)),
      });
    }
    assert.equal(verifyRequest(request.wire, findKey, now + 300).kind, 'verified');
    assert.equal(verifyRequest(request.wire, findKey, now - 300).kind, 'verified');
  });

  test('BADTIME keeps the client’s own fudge (RFC 8945 §5.2.3)', () => {
    const narrow = signRequest(updateWire, key, now, 5);
    const verdict = verifyRequest(narrow.wire, findKey, now + 6);
    assert.ok(verdict.kind === 'rejected');
    const reply = verifyRequest(signError(answer(verdict.rcode), verdict, now + 6), () => undefined, now);
    assert.ok(reply.kind === 'rejected');
    assert.deepEqual([reply.tsig.fudgeSeconds, reply.tsig.timeSignedSeconds], [5, now]);
  });

  test('a truncated MAC is BADTRUNC, answered signed, unless the policy takes it', () => {
    const cut = withTruncatedMac(request.wire, 20);
    const verdict = verifyRequest(cut, findKey, now);
    assert.ok(verdict.kind === 'rejected');
    assert.equal(verdict.tsigError, TsigError.BADTRUNC);
    const signedReply = signError(answer(verdict.rcode), verdict, now);
    const reply = verifyResponse(signedReply, key, request.mac.subarray(0, 20) as RequestMac, now);
    assert.partialDeepStrictEqual(reply, { kind: 'peer-error', error: TsigError.BADTRUNC, authenticated: true });
    assert.equal(verifyRequest(cut, findKey, now, { minimumMacOctets: 20 }).kind, 'verified');
    assert.equal(verifyRequest(cut, findKey, now, { minimumMacOctets: 21 }).kind, 'rejected');
    assert.equal(verifyRequest(request.wire, findKey, now, { minimumMacOctets: 1000 }).kind, 'verified');
  });

  test('time goes before truncation', () => {
    const verdict = verifyRequest(withTruncatedMac(request.wire, 20), findKey, now + 1000);
    assert.partialDeepStrictEqual(verdict, { tsigError: TsigError.BADTIME });
  });

  test('a MAC below the floor or above the hash is FORMERR whatever the policy says (RFC 8945 §5.2.2.1)', () => {
    const short = verifyRequest(withTruncatedMac(request.wire, 15), findKey, now, { minimumMacOctets: 1 });
    assert.partialDeepStrictEqual(short, { kind: 'malformed', rcode: Rcode.FORMERR });
    const record = tsigRecord('key.dyn.example', 'hmac-sha256', now, '00'.repeat(33), 0x1234, 0, '');
    const long = Uint8Array.from([...updateWire, ...record]);
    long[11] = 1;
    assert.partialDeepStrictEqual(verifyRequest(long, findKey, now), { kind: 'malformed', rcode: Rcode.FORMERR });
  });
});

describe('a TSIG in the wrong place or shape is malformed', () => {
  const record = tsigRecord('key.dyn.example', 'hmac-sha256', now, '00'.repeat(32), 0x1234, 0, '');
  const plain = fromHex('016100 0001 0001 00000000 0004 c0000201');
  const header = (answers: number, authorities: number, additionals: number): Uint8Array =>
    fromHex(`1234 0000 0000 ${[answers, authorities, additionals].map((count) => `000${count}`).join('')}`);
  const changed = (at: number, value: number): Uint8Array => {
    const copy = Uint8Array.from(record);
    copy[at] = value;
    return copy;
  };
  const nameOctets = Name.parse('key.dyn.example').wire.length;
  for (const [what, wire] of [
    ['not last', [...header(0, 0, 2), ...record, ...plain]],
    ['twice', [...header(0, 0, 2), ...record, ...record]],
    ['in the answer section', [...header(1, 0, 0), ...record]],
    ['in the authority section', [...header(0, 1, 0), ...record]],
    ['in the answer section and at the end', [...header(1, 0, 1), ...record, ...record]],
    ['of class IN', [...header(0, 0, 1), ...changed(nameOctets + 3, 1)]],
    ['with a TTL', [...header(0, 0, 1), ...changed(nameOctets + 7, 1)]],
    ['with a MAC size past the RDATA', [...header(0, 0, 1), ...changed(nameOctets + 10 + 13 + 8, 1)]],
    ['with octets behind its other data', [...header(0, 0, 1), ...changed(nameOctets + 9, 62), 0]],
    ['with a compressed algorithm name', [...header(0, 0, 1), ...changed(nameOctets + 10, 0xc0)]],
  ] as const) {
    test(what, () => {
      assert.equal(verifyRequest(Uint8Array.from(wire), () => key, now).kind, 'malformed');
      const { mac } = signRequest(updateWire, key, now);
      assert.equal(verifyResponse(Uint8Array.from(wire), key, mac, now).kind, 'malformed');
    });
  }
});

test('algorithms are known by their names, in any case, with or without a trailing dot', () => {
  for (const [text, algorithm] of [
    ['hmac-sha512', 'hmac-sha512'],
    ['HMAC-SHA256.', 'hmac-sha256'],
    ['hmac-md5', 'hmac-md5'],
    ['HMAC-MD5.SIG-ALG.REG.INT', 'hmac-md5'],
    ['hmac-md5.sig-alg.reg.int.', 'hmac-md5'],
    ['hmac-sha1.sig-alg.reg.int', undefined],
    ['sha256', undefined],
    ['', undefined],
    ['constructor', undefined],
  ] as const) {
    assert.equal(parseTsigAlgorithm(text), algorithm, text);
  }
});
