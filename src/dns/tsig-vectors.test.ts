import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tsigRecord } from '../../test/support/tsig-by-hand.ts';
import { fromHex, readJson, toHex } from '../../test/support/vectors.ts';
import { Class, Opcode, Rcode, TsigError, Type, parseType } from './codes.ts';
import { decodeMessage, encodeMessage, makeQuery } from './message.ts';
import { Name } from './name.ts';
import type { Rdata } from './rdata.ts';
import {
  parseTsigAlgorithm,
  signError,
  signRequest,
  signResponse,
  verifyRequest,
  verifyResponse,
  type RequestMac,
  type TsigKey,
} from './tsig.ts';
import { encodeUpdate } from './update.ts';

/** MACs that other implementations computed: BIND 9, miekg/dns and dnspython. Where each comes from stands in its file. */

function makeKey(name: string, algorithm: string, secretBase64: string): TsigKey {
  const parsed = parseTsigAlgorithm(algorithm);
  assert.ok(parsed !== undefined);
  return { name: Name.parse(name), algorithm: parsed, secret: Uint8Array.from(Buffer.from(secretBase64, 'base64')) };
}

interface BindCase {
  readonly name: string;
  readonly algorithm: string;
  readonly secretBase64: string;
  readonly id: number;
  readonly recursionDesired: boolean;
  readonly question: { readonly name: string; readonly type: string };
  readonly timeSigned: number;
  readonly requestMac?: string;
  readonly answer?: { readonly type: 'A' | 'SOA'; readonly ttl: number; readonly mac: string };
  readonly badTime?: { readonly serverTime: number; readonly mac: string };
}

describe('what BIND signed', () => {
  const soa: Rdata = {
    kind: 'SOA',
    mname: Name.parse('ns.example.com'),
    rname: Name.parse('root.example.com'),
    serial: 2_011_041_503,
    refresh: 7200,
    retry: 3600,
    expire: 2_592_000,
    minimum: 1200,
  };
  for (const vector of (readJson('dns/tsig-bind.json') as { cases: BindCase[] }).cases) {
    test(vector.name, () => {
      const key = makeKey('www.example.com', vector.algorithm, vector.secretBase64);
      const name = Name.parse(vector.question.name);
      const type = parseType(vector.question.type) ?? 0;
      const query = makeQuery({ id: vector.id, name, type, recursionDesired: vector.recursionDesired });
      const request = signRequest(encodeMessage(query), key, vector.timeSigned);
      if (vector.requestMac !== undefined) assert.equal(toHex(request.mac), vector.requestMac);
      if (vector.answer !== undefined) {
        const { type: answerType, ttl, mac } = vector.answer;
        const rdata: Rdata = answerType === 'A' ? { kind: 'A', address: fromHex('c0000201') } : soa;
        const answers = [{ name, type: Type[answerType], class: Class.IN, ttl, rdata }];
        const response = encodeMessage({ ...query, qr: true, aa: true, answers });
        assert.equal(toHex(signResponse(response, key, request.mac, vector.timeSigned).mac), mac);
      }
      if (vector.badTime !== undefined) {
        const { serverTime, mac } = vector.badTime;
        const verdict = verifyRequest(request.wire, () => key, serverTime);
        assert.ok(verdict.kind === 'rejected');
        const response = encodeMessage({ ...query, qr: true, rcode: verdict.rcode });
        const wire = toHex(signError(response, verdict, serverTime));
        // MAC, original ID, error BADTIME, and the server's clock in 6 octets
        assert.ok(wire.endsWith(`${mac}7fc4001200060000${serverTime.toString(16)}`), wire);
      }
    });
  }
});

