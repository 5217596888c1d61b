import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeBase64 } from './base64.ts';

// RFC 4648 §10, and the key of the original's documentation.
const valid: readonly (readonly [text: string, octets: string])[] = [
  ['Zg==', 'f'],
  ['Zm8=', 'fo'],
  ['Zm9v', 'foo'],
  ['Zm9vYmFy', 'foobar'],
];
for (const [text, octets] of valid) {
  test(`${text} is ${octets}`, () => {
    assert.equal(Buffer.from(decodeBase64(text) ?? []).toString('latin1'), octets);
  });
}

test('the sample key of the original has four octets', () => {
  assert.deepEqual(decodeBase64('tPyvZA=='), Uint8Array.of(0xb4, 0xfc, 0xaf, 0x64));
});

const invalid: readonly (readonly [why: string, text: string])[] = [
  ['nothing', ''],
  ['no padding', 'Zg'],
  ['too little padding', 'Zg='],
  ['too much padding', 'Zm9v===='],
  ['padding in the middle', 'Zg==Zg=='],
  ['bits left over', 'Zh=='],
  ['the URL alphabet', 'ab-_'],
  ['a line break', 'Zm9v\n'],
  ['a space inside', 'Zm 9v'],
  ['a letter outside ASCII', 'Zmü='],
];
for (const [why, text] of invalid) {
  test(`refused: ${why}`, () => {
    assert.equal(decodeBase64(text), undefined);
  });
}

test('whatever was encoded comes back, and whatever is accepted is what encoding gives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (octets) => {
      assert.deepEqual(decodeBase64(Buffer.from(octets).toString('base64')), octets);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('A', 'b', 'Q', '/', '+', '=', '-'), maxLength: 12 }), (text) => {
      const octets = decodeBase64(text);
      if (octets) assert.equal(Buffer.from(octets).toString('base64'), text);
    }),
  );
});
