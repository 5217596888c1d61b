import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fixtureFile, parseFixture, zonesLine } from '../../test/support/config-fixture.ts';
import { describeProblem } from './problem.ts';

async function mistakes(text: string): Promise<string[]> {
  const parsed = await parseFixture(text);
  return parsed.kind === 'mistakes' ? parsed.problems.map(describeProblem) : [];
}

/** Each line replaces the one of the same key in a configuration that is right, or is added to it. */
const wrongLines: readonly (readonly [line: string, expected: RegExp])[] = [
  ['secret: S3cret', /:1:9: secret has only 6 characters; it needs at least 8/],
  ['secret: S3cret S3cret', /:1:9: secret has other characters than letters and digits/],
  ['secret: S3cretS3cré', /:1:9: secret has other characters/],
  ['secret: 1234567.8', /:1:9: secret has other characters/],
  ['secret: true', /:1:9: secret is a boolean/],
  ['secret:', /:1:8: secret has no value/],
  ['secret: {S3cret: S3cret}', /:1:9: secret is a mapping/],
  ['secret: []', /:1:9: secret is a list of 0/],
  ['secret: [S3cretS3cret, S3cretS3cre2, S3cretS3cre3]', /:1:9: secret is a list of 3; .* or is a list of two/],
  ['secret: [S3cretS3cret, S3cretS3cret]', /:1:1: secret holds the same secret twice/],
  ['secret: [S3cretS3cret, S3]', /:1:24: secret has only 2 characters/],
  ['secret_file: lost.secret', /:1:14: \/etc\/lost\.secret cannot be read: there is no such file/],
  ['secret_file: empty.secret', /^\/etc\/empty\.secret: the file holds no secret/],
  ['secret_file: three.secret', /^\/etc\/three\.secret: the file holds 3 lines/],
  ['secret_file: short.secret', /^\/etc\/short\.secret:3:1: the secret has only 6 characters.* \(named in \S+:1:14\)$/],
  ['secret_file: 5', /:1:14: secret_file is 5; it takes the path/],
  [
    'nameserver: ns1.example.com',
    /:2:13: nameserver is "ns1\.example\.com", which is no IP address; .*not a host name/,
  ],
  ['nameserver: 127.0.0.1:53', /:2:13: .*the port has a key of its own/],
  ['nameserver: "[::1]:53"', /:2:13: .*the port has a key of its own/],
  ['nameserver: 127.0.0.1/8', /:2:13: .*no IP address/],
  ['nameserver: 2130706433', /:2:13: nameserver is a number of 10 characters/],
  ['nameserver: [127.0.0.1]', /:2:13: nameserver is a list of 1/],
  ['port: 0', /:4:7: port is 0; a port is a whole number from 1 to 65535/],
  ['port: 65536', /:4:7: port is 65536/],
  ['port: -1', /:4:7: port is -1/],
  ['port: 53.5', /:4:7: port is 53\.5/],
  ['port: domain', /:4:7: port is "domain"/],
  ['port: true', /:4:7: port is true/],
  ['dyndns_domain: "*.example.com"', /:4:16: .*begins with a wildcard/],
  ['dyndns_domain: -x.example.com', /:4:16: .*whose label "-x" is invalid/],
  ['log_level: 51', /:4:12: log_level is 51; .*from 0 .* to 50/],
  ['log_level: info', /:4:12: log_level is "info"/],
  ['http: 127.0.0.1:80', /:4:7: http is "127\.0\.0\.1:80"; it holds listen/],
  ['http: {listen: 80}', /:4:16: http\.listen is 80/],
  ['http: {listen: []}', /:4:16: http\.listen is a list of 0/],
  ['http: {listen: localhost:80}', /:4:16: http\.listen is "localhost:80"/],
  ['http: {listen: [127.0.0.1:80, 127.0.0.1:99999]}', /:4:31: http\.listen is "127\.0\.0\.1:99999"/],
  ['http: {listen: [127.0.0.1:80, 127.0.0.1:80]}', /:4:8: http\.listen names 127\.0\.0\.1:80 twice/],
  ['http: {trusted_proxies: proxy}', /:4:25: http\.trusted_proxies is "proxy"/],
  ['http: {trusted_proxies: [10.0.0.0/33]}', /:4:26: http\.trusted_proxies is "10\.0\.0\.0\/33"/],
  ['http: {tls: {certificate: a}}', /:4:8: http\.tls is not in this version; .*nginx/],
  ['http: {listn: 1}', /:4:8: the key http\.listn is not known; did you mean http\.listen\?/],
  ['ttl: 300', /:4:6: ttl is 300; it holds default/],
  ['ttl: {default: -1}', /:4:16: ttl\.default is -1/],
  ['ttl: {default: 5m}', /:4:16: ttl\.default is "5m"/],
  ['ttl: {max: 2147483648}', /:4:12: ttl\.max is 2147483648/],
  ['ttl: {min: 10, max: 9}', /:4:7: ttl\.min is 10 and ttl\.max is 9/],
  ['ttl: {default: 5, min: 10}', /:4:7: ttl\.default is 5; it lies between ttl\.min \(10\)/],
  ['ttl: {defualt: 5}', /:4:7: .*did you mean ttl\.default\?/],
  ['dns: 127.0.0.1:5300', /:4:6: dns is "127\.0\.0\.1:5300"; it holds listen, ns/],
  ['dns: {listen: 5300}', /:4:15: dns\.listen is 5300; it takes an address with a port such as 127\.0\.0\.1:5300/],
  ['dns: {ns: [ns1.example.com, -x.example.com]}', /:4:29: dns\.ns is "-x\.example\.com", whose label "-x" is invalid/],
  [
    'dns: {ns: ns1.example.com 192.0.2}',
    /:4:11: dns\.ns has "192\.0\.2" where an address belongs; .*ns1\.example\.com 192\.0\.2\.53/,
  ],
  ['dns: {notify: ns2.example.com}', /:4:15: dns\.notify is "ns2\.example\.com", which is no address/],
  ['dns: {rate_limit: -1}', /:4:19: dns\.rate_limit is -1.*0 for no limit/],
  ['dns: {resolver: dns.example.com}', /:4:17: dns\.resolver is "dns\.example\.com", which is no address/],
  ['dns: {transfer_networks: 10.0.0.0/33}', /:4:26: dns\.transfer_networks is "10\.0\.0\.0\/33"/],
  ['dns: {transfer_keys: S3cretS3cret}', /:4:22: dns\.transfer_keys holds no list of at most 64 keys/],
  ['dns: {transfer_keys: [{tsig_key: Zm9v}]}', /:4:23: this key has no name; add tsig_key_name/],
  ['dns: {transfer_keys: [{tsig_key_name: k}]}', /:4:24: tsig_key_name is here without a key/],
  ['database: dyndns.db', /:4:11: database names no SQLite database; it takes sqlite: and the path/],
  ['database: postgres://dyndns@db/dyndns', /:4:11: database asks for PostgreSQL, which is not in this version/],
  ['acme_dns: {}', /:4:11: acme_dns has no zone; add the name/],
  [
    'acme_dns: { zone: acme.elsewhere.net }',
    /:4:13: acme_dns.zone acme.elsewhere.net is in none of the zones \(a.example.com\)$/,
  ],
  [
    'acme_dns: { zone: acme.a.example.com, registration: all }',
    /:4:\d+: acme_dns.registration .*it is token, networks or off/,
  ],
  [
    'acme_dns: { zone: acme.a.example.com, registration: networks }',
    /acme_dns.registration is networks; add acme_dns.networks/,
  ],
  [
    'acme_dns: { zone: acme.a.example.com, networks: 10.0.0.0/8 }',
    /acme_dns.networks counts only with registration: networks; write that, or remove networks$/,
  ],
  [
    'acme_dns: { zone: acme.a.example.com, registration: networks, networks: [10.0.0.1, 127.0.0.1/8] }',
    /:4:\d+: acme_dns.networks\[1\] is 127.0.0.1\/8, an address within a network; the network is 127.0.0.0\/8$/,
  ],
  [
    'acme_dns: { zone: acme.a.example.com, registration: networks, networks: "2001:db8::1/64" }',
    /acme_dns.networks is 2001:db8::1\/64, an address within a network; the network is 2001:db8::\/64$/,
  ],
  [
    'acme_dns: { zone: acme.a.example.com, registration: networks, networks: "::ffff:10.0.0.0/8" }',
    /acme_dns.networks is wrong: "::ffff:10.0.0.0\/8" is no network; its length is 96 to 128$/,
  ],
  [
    'acme_dns: { zone: acme.a.example.com, registration: networks, networks: [] }',
    /acme_dns.networks is a list of 0; it takes addresses/,
  ],
  ['sekret: S3cretS3cret', /:4:1: the key sekret is not known; did you mean secret\?/],
  ['colour: S3cretS3cret', /:4:1: the key colour is not known; known here: secret, secret_file, nameserver/],
  ['"S3cret 1": 1', /:4:1: this key is not known; /],
  ['__proto__: {nameserver: x}', /:4:1: the key __proto__ is not known/],
  ['constructor: 1', /:4:1: the key constructor is not known/],
  ['port: 54\nport: 55', /:5:1: this key stands here a second time/],
  ['zones:', /:3:7: zones holds no list/],
  ['zones: []', /:3:8: zones holds no list of at least one zone/],
  ['zones: {name: a.example}', /:3:8: zones is one zone and no list of zones; put `- ` before name/],
  ['zones: {a.example: {}}', /:3:8: zones holds no list/],
  ['zones: [a.example]', /:3:9: this is no zone/],
];

