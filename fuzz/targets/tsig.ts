import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { Rcode, tsigErrorName } from '../../src/dns/codes.ts';
import { decodeMessage, encodeMessage, type Message } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import {
  signError,
  signRequest,
  signResponse,
  verifyRequest,
  verifyResponse,
  type RejectedRequest,
  type RequestVerdict,
  type TsigKey,
} from '../../src/dns/tsig.ts';
import type { FuzzTarget } from '../target.ts';
import { fromHex } from './octets.ts';

const nowSeconds = 1_700_000_000;
const key: TsigKey = { name: Name.parse('k'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(1) };
const findKey = (name: Name): TsigKey | undefined => (name.equals(key.name) ? key : undefined);
/** The corpus holds answers to it, so that what follows a right MAC is reached too. */
const ourRequest = signRequest(fromHex('0001 2800 0000 0000 0000 0000'), key, nowSeconds);

const ourAnswer = decodeMessage(fromHex('0001 a800 0000 0000 0000 0000'));

/**
 * Octets as a signed request, as a signed answer, and as a message to be signed. Nothing throws; nothing that was not
 * signed here is verified; what was signed here is verified; what is refused is answered in a way that a client reads.
 */
export const tsigTarget: FuzzTarget = {
  name: 'tsig',
  maxOctets: 1024,
  dictionary: [
    '016b 00 00fa 00ff 00000000', // the key's name, TSIG ANY, TTL 0
    '00fa 00ff 00000000 003d', // TSIG ANY, TTL 0, RDLENGTH with HMAC-SHA256
    '0b 686d61632d736861323536 00', // hmac-sha256.
    '0b 484d41432d534841323536 00', // HMAC-SHA256.
    '08 686d61632d6d6435 07 7369672d616c67 03 726567 03 696e74 00', // hmac-md5.sig-alg.reg.int.
    '0000 6553 f100 012c 0020', // the time, fudge 300, a MAC of 32 octets
    '0000 6553 f100 012c 0010', // … of 16
    '0000 6553 f100 012c 0000', // … of none
    '0012 0006 0000 6553 f4e8', // BADTIME with a clock
    '0010 0000', // BADSIG without other data
  ].map(fromHex),
  run,
};

function run(octets: Uint8Array): string {
  const asRequest = verifyRequest(octets, findKey, nowSeconds);
  const asAnswer = verifyResponse(octets, key, ourRequest.mac, nowSeconds);
  if (asAnswer.kind === 'verified') {
    assert.deepEqual({ ...asAnswer.message, id: 1 }, ourAnswer, 'an answer that nobody signed is verified');
  }
  if (asRequest.kind === 'rejected') checkRejection(asRequest, octets.length);
  if (asRequest.kind === 'unsigned') checkSigning(asRequest.message);
  const error = asAnswer.kind === 'peer-error' ? tsigErrorName(asAnswer.error) : '';
  return `${describeRequest(asRequest)}, ${asAnswer.kind} ${error.startsWith('TSIGERROR') ? 'other' : error}`;
}

function describeRequest(verdict: RequestVerdict): string {
  return verdict.kind === 'rejected' ? tsigErrorName(verdict.tsigError) : verdict.kind;
}

/** The answer to a rejected request reads as that rejection, and is believed only where it was signed. */
function checkRejection(rejection: RejectedRequest, requestOctets: number): void {
  if (requestOctets > 60_000) return;
  const answer = emptyAnswer(rejection.message, rejection.rcode);
  const wire = signError(answer, rejection, nowSeconds);
  const verdict = verifyResponse(
    wire,
    rejection.signWith?.key ?? key,
    rejection.signWith?.mac ?? ourRequest.mac,
    nowSeconds,
  );
  assert.equal(verdict.kind, 'peer-error', 'the answer to a rejected request is not read as such');
  if (verdict.kind !== 'peer-error') return;
  assert.equal(verdict.error, rejection.tsigError);
  assert.equal(verdict.authenticated, rejection.signWith !== undefined);
}

/** What we sign, both sides verify; by another clock, with another key, it is rejected as what it is. */
function checkSigning(message: Message): void {
  const wire = encodeMessage(message);
  const decoded = decodeMessage(wire);
  const request = signRequest(wire, key, nowSeconds);
  const verdict = verifyRequest(request.wire, findKey, nowSeconds + 300);
  assert.deepEqual(
    verdict,
    { kind: 'verified', message: decoded, key, mac: request.mac },
    'what we signed is not verified',
  );
  const late = verifyRequest(request.wire, findKey, nowSeconds + 301);
  const wrong = verifyRequest(request.wire, () => ({ ...key, secret: new Uint8Array(1) }), nowSeconds);
  const unknown = verifyRequest(request.wire, () => undefined, nowSeconds);
  assert.deepEqual([late, wrong, unknown].map(describeRequest), ['BADTIME', 'BADSIG', 'BADKEY']);
  for (const rejection of [late, wrong, unknown]) {
    if (rejection.kind === 'rejected') checkRejection(rejection, wire.length);
  }
  const response = signResponse(wire, key, request.mac, nowSeconds);
  const answer = verifyResponse(response.wire, key, request.mac, nowSeconds);
  assert.deepEqual(answer, { kind: 'verified', message: decoded }, 'an answer that we signed is not verified');
  if (isDeepStrictEqual(request.mac, ourRequest.mac)) return;
  const misplaced = verifyResponse(response.wire, key, ourRequest.mac, nowSeconds);
  assert.equal(misplaced.kind, 'forged', 'an answer is verified for another request');
}

function emptyAnswer(message: Message, rcode: number): Uint8Array {
  const sections = { questions: [], answers: [], authorities: [], additionals: [] };
  return encodeMessage({ ...message, ...sections, qr: true, rcode: rcode === Rcode.NOERROR ? Rcode.SERVFAIL : rcode });
}
