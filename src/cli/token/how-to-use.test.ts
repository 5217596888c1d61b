import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Name } from '../../dns/name.ts';
import type { TokenView } from '../../door/administration-orders.ts';
import { howToUse, type Whereabouts } from './how-to-use.ts';

const local: Whereabouts = {
  dyndnsDomain: undefined,
  http: { listen: [{ host: '0.0.0.0', port: 8080 }] },
};
const remote: Whereabouts = { ...local, dyndnsDomain: Name.parse('dyndns.example.com') };

const plain: TokenView = {
  id: 'k3j5n2xqpa',
  description: '',
  scope: {
    names: ['home.example.com'],
    types: ['A', 'AAAA', 'acme'],
    networks: [],
    plain_http: true,
    public_addresses_only: false,
  },
  state: 'good',
  expires_at: null,
  revoked_at: null,
  blocked: false,
  max_names: 100,
  made_at: '2026-11-26T08:00:00Z',
  last_use: null,
  secrets: [],
  version: 1,
};

function told(scope: Partial<TokenView['scope']>, whereabouts = local): string {
  const token = { ...plain, scope: { ...plain.scope, ...scope } };
  return howToUse({ token, secret: 'dynSecret', tsig: null }, whereabouts);
}

/** What curl is told, behind the password. */
function tried(scope: Partial<TokenView['scope']>, whereabouts = local): string | undefined {
  return /curl(.*)$/m.exec(told(scope, whereabouts))?.[1];
}

test('on the machine itself the line names an address of a family that the token may set', () => {
  const line = (query: string) => ` -u "router:$TOKEN" 'http://127.0.0.1:8080/nic/update?hostname=${query}'`;
  assert.equal(tried({}), line('home.example.com&myip=203.0.113.7'));
  assert.equal(tried({ types: ['AAAA', 'TXT'] }), line('home.example.com&myip=2001:db8::7'));
  assert.equal(tried({ names: ['*.home.example.com'] }), line('www.home.example.com&myip=203.0.113.7'));
  assert.equal(tried({ names: ['zone:example.com'] }), line('www.example.com&myip=203.0.113.7'));
});

test('elsewhere it is the own address of the client that counts', () => {
  const line = ` -u "router:$TOKEN" 'https://dyndns.example.com/nic/update?hostname=home.example.com'`;
  assert.equal(tried({}, remote), line);
  assert.equal(tried({ plain_http: false, networks: ['192.0.2.0/24'] }, remote), line);
  assert.equal(tried({ types: ['A'] }, remote), ` -4${line}`);
  assert.equal(tried({ types: ['AAAA'] }, remote), ` -6${line}`);
});

test('there is no line that cannot work', () => {
  assert.equal(tried({ plain_http: false }), undefined);
  assert.equal(tried({ networks: ['192.0.2.0/24'] }), undefined);
  assert.match(told({ plain_http: false }), /in a script, over HTTPS alone\.$/);
  for (const whereabouts of [local, remote]) {
    assert.equal(tried({ types: ['MX', 'acme'] }, whereabouts), undefined);
    assert.match(told({ types: ['MX', 'acme'] }, whereabouts), /It may set no addresses; docs\/operator\/api\.md/);
    assert.equal(tried({ types: ['acme'] }, whereabouts), undefined);
    assert.match(told({ types: ['acme'] }, whereabouts), /challenges alone: docs\/operator\/certificates\.md/);
  }
});
