import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { hostnameOf, hostOf } from '../../test/support/host-books.ts';
import type { Token } from '../access/token.ts';
import { Name } from '../dns/name.ts';
import { parseAddress } from '../updates/address.ts';
import type { Host } from '../updates/host.ts';
import { readHost, writeHost } from './host-document.ts';
import { readSighting, writeSighting } from './sighting-document.ts';
import { readToken, writeToken } from './token-document.ts';

const seconds = fc.option(fc.nat(2 ** 40), { nil: undefined });

const token: Token = {
  id: 'abcdefgh27',
  description: 'the router “at home”',
  scope: {
    patterns: [
      { kind: 'exact', name: Name.parse('home.example.com.') },
      { kind: 'zone', name: Name.parse('_x.example.org.') },
    ],
    types: [1, 28, 16],
    allowsAcme: true,
    networks: [{ address: parseAddress('2001:db8::')!, length: 32 }],
    allowsPlainHttp: false,
    publicAddressesOnly: true,
  },
  secrets: [
    { kind: 'digest', sha256: 'ab'.repeat(32), expiresAtSeconds: undefined },
    {
      kind: 'tsig',
      keyName: 'abcdefgh27.token.dyndns.',
      algorithm: 'hmac-sha256',
      encrypted: 'AAAA',
      expiresAtSeconds: 7,
    },
  ],
  expiresAtSeconds: undefined,
  revokedAtSeconds: 5,
  isBlocked: false,
  maxNames: 100,
  madeAtSeconds: 4,
  version: 3,
};

test('what is kept of a token is the token', () => {
  const variants = fc.record({
    expiresAtSeconds: seconds,
    revokedAtSeconds: seconds,
    isBlocked: fc.boolean(),
    registrar: fc.constantFrom('secret', 'network', 'bcdefgh27a'),
    description: fc.string({ unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(variants, (variant) => {
      const written = { ...token, ...variant };
      assert.deepEqual(
        plain(readToken(Buffer.from(token.id), writeToken(written))),
        plain({ kind: 'read', value: written }),
      );
    }),
  );
});

test('what is kept of a host is the host', () => {
  const variants = fc.record({
    description: fc.string({ unit: 'grapheme' }),
    ttlSeconds: seconds,
    expiresAfterSeconds: seconds,
    interfaceId: fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 }), { nil: undefined }),
    follows: fc.constantFrom(undefined, hostnameOf('router.example.com')),
    hasWildcardTwin: fc.boolean(),
    madeBy: fc.constantFrom(undefined, token.id),
  });
  fc.assert(
    fc.property(variants, (variant) => {
      const host = hostOf('_a.home.example.com', variant);
      assert.deepEqual(plain(readHost(host.name.wire, writeHost(host))), plain({ kind: 'read', value: host }));
    }),
  );
});

test('what is kept of a sighting is the sighting', () => {
  for (const source of [undefined, '192.0.2.1']) {
    const sighting = { atMs: 12, dialect: 'seed', source, credential: 'secret', outcome: 'unchanged' } as const;
    assert.deepEqual(readSighting(writeSighting(sighting)), { kind: 'read', value: sighting });
  }
});

const spoilt: readonly (readonly [what: string, spoil: (fields: Record<string, unknown>) => unknown, words: RegExp])[] =
  [
    ['a newer format', (fields) => ({ ...fields, v: 2 }), /format 2 of a newer dyndns, and this one knows format 1/],
    ['no format', (fields) => ({ ...fields, v: undefined }), /does not say which format/],
    [
      'something that is not known',
      (fields) => ({ ...fields, more: 1 }),
      /the document has 14 fields, and 13 of them are known/,
    ],
    [
      'something missing',
      (fields) => ({ ...fields, version: undefined }),
      /version of the document is no whole number/,
    ],
    ['a wrong number', (fields) => ({ ...fields, madeAt: -1 }), /madeAt of the document is no whole number/],
    ['no names', (fields) => ({ ...fields, patterns: [] }), /its scope has no names/],
    ['a pattern that is none', (fields) => ({ ...fields, patterns: ['a..b'] }), /a pattern or a network that is none/],
    [
      'a digest that is none',
      (fields) => ({ ...fields, secrets: [{ kind: 'digest', sha256: 'AB' }] }),
      /digest of a secret is none/,
    ],
    [
      'a network that is none',
      (fields) => ({ ...fields, networks: ['192.0.2.0/33'] }),
      /a pattern or a network that is none/,
    ],
    ['no object', () => [], /is no JSON object/],
  ];

for (const [what, spoil, words] of spoilt)
  test(`a token with ${what} is not read, and that is told`, () => {
    const fields = JSON.parse(Buffer.from(writeToken(token)).toString()) as Record<string, unknown>;
    const reading = readToken(Buffer.from(token.id), Buffer.from(JSON.stringify(spoil(fields))));
    assert.match(reading.kind === 'unreadable' ? reading.reason : '', words);
  });

test('no octets make reading throw', () => {
  const structured = fc.json().map((text) => Buffer.from(text));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), structured), fc.uint8Array({ maxLength: 12 }), (body, key) => {
      for (const reading of [
        readToken(key, body),
        readToken(Buffer.from(token.id), body),
        readHost(key, body),
        readSighting(body),
      ])
        assert.equal(reading.kind, 'unreadable');
    }),
  );
});

/** Names and octets compare by what they are, not by what they have been asked for. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(
      value,
      (_key, each: unknown) => (each instanceof Uint8Array ? Buffer.from(each).toString('hex') : each),
      1,
    ),
    (_key, each: unknown) => each,
  );
}

test('a wildcard that counts among the names of a token is there again', () => {
  const wild: Host = hostOf('*.example.com', { madeBy: 'abc' });
  const reading = readHost(wild.name.wire, writeHost(wild));
  assert.deepEqual(reading.kind === 'read' && plain(reading.value), plain(wild));
});