function withLine(line: string): string {
  const keyOf = (one: string): string => (one.split(':')[0] ?? '').replace('_file', '');
  const right = ['secret: abcdefgh', 'nameserver: ::1', zonesLine];
  const position = right.findIndex((one) => keyOf(one) === keyOf(line));
  return (position < 0 ? [...right, line] : right.with(position, line)).join('\n');
}

for (const [line, expected] of wrongLines) {
  test(`refused: ${JSON.stringify(line)}`, async () => {
    const told = await mistakes(withLine(line));
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0] ?? '', expected);
    assert.doesNotMatch(told[0] ?? '', /S3cret/);
  });
}

const wrongZones: readonly (readonly [zone: string, expected: RegExp])[] = [
  ['tsig_key: Zm9v', /:3:10: this zone has no name/],
  ['name: a.example', /:3:10: this zone has no key; add tsig_key or tsig_key_file/],
  ['name: a.example, tsig_key_name: k', /:3:29: tsig_key_name is here without a key/],
  ['name: a.example, tsig_algorithm: hmac-sha256', /:3:29: tsig_algorithm is here without a key/],
  ['name: a.example, tsig_key: S3cret, tsig_algorithm: hmac-sha256', /:3:39: tsig_key is not base64/],
  ['name: a.example, tsig_key: S3c=cret', /:3:39: tsig_key is not base64/],
  ['name: a.example, tsig_key: Zm 9v', /:3:39: tsig_key is not base64/],
  ['name: a.example, tsig_key: ""', /:3:39: tsig_key is not base64/],
  ['name: a.example, tsig_key: [Zm9v]', /:3:39: tsig_key is a list of 1/],
  [
    'name: a.example, tsig_key: Zm9v, tsig_algorithm: hmac-sha3',
    /:3:61: tsig_algorithm is "hmac-sha3".*it is one of hmac-sha512, /,
  ],
  ['name: a.example, tsig_key: Zm9v, tsig_key_name: a..b', /:3:60: tsig_key_name is "a\.\.b", which is no domain name/],
  ['name: a.example, tsig_key: Zm9v, tsig_key_name: .', /:3:60: tsig_key_name is "\."/],
  ['name: a.example, tsig_key: Zm9v, tsig_key_file: bare.key', /:3:45: tsig_key and tsig_key_file are both here/],
  ['name: a.example, tsig_key_file: lost.key', /:3:44: \/etc\/lost\.key cannot be read: there is no such file/],
  ['name: a.example, tsig_key_file: bad.key', /^\/etc\/bad\.key: the key is not base64.* \(named in \S+:3:44\)$/],
  ['name: a.example, tsig_key_file: broken.key', /^\/etc\/broken\.key:2:10: .*nothing else.* \(named in \S+:3:44\)$/],
  ['name: a.example, tsig_key_file: two.key', /:3:44: \/etc\/two\.key holds several keys; .*: A\.example\.com, b$/],
  ['name: a.example, tsig_key_file: two.key, tsig_key_name: c', /:3:44: \/etc\/two\.key holds no key c\.; it holds A/],
  [
    'name: a.example, tsig_key_file: one.key, tsig_algorithm: hmac-sha512',
    /:3:53: tsig_algorithm is hmac-sha512, but the key file says hmac-sha256/,
  ],
  ['name: a.example, tsig_key: Zm9v, nameserver: ns.example', /:3:57: nameserver is "ns\.example"/],
  [
    'name: a.example, tsig_key: Zm9v, records: www A 192.0.2.1',
    /:3:45: records is for zones of the built-in nameserver/,
  ],
  ['name: a.example, nameserver: embedded, port: 53', /:3:51: port belongs to a nameserver of your own/],
  ['name: a.example, nameserver: embedded, tsig_key_name: k', /:3:51: tsig_key_name is here without a key/],
  ['name: a.example, nameserver: embedded, records: www A 192.0.2', /:3:60: .*192\.0\.2/],
  ['name: a.example, nameserver: embedded, records: www.b.example. A 192.0.2.1', /:3:60: .*outside of the zone/],
  ['name: a.example, nameserver: embedded, records: "w CNAME b\\nw A 192.0.2.1"', /:3:60: .*a CNAME stands alone/],
  ['name: a.example, nameserver: embedded, records: "", zonefile: a.zone', /:3:64: records and zonefile are both here/],
  [
    'name: a.example, nameserver: embedded, records: "d DNAME b.\\nd DNAME c."',
    /:3:51: d\.a\.example\. DNAME is there twice .*; correct the records/,
  ],
  ['name: a.example, nameserver: embedded, zonefile: lost.zone', /:3:61: \/etc\/lost\.zone cannot be read/],
  ['name: a.example, nameserver: embedded, zonefile: wrong.zone', /^\/etc\/wrong\.zone:2:1: /],
  ['name: a.example, tsig_key: Zm9v, port: 0', /:3:51: port is 0/],
  ['name: a.example, tsig-key: Zm9v, tsig_key: Zm9v', /:3:29: the key tsig-key is not known; did you mean tsig_key\?/],
  ['name: a.example, tsig_key: Zm9v, addresses: private', /:3:56: addresses is "private"; it is any, or public/],
  ['name: a..example, tsig_key: Zm9v', /:3:18: name is "a\.\.example", where two dots/],
  ['name: x.1, tsig_key: Zm9v', /:3:18: .*whose last label is a number/],
  ['name: "", tsig_key: Zm9v', /:3:18: .*which is empty/],
  ['name: ".", tsig_key: Zm9v', /:3:18: .*two dots/],
  ['name: "*.example", tsig_key: Zm9v', /:3:18: .*begins with a wildcard/],
  ['name: "a\u200Db.example", tsig_key: Zm9v', /:3:18: .*invisible joiner/],
  [`name: ${'a'.repeat(64)}.example, tsig_key: Zm9v`, /:3:18: .*is invalid/],
  [`name: ${'a.'.repeat(127)}example, tsig_key: Zm9v`, /:3:18: .*longer than 253/],
  ['name: 5, tsig_key: Zm9v', /:3:18: name is 5/],
];
for (const [zone, expected] of wrongZones) {
  test(`refused: a zone with ${zone.slice(0, 70)}`, async () => {
    const told = await mistakes(`secret: abcdefgh\nnameserver: ::1\nzones: [ { ${zone} } ]`);
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0] ?? '', expected);
    assert.doesNotMatch(told[0] ?? '', /S3c/);
  });
}

