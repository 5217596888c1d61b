import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Rcode } from '../dns/codes.ts';
import { explainFault } from './fault.ts';

const place = { nameserver: '192.0.2.53', zone: 'example.com.' };

test('NOTAUTH to a query is about its signature, to an update about the zone', () => {
  const refused = { code: 'refused', ...place, rcode: Rcode.NOTAUTH } as const;
  assert.match(explainFault({ ...refused, operation: 'query' }).remedy, /tsig_key/);
  assert.match(explainFault({ ...refused, operation: 'update' }).remedy, /zone/);
});

test('an unknown key may be one that Knot does not let change the name', () => {
  assert.match(explainFault({ code: 'unknown-key', ...place, key: 'k.' }).remedy, /Knot .* acl/);
});

test('REFUSED to a query is not about changing: the zone is not there, or may not be read', () => {
  const { remedy } = explainFault({ code: 'refused', ...place, rcode: Rcode.REFUSED, operation: 'query' });
  assert.equal(remedy, 'It does not have this zone, or does not let the key read it; `dyndns check` says which.');
});

test('a remedy for the key names the key file as well, for a key may come from there', () => {
  for (const fault of [
    { code: 'unknown-key', ...place, key: 'k.test.' },
    { code: 'wrong-signature', ...place, key: 'k.test.' },
    { code: 'refused', ...place, rcode: Rcode.NOTAUTH, operation: 'query' },
  ] as const)
    assert.match(explainFault(fault).remedy, /^Compare .*the file that tsig_key_file names/);
});

test('REFUSED to an update may come from the key, or from check-names on BIND', () => {
  const { remedy } = explainFault({ code: 'refused', ...place, rcode: Rcode.REFUSED, operation: 'update' });
  assert.match(remedy, /^Allow the key .* underscore, BIND .* check-names ignore/);
});

test('what is unconfirmed says why', () => {
  const cause = { code: 'timeout', nameserver: place.nameserver } as const;
  const explanation = explainFault({
    code: 'unconfirmed',
    nameserver: place.nameserver,
    name: 'www.example.com.',
    cause,
  });
  assert.match(explanation.cause, /^It is not known .* www\.example\.com\. took effect\. The nameserver .* in time\.$/);
});