describe('what miekg/dns signed', () => {
  interface MiekgVectors {
    readonly timeSigned: number;
    readonly signedUpdate: { readonly algorithm: string; readonly secretBase64: string; readonly wire: string };
    readonly macs: readonly {
      readonly algorithm: string;
      readonly secretBase64: string;
      readonly requestMac: string | null;
      readonly otherData: string;
      readonly error: number;
      readonly mac: string;
    }[];
  }
  const { timeSigned, signedUpdate, macs } = readJson('dns/tsig-miekg.json') as MiekgVectors;

  test('an UPDATE on the wire is verified', () => {
    const key = makeKey('testkey', signedUpdate.algorithm, signedUpdate.secretBase64);
    const verdict = verifyRequest(fromHex(signedUpdate.wire), () => key, timeSigned);
    assert.ok(verdict.kind === 'verified');
    assert.equal(verdict.message.opcode, Opcode.UPDATE);
  });

  const empty = encodeUpdate({
    id: 42,
    zone: Name.parse('example.com'),
    zoneClass: 1,
    prerequisites: [],
    operations: [],
  });
  for (const vector of macs) {
    const key = makeKey('testkey', vector.algorithm, vector.secretBase64);
    if (vector.error === 0) {
      test(`a request with ${vector.algorithm} is signed alike`, () => {
        assert.equal(toHex(signRequest(empty, key, timeSigned).mac), vector.mac);
      });
    } else if (vector.requestMac !== null) {
      test(`a BADTIME with request MAC ${vector.requestMac} and other data "${vector.otherData}" is verified`, () => {
        const tsig = tsigRecord(
          'testkey',
          vector.algorithm,
          timeSigned,
          vector.mac,
          42,
          vector.error,
          vector.otherData,
        );
        const wire = Uint8Array.from([...empty, ...tsig]);
        wire[11] = 1;
        const verdict = verifyResponse(wire, key, fromHex(vector.requestMac ?? '') as RequestMac, timeSigned);
        assert.partialDeepStrictEqual(verdict, { kind: 'peer-error', error: TsigError.BADTIME, authenticated: true });
      });
    }
  }
});

describe('what dnspython signed', () => {
  interface DnspythonCase {
    readonly algorithm: string;
    readonly keyName: string;
    readonly secretBase64: string;
    readonly nowSeconds: number;
    readonly unsignedRequest: string;
    readonly signedRequest: string;
    readonly requestMac: string;
    readonly answerSignedOneSecondLater: string;
    readonly badTimeAnswer: string;
    readonly badTimeServerSeconds: number;
  }
  for (const vector of (readJson('dns/tsig-dnspython.json') as { cases: DnspythonCase[] }).cases) {
    const key = makeKey(vector.keyName, vector.algorithm, vector.secretBase64);
    const now = vector.nowSeconds;
    const request = signRequest(fromHex(vector.unsignedRequest), key, now);

    test(`${vector.algorithm}: the same request has the same MAC`, () => {
      assert.equal(toHex(request.mac), vector.requestMac);
    });

    test(`${vector.algorithm}: its request is verified`, () => {
      const verdict = verifyRequest(fromHex(vector.signedRequest), () => key, now);
      assert.ok(verdict.kind === 'verified');
      assert.deepEqual(verdict.message, decodeMessage(fromHex(vector.unsignedRequest)));
      assert.deepEqual(verdict.mac, request.mac);
    });

    test(`${vector.algorithm}: its answer is verified`, () => {
      const verdict = verifyResponse(fromHex(vector.answerSignedOneSecondLater), key, request.mac, now + 2);
      assert.ok(verdict.kind === 'verified');
      assert.equal(verdict.message.rcode, Rcode.NOERROR);
    });

    test(`${vector.algorithm}: its BADTIME is verified and tells the server's clock`, () => {
      const verdict = verifyResponse(fromHex(vector.badTimeAnswer), key, request.mac, now);
      assert.ok(verdict.kind === 'peer-error');
      const { error, authenticated, serverTimeSeconds, message } = verdict;
      assert.deepEqual([error, authenticated, message.rcode], [TsigError.BADTIME, true, Rcode.NOTAUTH]);
      assert.equal(serverTimeSeconds, vector.badTimeServerSeconds);
    });
  }
});