test('refused: a key file whose key is wrong in every way, and each of them is told', async () => {
  const told = await mistakes(
    'secret: abcdefgh\nnameserver: ::1\nzones: [{name: a.example, tsig_key_file: strange.key}]',
  );
  assert.equal(told.length, 3);
  for (const one of told) {
    assert.match(one, /^\/etc\/strange\.key:1:1: /);
    assert.doesNotMatch(one, /S3cret/);
  }
});

test('refused: a nameserver in a zone of ours without its address', async () => {
  const told = await mistakes('secret: abcdefgh\ndns: {ns: [ns1.a.example, ns.b.example]}\nzones: [{name: a.example}]');
  assert.equal(told.length, 1, told.join('\n'));
  assert.match(
    told[0] ?? '',
    /:2:7: ns names ns1\.a\.example, which is in the zone a\.example\. and has no address there/,
  );
});

test('refused: one name for two keys of the built-in nameserver', async () => {
  const told = await mistakes(`secret: abcdefgh
dns: {transfer_keys: [{tsig_key_name: k, tsig_key: Zm9v}]}
zones: [{name: a.example, tsig_key_name: k, tsig_key: Zm8=}]`);
  assert.equal(told.length, 1, told.join('\n'));
  assert.match(told[0] ?? '', /:3:9: the key k\. is here and elsewhere with different secrets/);
});

