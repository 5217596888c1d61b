import assert from 'node:assert/strict';
import { test } from 'node:test';

import { embeddedOf, externalOf, parseFixture } from '../../test/support/config-fixture.ts';
import { typeName } from '../dns/codes.ts';
import { rdataToText } from '../dns/rdata-text.ts';
import type { Config, EmbeddedConfig } from './config.ts';

async function config(text: string): Promise<Config> {
  const parsed = await parseFixture(`secret: abcdefgh\n${text}`);
  assert.ok(parsed.kind === 'config', JSON.stringify(parsed));
  return parsed.config;
}

function lines({ records }: EmbeddedConfig): string[] {
  return records.map(
    ({ record, place }) =>
      `${place} ${record.name.toString()} ${record.ttl} ${typeName(record.type)} ${rdataToText(record.rdata)}`,
  );
}

test('without a nameserver a zone is embedded, and names itself', async () => {
  const { zones, database, dns, warnings } = await config('zones: [{name: a.example}]');
  const zone = embeddedOf(zones[0]);
  assert.equal(zone.key, undefined);
  assert.deepEqual(lines(zone), [
    '/etc/dyndns.yml:2 a.example. 3600 SOA a.example. hostmaster.a.example. 0 3600 600 1209600 60',
    '/etc/dyndns.yml:2 a.example. 3600 NS a.example.',
  ]);
  assert.deepEqual(database, { kind: 'sqlite', path: 'dyndns-data/dyndns.db', isWritten: false });
  assert.deepEqual(dns.listen, [{ host: '127.0.0.1', port: 5300 }]);
  assert.equal(dns.rateLimitPerSecond, 50);
  assert.deepEqual(warnings, []);
});

test('a nameserver at the top makes zones external, and the word embedded takes one back', async () => {
  const { zones } = await config(`nameserver: 192.0.2.53
zones: [{name: a.example, tsig_key: Zm9v}, {name: b.example, nameserver: embedded, tsig_key: Zm9v}]`);
  assert.equal(externalOf(zones[0]).nameserver, '192.0.2.53');
  assert.equal(embeddedOf(zones[1]).key?.name.toString(), 'b.example.');
});

test('dns.ns makes SOA, NS and glue; an address goes into the longest zone that its name ends in', async () => {
  const { zones, dns, tokenKeyFile } = await config(`dns:
  listen: ['127.0.0.1:53', '[::1]:53']
  ns: ['ns1.b.a.example 192.0.2.53 2001:db8::53', ns.elsewhere.example]
  transfer_keys: [{tsig_key_name: secondary, tsig_key: Zm9v, tsig_algorithm: hmac-sha256}]
  notify: [192.0.2.54, '[2001:db8::54]:5353']
  rate_limit: 0
  resolver: [192.0.2.1, '192.0.2.2:5353']
database: sqlite:data/zones.db
token_key_file: keys/token.key
zones: [{name: a.example}, {name: b.a.example}]`);
  assert.equal(dns.rateLimitPerSecond, 0);
  assert.equal(tokenKeyFile, '/etc/keys/token.key');
  const texts = zones.map((zone) => lines(embeddedOf(zone)).map((line) => line.slice('/etc/dyndns.yml:10 '.length)));
  assert.deepEqual(texts, [
    [
      'a.example. 3600 SOA ns1.b.a.example. hostmaster.a.example. 0 3600 600 1209600 60',
      'a.example. 3600 NS ns1.b.a.example.',
      'a.example. 3600 NS ns.elsewhere.example.',
    ],
    [
      'b.a.example. 3600 SOA ns1.b.a.example. hostmaster.b.a.example. 0 3600 600 1209600 60',
      'b.a.example. 3600 NS ns1.b.a.example.',
      'b.a.example. 3600 NS ns.elsewhere.example.',
      'ns1.b.a.example. 3600 A 192.0.2.53',
      'ns1.b.a.example. 3600 AAAA 2001:db8::53',
    ],
  ]);
  assert.deepEqual(
    dns.transferKeys.map(({ name, algorithm }) => `${name.toString()} ${algorithm}`),
    ['secondary. hmac-sha256'],
  );
  assert.deepEqual(dns.notify, [
    { host: '192.0.2.54', port: 53 },
    { host: '2001:db8::54', port: 5353 },
  ]);
  assert.deepEqual(dns.resolvers, [
    { host: '192.0.2.1', port: 53 },
    { host: '192.0.2.2', port: 5353 },
  ]);
});

test('records stand where they are written, and may say the address of a nameserver', async () => {
  const { zones } = await config(`dns: {ns: ns.a.example}
zones:
  - name: a.example
    records: |
      ns   300 A 192.0.2.53

      mail MX 10 mail.example.
`);
  assert.deepEqual(lines(embeddedOf(zones[0])).slice(0, 2), [
    '/etc/dyndns.yml:6 ns.a.example. 300 A 192.0.2.53',
    '/etc/dyndns.yml:8 mail.a.example. 3600 MX 10 mail.example.',
  ]);
});

test('a zone file may be a whole zone: its SOA and NS records are taken', async () => {
  const { zones, warnings } = await config('dns: {ns: ns.b.example}\nzones: [{name: a.example, zonefile: a.zone}]');
  assert.deepEqual(lines(embeddedOf(zones[0])), [
    '/etc/a.zone:2 a.example. 60 SOA m.a.example. r.a.example. 7 1 2 3 4',
    '/etc/a.zone:3 a.example. 60 NS elsewhere.example.',
    '/etc/a.zone:4 www.a.example. 60 A 192.0.2.1',
  ]);
  assert.deepEqual(warnings, []);
});

test('what the built-in nameserver would be told is of no use without a zone of its own', async () => {
  const { warnings } = await config(
    'dns: {ns: ns.b.example}\nnameserver: ::1\nzones: [{name: a.example, tsig_key: Zm9v}]',
  );
  assert.deepEqual(warnings, ['/etc/dyndns.yml:2:1: dns is of no use: no zone is embedded']);
});
