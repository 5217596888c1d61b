import assert from 'node:assert/strict';
import { test } from 'node:test';

import { explainFinding, skewWords, type Subject } from './explain.ts';
import { classify, type Finding, type FindingCode } from './finding.ts';

const subject: Subject = {
  zone: 'dyn.example.test.',
  nameserver: '192.0.2.53',
  port: 53,
  key: 'the-key.',
  algorithm: 'hmac-sha512',
  checkName: 'check.dyn.example.test.',
};
const at = { name: 'ns2.test.', address: '192.0.2.2' };

/** One of each code; the type demands that none be forgotten. */
const samples: { readonly [Code in FindingCode]: Extract<Finding, { code: Code }> } = {
  unreachable: { code: 'unreachable', reason: 'EHOSTUNREACH' },
  'connect-timeout': { code: 'connect-timeout' },
  'no-answer': { code: 'no-answer', operation: 'update' },
  disconnected: { code: 'disconnected', operation: 'query' },
  'not-a-nameserver': { code: 'not-a-nameserver', peer: 'an SSH server' },
  'unknown-key': { code: 'unknown-key' },
  'wrong-algorithm': { code: 'wrong-algorithm', accepted: 'hmac-sha256', secretMatches: true },
  'wrong-secret': { code: 'wrong-secret' },
  'signature-rejected': { code: 'signature-rejected', rcode: 'NOTAUTH' },
  'clock-skew': { code: 'clock-skew', aheadSeconds: -3600 },
  'unsigned-answer': { code: 'unsigned-answer' },
  'forged-answer': { code: 'forged-answer', reason: 'The MAC of the answer is wrong' },
  'other-zone': { code: 'other-zone', suggestion: 'example.test.' },
  'delegated-away': { code: 'delegated-away', nameservers: ['ns1.test.', 'ns2.test.'] },
  'zone-not-served': { code: 'zone-not-served', rcode: 'REFUSED' },
  'query-refused': { code: 'query-refused', rcode: 'REFUSED' },
  'zone-not-loaded': { code: 'zone-not-loaded' },
  resolver: { code: 'resolver' },
  'not-authoritative': { code: 'not-authoritative' },
  'unexpected-answer': { code: 'unexpected-answer', rcode: 'FORMERR', operation: 'query' },
  'clock-drift': { code: 'clock-drift', aheadSeconds: 75 },
  'alias-in-the-way': { code: 'alias-in-the-way', target: 'www.test.' },
  'dname-in-the-way': { code: 'dname-in-the-way', owner: 'dyn.example.test.' },
  'delegation-in-the-way': { code: 'delegation-in-the-way', owner: 'check.dyn.example.test.' },
  'update-refused': { code: 'update-refused', rcode: 'REFUSED' },
  'looks-like-secondary': { code: 'looks-like-secondary', rcode: 'REFUSED', primary: 'ns1.test.' },
  'update-notauth': { code: 'update-notauth', primary: 'ns1.test.' },
  'update-notzone': { code: 'update-notzone' },
  'update-servfail': { code: 'update-servfail' },
  'update-not-implemented': { code: 'update-not-implemented', rcode: 'NOTIMP' },
  'not-applied': { code: 'not-applied' },
  'applied-late': { code: 'applied-late' },
  'left-behind': { code: 'left-behind', content: 'ABCDEFGH' },
  'leftovers-removed': { code: 'leftovers-removed', contents: ['ABCDEFGH'] },
  interrupted: { code: 'interrupted' },
  'serial-unchanged': { code: 'serial-unchanged', serial: 7 },
  'nameserver-without-address': { code: 'nameserver-without-address', name: 'ns2.test.' },
  'nameserver-lags': { code: 'nameserver-lags', ...at, serial: 6, primarySerial: 7 },
  'nameserver-silent': { code: 'nameserver-silent', ...at },
  'nameserver-lame': { code: 'nameserver-lame', ...at, answer: 'it answers REFUSED' },
};

for (const finding of Object.values(samples))
  test(`${finding.code} has a cause and a remedy in full sentences on one line`, () => {
    const { cause, remedy } = explainFinding(finding, subject);
    for (const text of [cause, remedy]) {
      assert.match(text, /^[A-Z].*\.$/);
      assert.doesNotMatch(text, /undefined|\[object|\n| {2}|\.\.$/);
    }
    const { step, severity } = classify(finding.code);
    assert.ok(step && severity);
  });

test('no two findings have the same cause', () => {
  const causes = Object.values(samples).map((finding) => explainFinding(finding, subject).cause);
  assert.equal(new Set(causes).size, causes.length);
});

test('every fact of a finding is told', () => {
  for (const finding of Object.values(samples)) {
    const { cause, remedy } = explainFinding(finding, subject);
    const facts = Object.entries(finding).flatMap(([field, value]) =>
      field === 'code' || field === 'operation' || typeof value === 'boolean' ? [] : [value].flat(),
    );
    for (const fact of facts)
      assert.ok(`${cause} ${remedy}`.includes(String(fact).replace(/^-/, '')), `${finding.code} does not tell ${fact}`);
  }
});

test('the direction of a skew', () => {
  assert.equal(skewWords(75), '75 seconds ahead');
  assert.equal(skewWords(-1), '1 second behind');
});