test('a mistake in a block of records is told in its line', async () => {
  const told = await mistakes(
    'secret: abcdefgh\nzones:\n  - name: a.example\n    records: |\n      www A 192.0.2.1\n      mail A 192.0.2\n',
  );
  assert.equal(told.length, 1, told.join('\n'));
  assert.match(told[0] ?? '', /^\/etc\/dyndns\.yml:6:1: /);
});

test('refused: a zone twice, whatever its case and its last dot', async () => {
  const told = await mistakes(`secret: abcdefgh
nameserver: ::1
zones:
  - {name: example.com, tsig_key: Zm9v}
  - {name: Example.COM., tsig_key: Zm9v}
  - {name: faß.example, tsig_key: Zm9v}
  - {name: XN--FA-HIA.example, tsig_key: Zm9v}
`);
  assert.equal(told.length, 2);
  assert.match(told[0] ?? '', /:5:12: the zone example\.com\. stands in line 4 already/);
  assert.match(told[1] ?? '', /:7:12: the zone xn--fa-hia\.example\. stands in line 6 already/);
});

test('refused: neither a secret nor anything else', async () => {
  const told = await mistakes('log_level: 20');
  assert.equal(told.length, 2);
  assert.match(told[0] ?? '', /:1:1: secret is missing; add secret or secret_file/);
  assert.match(told[1] ?? '', /:1:1: zones is missing/);
});

