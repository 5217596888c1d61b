import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkText } from '../access/scope-text.ts';
import type { Config } from './config.ts';
import { externalOf, fixtureFile, parseFixture, zonesLine } from '../../test/support/config-fixture.ts';
import { describeProblem } from './problem.ts';

async function config(text: string): Promise<Config> {
  const parsed = await parseFixture(text);
  assert.ok(
    parsed.kind === 'config',
    parsed.kind === 'mistakes' ? parsed.problems.map(describeProblem).join('\n') : '',
  );
  return parsed.config;
}

test('the file of the original, as its documentation shows it', async () => {
  const text = `
secret: '12345678'                  # at least 8 characters, alphanumeric only
nameserver: 127.0.0.1               # IPv4 or IPv6 address of the nameserver
port: 53                            # optional, the nameserver's DNS port
dyndns_domain: dyndns.example.com   # optional, the domain that serves this API; used on the usage page
log_level: 20                       # optional, 0 (everything) to 50 (critical only), as in the original
zones:                              # at least one
  - name: dyndns.example.com
    tsig_key: tPyvZA==              # base64; key name = zone name; algorithm hmac-sha512
`;
  const { zones: read, dyndnsDomain, ...rest } = await config(text);
  assert.deepEqual(rest, {
    file: fixtureFile,
    secrets: ['12345678'],
    http: { listen: [{ host: '127.0.0.1', port: 54321 }], trustedProxies: ['127.0.0.1', '::1'] },
    logLevel: 20,
    ttl: { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 },
    dns: {
      listen: [{ host: '127.0.0.1', port: 5300 }],
      nameservers: [],
      transferKeys: [],
      transferNetworks: [],
      notify: [],
      rateLimitPerSecond: 50,
      resolvers: [],
    },
    database: { kind: 'sqlite', path: 'dyndns-data/dyndns.db', isWritten: false },
    tokenKeyFile: 'dyndns-data/token.key',
    throttle: { burst: 60, burstPerName: 10 },
    acmeDns: undefined,
    warnings: [],
  });
  assert.equal(dyndnsDomain?.toString(), 'dyndns.example.com.');
  assert.equal(read.length, 1);
  const [zone] = read;
  assert.equal(zone?.name.toString(), 'dyndns.example.com.');
  const { nameserver, port, key } = externalOf(zone);
  assert.equal(nameserver, '127.0.0.1');
  assert.equal(port, 53);
  assert.equal(key.name.toString(), 'dyndns.example.com.');
  assert.equal(key.algorithm, 'hmac-sha512');
  assert.deepEqual(key.secret, Uint8Array.of(0xb4, 0xfc, 0xaf, 0x64));
});

const secrets: readonly (readonly [written: string, read: readonly string[]])[] = [
  ['12345678', ['12345678']],
  ['00123456', ['00123456']],
  ['0x123456', ['0x123456']],
  ['1e234567', ['1e234567']],
  ['"00000000"', ['00000000']],
  ['[00123456, abcdefgh]', ['00123456', 'abcdefgh']],
  ['\n  - 00123456\n', ['00123456']],
];
for (const [written, read] of secrets) {
  test(`the secret ${JSON.stringify(written)} is ${read.join(' and ')}`, async () => {
    assert.deepEqual((await config(`secret: ${written}\nnameserver: ::1\n${zonesLine}`)).secrets, read);
  });
}

test('a secret in a file of its own', async () => {
  assert.deepEqual((await config(`secret_file: one.secret\nnameserver: ::1\n${zonesLine}`)).secrets, ['abcdefgh']);
});

test('what a zone says itself wins over what stands at the top', async () => {
  const read = await config(`secret: abcdefgh
nameserver: 127.0.0.1
port: '5353'
zones:
  - {name: Bücher.Example., tsig_key: Zm9v}
  - {name: b.example, tsig_key: Zm9v, nameserver: '2001:db8::53', port: 53, tsig_key_name: Key.Name, tsig_algorithm: HMAC-SHA256.}
`);
  const shown = read.zones.map((zone) => {
    const { nameserver, port, key } = externalOf(zone);
    return [zone.name.toString(), nameserver, port, key.name.toString(), key.algorithm];
  });
  assert.deepEqual(shown, [
    ['xn--bcher-kva.example.', '127.0.0.1', 5353, 'xn--bcher-kva.example.', 'hmac-sha512'],
    ['b.example.', '2001:db8::53', 53, 'key.name.', 'hmac-sha256'],
  ]);
});

