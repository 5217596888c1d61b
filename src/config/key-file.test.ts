import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseKeyFile } from './key-file.ts';

test('what tsig-keygen prints', () => {
  const text = 'key "dyndns.example.com" {\n\talgorithm hmac-sha256;\n\tsecret "Zm9vYmFyMTIz";\n};\n';
  assert.deepEqual(parseKeyFile(text), {
    kind: 'keys',
    keys: [
      {
        name: 'dyndns.example.com',
        algorithm: 'hmac-sha256',
        secret: 'Zm9vYmFyMTIz',
        position: { line: 1, column: 1 },
      },
    ],
  });
});

test('what ddns-confgen prints: its comments, without the zone statement', () => {
  const text = [
    '# To activate this key, place the following in named.conf, and',
    '# in a separate keyfile on the system or systems from which nsupdate',
    '# will be run:',
    'key "ddns-key" {',
    '\talgorithm hmac-sha256; // the default',
    '\tsecret "Zm9v"; /* not "this"; nor } that',
    '\t*/',
    '};',
    '',
    '# After the keyfile has been placed, the following command will',
    '# execute nsupdate using this key:',
    '# nsupdate -k <keyfile>',
  ].join('\n');
  const file = parseKeyFile(text);
  assert.ok(file.kind === 'keys');
  assert.deepEqual(file.keys, [
    { name: 'ddns-key', algorithm: 'hmac-sha256', secret: 'Zm9v', position: { line: 4, column: 1 } },
  ]);
});

test('several keys, without quotes, clauses turned round, no last semicolon', () => {
  const file = parseKeyFile(
    'key a { secret Zm//; algorithm hmac-md5; };\r\nkey b. {algorithm hmac-sha512;secret "Zm9v";}',
  );
  assert.ok(file.kind === 'keys');
  assert.deepEqual(
    file.keys.map(({ name, algorithm, secret, position }) => [name, algorithm, secret, position.line]),
    [
      ['a', 'hmac-md5', 'Zm//', 1],
      ['b.', 'hmac-sha512', 'Zm9v', 2],
    ],
  );
});

for (const text of ['Zm9v', '  Zm//YmFy==\n', 'ab+/\r\n']) {
  test(`a bare secret: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseKeyFile(text), { kind: 'bare', secret: text.trim() });
  });
}

const invalid: readonly (readonly [why: string, text: string, place: string, message: RegExp])[] = [
  ['nothing in it', '', '1:1', /no key stands/],
  ['only comments', '# a\n// b\n', '3:1', /no key stands/],
  ['another statement', 'zone "a" { type primary; };', '1:1', /begins with the word key/],
  ['no name', 'key { algorithm a; secret b; };', '1:5', /name of the key is missing/],
  ['no brace', 'key "a" algorithm hmac-sha256;', '1:9', /a \{ is missing/],
  ['no algorithm', '\nkey "a" { secret "b"; };', '2:1', /has no algorithm/],
  ['no secret', 'key "a" { algorithm hmac-sha256; };', '1:1', /has no secret/],
  ['two secrets', 'key "a" {\n secret "b"; secret "c"; };', '2:14', /one algorithm and one secret/],
  ['a clause that is none', 'key "a" { algorithm b; secret c; type d; };', '1:34', /nothing else/],
  ['no semicolon after the secret', 'key "a" { algorithm b; secret "c" };', '1:35', /a ; is missing/],
  ['no closing brace', 'key "a" { algorithm b; secret "c";', '1:35', /nothing else/],
  [
    'no semicolon between keys',
    'key a { algorithm b; secret c; } key d { algorithm b; secret c; }',
    '1:34',
    /a ; is missing/,
  ],
  ['a quote that does not close', 'key "a {\n', '1:5', /name of the key is missing/],
  ['a comment that does not close', 'key a { /* algorithm b; secret c; };', '1:9', /nothing else/],
];
for (const [why, text, place, message] of invalid) {
  test(`refused: ${why}`, () => {
    const file = parseKeyFile(text);
    assert.ok(file.kind === 'invalid');
    assert.equal(`${file.position.line}:${file.position.column}`, place);
    assert.match(file.message, message);
  });
}

test('whatever stands in the file, it never throws and never repeats the secret', () => {
  const piece = fc.constantFrom(
    'key',
    ' ',
    '"a"',
    '{',
    '}',
    ';',
    'algorithm',
    'secret',
    'S3cretS3cret',
    '"',
    '//',
    '/*',
    '#',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const file = parseKeyFile(pieces.join(''));
      if (file.kind === 'invalid') assert.doesNotMatch(file.message, /S3cret/);
    }),
  );
});