test('refused: a file that is no mapping', async () => {
  assert.match((await mistakes('- a'))[0] ?? '', /:1:1: the file is no mapping/);
});

test('all mistakes are told at once, in the order of the file', async () => {
  const told = await mistakes(`secret: [S3cret]
secret_file: lost.secret
nameserver: localhost
port: 99999
colour: blue
colour: red
ttl: {min: 5, max: 4}
zones:
  - name: a..b
    tsig_key: S3cret
  - tsig_algorithm: rot13
`);
  assert.deepEqual(
    told.map((one) => one.slice(fixtureFile.length).split(': ')[0]),
    [':1:10', ':2:1', ':2:14', ':3:13', ':4:7', ':5:1', ':6:1', ':7:7', ':9:11', ':10:15', ':11:5', ':11:5', ':11:21'],
  );
  assert.doesNotMatch(told.join('\n'), /S3cret/);
});

const misplaced: readonly (readonly [line: string, expected: RegExp])[] = [
  ['nameserver: S3cretS3cret', /:2:13: nameserver is a text of 12 characters, which is no IP address; it takes/],
  ['nameserver: 12345678', /:2:13: nameserver is a number of 8 characters; it takes/],
  ['port: S3cretS3cret', /:4:7: port is a text of 12 characters; a port/],
  ['dyndns_domain: S3cret+S3cre==', /:4:16: dyndns_domain is a text of 14 characters, which is no domain name; /],
  ['http: S3cretS3cret', /:4:7: http is a text of 12 characters; /],
  ['http: {listen: S3cretS3cret}', /:4:16: http\.listen is a text of 12 characters, which is no address/],
  ['secret_file: /S3cretS3cret==', /:1:14: the file that is named here cannot be read/],
  ['secret_file: S3cretS3cret', /:1:14: the file that is named here cannot be read: there is no such file/],
  [
    'zones: [{name: S3cret/S3cret/S3cr==, tsig_key: Zm9v}]',
    /:3:16: name is a text of 20 characters, which is no domain name; it takes the name of a zone/,
  ],
  [
    'zones: [{name: a.example, tsig_key: Zm9v, tsig_algorithm: S3cretS3cret}]',
    /tsig_algorithm is a text of 12 characters, which is not known; it is one of/,
  ],
  [
    'zones: [{name: a.example, tsig_key_file: two.key, tsig_key_name: S3cretS3cret}]',
    /two\.key holds no key of the name in tsig_key_name; it holds/,
  ],
];
for (const [line, expected] of misplaced) {
  test(`a secret that lost its place is not repeated: ${line}`, async () => {
    const told = (await mistakes(withLine(line))).join('\n');
    assert.match(told, expected);
    assert.doesNotMatch(told, /S3cret|12345678/i);
  });
}

