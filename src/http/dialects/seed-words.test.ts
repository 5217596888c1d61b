import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rcode } from '../../dns/codes.ts';
import type { Fault, FaultCode } from '../../updates/fault.ts';
import { faultRefusal } from './seed-words.ts';

const nameserver = '192.0.2.53';
const name = 'www.example.com.';
const zone = 'example.com.';

/** One of each, with the status and the word that it gets. */
const faults: { readonly [Code in FaultCode]: readonly [Extract<Fault, { code: Code }>, number] } = {
  'unknown-zone': [{ code: 'unknown-zone', name }, 404],
  alias: [{ code: 'alias', name, target: 'elsewhere.example.' }, 502],
  'too-large': [{ code: 'too-large', name }, 400],
  static: [{ code: 'static', name, type: 'A', place: '/etc/dyndns.yml:12' }, 400],
  'not-permitted': [{ code: 'not-permitted', name, reason: 'its scope does not have this name' }, 403],
  'too-many-names': [{ code: 'too-many-names', name, most: 100 }, 403],
  'unsuitable-address': [
    {
      code: 'unsuitable-address',
      name,
      address: '192.168.1.1',
      reason: 'only addresses that all can reach may be set',
    },
    400,
  ],
  throttled: [{ code: 'throttled', name, retryAfterSeconds: 30 }, 503],
  'over-limit': [{ code: 'over-limit', name, reason: 'it would go beyond the 100 records of an RRset' }, 400],
  'version-mismatch': [{ code: 'version-mismatch', name }, 412],
  'not-stored': [{ code: 'not-stored', name, cause: 'There is no room left.', remedy: 'Free space.' }, 503],
  busy: [{ code: 'busy', nameserver }, 503],
  unreachable: [{ code: 'unreachable', nameserver, reason: 'connect ECONNREFUSED' }, 503],
  disconnected: [{ code: 'disconnected', nameserver }, 503],
  timeout: [{ code: 'timeout', nameserver }, 504],
  'not-dns': [{ code: 'not-dns', nameserver, reason: 'a length of 0' }, 502],
  unproven: [{ code: 'unproven', nameserver, reason: 'it is not signed' }, 502],
  'unknown-key': [{ code: 'unknown-key', nameserver, zone, key: 'k.' }, 502],
  'wrong-signature': [{ code: 'wrong-signature', nameserver, key: 'k.' }, 502],
  'clock-skew': [{ code: 'clock-skew', nameserver, aheadSeconds: 3600 }, 502],
  refused: [{ code: 'refused', nameserver, zone, rcode: Rcode.REFUSED, operation: 'update' }, 502],
  'not-authoritative': [{ code: 'not-authoritative', nameserver, zone }, 502],
  'not-applied': [{ code: 'not-applied', nameserver, name, reason: 'nothing is there' }, 502],
  contested: [{ code: 'contested', nameserver, name }, 502],
  unconfirmed: [{ code: 'unconfirmed', nameserver, name, cause: { code: 'timeout', nameserver } }, 504],
};

/** Those that are not the nameserver's. */
const words: Readonly<Record<string, string>> = {
  'unknown-zone': 'DNS_NAME_ERROR',
  static: 'DNS_NAME_ERROR',
  'not-permitted': 'PARAMETER_ERROR',
  'too-many-names': 'PARAMETER_ERROR',
  'unsuitable-address': 'IP_ADDRESS_ERROR',
};

const retryAfterSeconds: Readonly<Record<string, number>> = { busy: 1, throttled: 30 };

for (const [code, [fault, status]] of Object.entries(faults)) {
  test(`${code}: ${status}, one sentence, and "try again" only where it helps`, () => {
    const refusal = faultRefusal(fault);
    assert.equal(refusal.status, status);
    assert.equal(refusal.word, words[code] ?? 'DNS_SERVER_ERROR');
    assert.match(refusal.text, /^[A-Z][^\n]*\.$/);
    assert.equal(refusal.retryAfterSeconds, retryAfterSeconds[code]);
  });
}