test('the http section', async () => {
  const read = await config(`secret: abcdefgh
nameserver: ::1
http: {listen: ['0.0.0.0:80', '[::]:80'], trusted_proxies: [10.0.0.0/8, '::1']}
${zonesLine}`);
  assert.deepEqual(read.http, {
    listen: [
      { host: '0.0.0.0', port: 80 },
      { host: '::', port: 80 },
    ],
    trustedProxies: ['10.0.0.0/8', '::1'],
  });
});

test('an empty list of proxies trusts nobody', async () => {
  const read = await config(`secret: abcdefgh\nnameserver: ::1\nhttp: {trusted_proxies: []}\n${zonesLine}`);
  assert.deepEqual(read.http.trustedProxies, []);
});

const ttls: readonly (readonly [written: string, read: readonly [number, number, number]])[] = [
  ['{default: 60}', [60, 30, 86_400]],
  ['{default: 10}', [10, 10, 86_400]],
  ['{default: 100000}', [100_000, 30, 100_000]],
  ['{min: 600}', [600, 600, 86_400]],
  ['{max: 20}', [20, 20, 20]],
  ['{min: 100000}', [100_000, 100_000, 100_000]],
  ['{default: 0, min: 0, max: 2147483647}', [0, 0, 2_147_483_647]],
];
for (const [written, [defaultSeconds, minSeconds, maxSeconds]] of ttls) {
  test(`ttl: ${written}`, async () => {
    const read = await config(`secret: abcdefgh\nnameserver: ::1\nttl: ${written}\n${zonesLine}`);
    assert.deepEqual(read.ttl, { defaultSeconds, minSeconds, maxSeconds });
  });
}

test('keys in files: a bare one, one by its zone’s name, one by the name that is asked for', async () => {
  const read = await config(`secret: abcdefgh
nameserver: ::1
zones:
  - {name: bare.example, tsig_key_file: bare.key}
  - {name: one.example, tsig_key_file: /etc/one.key}
  - {name: a.example.com, tsig_key_file: two.key}
  - {name: b.example.com, tsig_key_file: two.key, tsig_key_name: B}
`);
  const shown = read.zones.map((zone) => {
    const { key } = externalOf(zone);
    return [key.name.toString(), key.algorithm, Buffer.from(key.secret).toString()];
  });
  assert.deepEqual(shown, [
    ['bare.example.', 'hmac-sha512', 'foobar'],
    ['other.', 'hmac-sha256', 'foobar'],
    ['a.example.com.', 'hmac-sha1', 'foo'],
    ['b.', 'hmac-md5', 'foo'],
  ]);
  assert.equal(read.warnings.length, 3);
  assert.match(read.warnings[0] ?? '', /one\.key: every user/);
  assert.match(read.warnings[1] ?? '', /^\/etc\/dyndns\.yml:6:5: the zone a\.example\.com\. signs with hmac-sha1/);
  assert.match(read.warnings[2] ?? '', /^\/etc\/dyndns\.yml:7:5: the zone b\.example\.com\. signs with hmac-md5/);
});

test('zones may nest, and keys may be shared by merging', async () => {
  const read = await config(`secret: abcdefgh
nameserver: ::1
zones:
  - &first {name: example.com, tsig_key: Zm9v, tsig_key_name: k}
  - {<<: *first, name: dyndns.example.com}
`);
  assert.deepEqual(
    read.zones.map((zone) => `${zone.name.toString()} ${externalOf(zone).key.name.toString()}`),
    ['example.com. k.', 'dyndns.example.com. k.'],
  );
});

test('a domain without a value counts as absent, as it did for the original', async () => {
  const read = await config(`secret: abcdefgh\nnameserver: ::1\ndyndns_domain:\n${zonesLine}`);
  assert.equal(read.dyndnsDomain, undefined);
});

test('acme-dns registers for tokens, unless it is said for whom', async () => {
  const read = async (section: string) =>
    (await config(`secret: S3cretS3cret\nnameserver: ::1\n${zonesLine}\n${section}`)).acmeDns;
  const registering = await read('acme_dns: { zone: acme.a.example.com }');
  assert.equal(registering?.zone.toString(), 'acme.a.example.com.');
  assert.deepEqual([registering?.registration, registering?.networks], ['token', []]);
  const near = await read('acme_dns: { zone: acme.a.example.com, registration: networks, networks: 10.0.0.0/8 }');
  assert.deepEqual(near?.networks.map(networkText), ['10.0.0.0/8']);
});

test('a zone may take public addresses alone', async () => {
  const { zones } = await config(`secret: S3cretS3cret
nameserver: ::1
zones: [{name: a.example.com, tsig_key: Zm9v, addresses: public}, {name: b.example.com, tsig_key: Zm9v}]`);
  assert.deepEqual(
    zones.map(({ publicAddressesOnly }) => publicAddressesOnly),
    [true, false],
  );
});