test('a value that swallowed the secret of the next line is not repeated', async () => {
  const told = await mistakes(
    'secret: abcdefgh\nnameserver: ::1\nzones:\n  - name: a.example\n      tsig_key S3cret==\n    tsig_key_name: k\n',
  );
  assert.match(told.join('\n'), /:4:11: name is a text with spaces in it/);
  assert.doesNotMatch(told.join('\n'), /S3cret/i);
});

test('however the file is damaged, it never throws and never repeats a secret', async () => {
  const right = `secret: QsecretQ1\nnameserver: ::1\nzones:\n  - name: a.example\n    tsig_key: QkeyQQ==\n    tsig_key_name: k\n`;
  const secretSpots = ['QsecretQ1', 'QkeyQQ=='].map((one) => ({
    from: right.indexOf(one),
    to: right.indexOf(one) + one.length,
  }));
  const isInside = (offset: number): boolean => secretSpots.some(({ from, to }) => offset > from && offset < to);
  const edit = fc.record({
    offset: fc.nat(right.length).filter((offset) => !isInside(offset)),
    removed: fc.nat(3),
    added: fc.constantFrom(
      '',
      ' ',
      ':',
      '-',
      '\n',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      '#',
      '&a',
      '*a',
      '!',
      '? ',
      '\t',
      '|',
      '%',
      'ü',
      '\0',
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      let text = right;
      for (const { offset, removed, added } of edits.toSorted((a, b) => b.offset - a.offset)) {
        const end =
          Array.from({ length: removed + 1 }, (_, step) => offset + step).findLast((at) => !isInside(at)) ?? offset;
        text = text.slice(0, offset) + added + text.slice(end);
      }
      assert.doesNotMatch((await mistakes(text)).join('\n'), /secretQ|keyQ/i, text);
    }),
    { numRuns: 500 },
  );
});
