import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Name } from '../dns/name.ts';
import { loneTsigKey } from './lone-tsig-key.ts';

test('the one key of a file is read as tsig-keygen prints it', () => {
  const text = 'key "transfer.example" {\n\talgorithm hmac-sha256;\n\tsecret "Zm9vYmFy";\n};\n';
  const key = loneTsigKey(text);
  assert.ok(typeof key !== 'string', JSON.stringify(key));
  assert.ok(key.name.equals(Name.parse('transfer.example.')));
  assert.deepEqual([key.algorithm, Buffer.from(key.secret).toString()], ['hmac-sha256', 'foobar']);
});

const wrong: readonly (readonly [text: string, said: RegExp])[] = [
  ['Zm9vYmFy', /^1:1: the key has no name and no algorithm/],
  ['', /^1:1: no key stands in this file/],
  ['key "a" { algorithm hmac-sha3; secret "Zm9v"; };', /^1:1: the algorithm of this key is not known; it is one of/],
  ['key "a..b" { algorithm hmac-sha256; secret "Zm9v"; };', /^1:1: the name of this key is no domain name/],
  ['key "a" { algorithm hmac-sha256; secret "S3cretS3cret!"; };', /^1:1: the secret of this key is not base64/],
  [
    'key "a" { algorithm hmac-sha256; secret "Zm9v"; };\nkey "b" { algorithm hmac-sha256; secret "Zm9v"; };',
    /^2:1: this is a second key/,
  ],
];

for (const [text, said] of wrong)
  test(`told without the secret: ${said.source}`, () => {
    const told = loneTsigKey(text);
    assert.ok(typeof told === 'string');
    assert.match(told, said);
    assert.doesNotMatch(told, /S3cret|Zm9v/);
  });
