import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable } from './printable.ts';

const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
  ['a name stays', 'www.example.com', 'www.example.com'],
  ['letters of any script stay', 'bücher.例え', 'bücher.例え'],
  ['a line feed cannot begin a line of its own', 'a\nUPDATED: x', 'a\\u{a}UPDATED: x'],
  ['NUL', 'a\0b', 'a\\u{0}b'],
  ['an escape sequence of a terminal', '\u001b[2J', '\\u{1b}[2J'],
  ['a C1 control', '\u009b2J', '\\u{9b}2J'],
  ['a right-to-left override', 'a\u202eb', 'a\\u{202e}b'],
  ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['a lone surrogate', 'a\ud800b', 'a\\u{d800}b'],
];
for (const [name, text, expected] of cases) {
  test(name, () => {
    assert.equal(printable(text), expected);
  });
}

test('a long text is cut', () => {
  assert.equal(printable('x'.repeat(300)), `${'x'.repeat(260)}…`);
  assert.equal(printable('abcdef', 3), 'abc…');
});

test('whatever comes in, one bounded line of well-formed text comes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const result = printable(text);
      assert.doesNotMatch(result, /[\p{Cc}\p{Zl}\p{Zp}]/u);
      assert.ok(result.isWellFormed());
      assert.ok(result.length <= 260 * '\\u{10ffff}'.length + 1);
    }),
  );
});
