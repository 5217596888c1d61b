import assert from 'node:assert/strict';
import { test } from 'node:test';

import { classify } from '../finding.ts';
import { explainHostedFinding, sizeWords } from './explain-hosted.ts';
import { hostedClassifications, type HostedFinding, type HostedFindingCode } from './hosted-finding.ts';

const zone = 'dyn.example.test.';
const parent = 'example.test.';
const at = { name: 'ns1.dyn.example.test.', address: '192.0.2.53' };
const path = '/var/lib/dyndns/dyndns.db';
const place = '127.0.0.1 port 5300';

/** One of each code; the type demands that none be forgotten. */
const samples: { readonly [Code in HostedFindingCode]: Extract<HostedFinding, { code: Code }> } = {
  'service-not-running': { code: 'service-not-running', places: [place] },
  'service-lacks-zone': { code: 'service-lacks-zone', place, answer: 'it answers REFUSED' },
  'service-of-another': { code: 'service-of-another', place, serial: 7, storedSerial: 9 },
  'listener-silent': { code: 'listener-silent', place, transport: 'TCP', reason: 'ECONNREFUSED' },
  'database-absent': { code: 'database-absent', path },
  'database-hidden': { code: 'database-hidden', path },
  'database-fault': { code: 'database-fault', fault: { code: 'read-only', path, detail: 'EROFS' } },
  'database-damaged': { code: 'database-damaged', path, complaints: ['row 3 missing from index'] },
  'disk-nearly-full': { code: 'disk-nearly-full', path, freeOctets: 1_500_000 },
  'weak-key': { code: 'weak-key', key: zone, algorithm: 'hmac-md5' },
  'key-not-in-force': { code: 'key-not-in-force', key: zone, answer: 'NOTAUTH (BADKEY)' },
  'change-refused': { code: 'change-refused', rcode: 'SERVFAIL' },
  'listens-locally': { code: 'listens-locally', places: [place] },
  'listens-beside-53': { code: 'listens-beside-53', places: ['192.0.2.53 port 5300'] },
  'nameserver-unnamed': { code: 'nameserver-unnamed' },
  'own-address-unknown': { code: 'own-address-unknown', name: at.name },
  'address-unreachable': { code: 'address-unreachable', ...at, transport: 'UDP and TCP', reason: 'no answer' },
  'address-of-another': { code: 'address-of-another', ...at, answer: 'it answers REFUSED' },
  'parent-not-found': { code: 'parent-not-found', reason: 'ETIMEOUT' },
  'parent-silent': { code: 'parent-silent', parent, tried: ['ns.example.test. (192.0.2.1): no answer'] },
  'not-delegated': { code: 'not-delegated', parent },
  'delegated-elsewhere': { code: 'delegated-elsewhere', parent, nameservers: ['ns.example.net.'] },
  'delegation-differs': { code: 'delegation-differs', parent, missing: [at.name], surplus: ['ns.example.net.'] },
  'glue-missing': { code: 'glue-missing', parent, name: at.name, addresses: [at.address] },
  'glue-differs': { code: 'glue-differs', parent, name: at.name, given: ['192.0.2.9'], expected: [at.address] },
  'delegation-lame': { code: 'delegation-lame', parent, ...at, answer: 'it answers REFUSED' },
  'secondary-behind': { code: 'secondary-behind', ...at, serial: 6, ownSerial: 7, changes: 1 },
  'secondary-silent': { code: 'secondary-silent', ...at, reason: 'no answer' },
  'secondary-lame': { code: 'secondary-lame', ...at, answer: 'it answers REFUSED' },
  'secondary-without-address': { code: 'secondary-without-address', name: 'ns2.example.net.' },
};

test('every finding has a cause and a remedy in whole sentences', () => {
  for (const sample of Object.values(samples)) {
    const { cause, remedy } = explainHostedFinding(sample, zone);
    assert.match(cause, /^[A-Z/].*\.$/, sample.code);
    assert.match(remedy, /^[A-Z].{10,}/, sample.code);
    assert.ok(!/undefined|NaN|\[object/.test(cause + remedy), cause + remedy);
  }
});

test('what stops updates is an error, what may stay as it is for now a hint, all else a warning', () => {
  const having = (severity: string) =>
    Object.keys(hostedClassifications).filter((code) => classify(code as HostedFindingCode).severity === severity);
  assert.deepEqual(having('error'), [
    'service-not-running',
    'service-lacks-zone',
    'service-of-another',
    'database-fault',
    'database-damaged',
    'key-not-in-force',
    'change-refused',
  ]);
  assert.deepEqual(having('hint'), ['listens-locally', 'listens-beside-53', 'nameserver-unnamed']);
});

test('numbers and sizes as people say them', () => {
  const words = (changes: number) => explainHostedFinding({ ...samples['secondary-behind'], changes }, zone).cause;
  assert.match(words(1), /is 1 change behind/);
  assert.match(words(12), /is 12 changes behind/);
  assert.equal(sizeWords(1_500_000), '1 MiB');
  assert.equal(sizeWords(13_314_398_618), '12.4 GiB');
});
