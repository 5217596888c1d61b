import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Rcode, TsigError, Type } from '../dns/codes.ts';
import { makeQuery } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import type { Told } from './answer.ts';
import { judgeTrials, type Trial } from './signature-diagnosis.ts';

const message = { ...makeQuery({ id: 1, name: Name.root, type: Type.SOA }), qr: true, rcode: Rcode.NOTAUTH };
const silentRefusal: Told = { kind: 'unsigned', message };

function tsigError(error: number): Told {
  return { kind: 'tsig-error', error, serverTimeSeconds: undefined, message };
}

const rejectedTwice: readonly Trial[] = [
  { algorithm: 'hmac-sha512', result: 'rejected' },
  { algorithm: 'hmac-sha256', result: 'rejected' },
];
const acceptedOther: readonly Trial[] = [
  { algorithm: 'hmac-sha512', result: 'rejected' },
  { algorithm: 'hmac-sha256', result: 'accepted' },
];
const knownOther: readonly Trial[] = [
  { algorithm: 'hmac-sha512', result: 'rejected' },
  { algorithm: 'hmac-sha256', result: 'wrong-mac' },
];
const knownOwn: readonly Trial[] = [
  { algorithm: 'hmac-sha512', result: 'wrong-mac' },
  { algorithm: 'hmac-sha256', result: 'rejected' },
];

const cases = [
  { answer: tsigError(TsigError.BADKEY), trials: rejectedTwice, finding: { code: 'unknown-key' } },
  {
    answer: tsigError(TsigError.BADKEY),
    trials: acceptedOther,
    finding: { code: 'wrong-algorithm', accepted: 'hmac-sha256', secretMatches: true },
  },
  {
    answer: tsigError(TsigError.BADKEY),
    trials: knownOther,
    finding: { code: 'wrong-algorithm', accepted: 'hmac-sha256', secretMatches: false },
  },
  { answer: tsigError(TsigError.BADSIG), trials: knownOwn, finding: { code: 'wrong-secret' } },
  {
    answer: tsigError(TsigError.BADTRUNC),
    trials: rejectedTwice,
    finding: { code: 'signature-rejected', rcode: 'NOTAUTH (BADTRUNC)' },
  },
  { answer: silentRefusal, trials: rejectedTwice, finding: { code: 'signature-rejected', rcode: 'NOTAUTH' } },
  {
    answer: silentRefusal,
    trials: acceptedOther,
    finding: { code: 'wrong-algorithm', accepted: 'hmac-sha256', secretMatches: true },
  },
] as const;

for (const { answer, trials, finding } of cases)
  test(`${answer.kind === 'tsig-error' ? `TSIG error ${answer.error}` : 'NOTAUTH alone'}, then ${trials.map(({ result }) => result).join(', ')}: ${finding.code}`, () => {
    assert.deepEqual(judgeTrials(trials, answer, 'hmac-sha512'), finding);
  });
