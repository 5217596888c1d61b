import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toAsciiName } from './ascii-name.ts';

// From IdnaTestV2.txt of UTS 46 and from RFC 3492 §7.1, with names that people really have.
const valid: readonly (readonly [name: string, written: string, ascii: string])[] = [
  ['sharp s stays (non-transitional)', 'faß.de', 'xn--fa-hia.de'],
  ['capital sharp s', 'FAẞ.de', 'xn--fa-hia.de'],
  ['fullwidth letters', 'ＥＸＡＭＰＬＥ', 'example'],
  ['upper-case umlauts', 'ÄÖÜ.Example', 'xn--4ca0bs.example'],
  ['a letter and a combining mark', 'Mu\u0308nchen.de', 'xn--mnchen-3ya.de'],
  ['bücher', 'bücher.example.', 'xn--bcher-kva.example.'],
  ['an emoji', '😀.example', 'xn--e28h.example'],
  ['final sigma stays', 'βόλος.com', 'xn--nxasmm1c.com'],
  ['ZWJ after a virama', 'ශ්‍රී.com', 'xn--10cl1a0b660p.com'],
  ['ZWNJ between joining letters', 'نامه\u200Cای.com', 'xn--mgba3gch31f060k.com'],
  ['Arabic', 'مثال.إختبار', 'xn--mgbh0fb.xn--kgbechtv'],
  ['Hebrew', 'דוגמה', 'xn--6dbbec0c'],
  ['Chinese', '他们为什么不说中文', 'xn--ihqwcrb4cv8a8dqg056pqjye'],
  ['ideographic full stop', '例え。テスト', 'xn--r8jz45g.xn--zckzah'],
  ['fullwidth and halfwidth full stops', 'home．example｡org', 'home.example.org'],
  ['an ASCII label beside a right-to-left one', '1._sip.דוגמה', '1._sip.xn--6dbbec0c'],
  ['a wildcard and a U-label', '*.bücher.de', '*.xn--bcher-kva.de'],
  ['an underscore inside a U-label', '_bücher.de', 'xn--_bcher-4ya.de'],
  ['Kelvin sign', '\u212A.example', 'k.example'],
  ['a soft hyphen is dropped', 'faß\u00ADbier', 'xn--fabier-cta'],
  ['an existing A-label keeps its octets', 'XN--FA-HIA.Bücher', 'xn--fa-hia.xn--bcher-kva'],
];
for (const [name, written, ascii] of valid) {
  test(`${name}: ${written} → ${ascii}`, () => {
    assert.deepEqual(toAsciiName(written), { kind: 'ascii', text: ascii });
  });
}

const untouched: readonly string[] = [
  '',
  '.',
  '1',
  'x.1',
  '*',
  '*.home',
  '_acme-challenge.a',
  'a..b',
  '-x',
  'xn--a',
  'a\\.b',
  'a b',
  'a\0b',
];
for (const text of untouched) {
  test(`ASCII passes as it is: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(toAsciiName(text), { kind: 'ascii', text });
  });
}

test('ASCII is lower-cased', () => {
  assert.deepEqual(toAsciiName('WWW.Example.COM.'), { kind: 'ascii', text: 'www.example.com.' });
});

const invalid: readonly (readonly [name: string, written: string, label: string, reason: RegExp])[] = [
  ['ZWJ between Latin letters', 'a\u200Db.de', 'a\u200Db', /joiner/],
  ['a right-to-left label that ends in a Latin letter', 'אa.example', 'אa', /right-to-left/],
  ['European and Arabic digits mixed', 'א1\u0660', 'א1\u0660', /right-to-left/],
  ['a leading hyphen', 'www.-ü.de', '-ü', /hyphen/],
  ['a trailing hyphen', 'ü-', 'ü-', /hyphen/],
  ['hyphens in third and fourth place', 'ab--ü', 'ab--ü', /hyphen/],
  ['a combining mark at the beginning', '\u0301a', '\u0301a', /not a valid label/],
  ['a digit with a full stop', '⒈com', '⒈com', /U\+2488/],
  ['a lone surrogate', 'a\uD800', 'a\uD800', /U\+D800/],
  ['a control character', 'a\u0080', 'a\u0080', /U\+0080/],
  ['nothing but a soft hyphen', 'a.\u00AD.b', '\u00AD', /nothing visible/],
  ['64 octets as an A-label', 'ü'.repeat(60), 'ü'.repeat(60), /63 octets/],
  ['thousands of characters', 'ü'.repeat(5000), 'ü'.repeat(5000), /too long/],
  ['account of, which maps to a/c', '℀', '℀', /letters, digits/],
  ['a space beside a U-label', 'ü x', 'ü x', /letters, digits/],
  ['an asterisk inside a U-label', '*ü.de', '*ü', /letters, digits/],
  ['NUL inside a U-label', 'ü\0.de', 'ü\0', /letters, digits/],
  ['a fullwidth xn-- that decodes to nothing', 'ｘｎ－－ａ', 'ｘｎ－－ａ', /not a valid label/],
];
for (const [name, written, label, reason] of invalid) {
  test(`refused: ${name}`, () => {
    const result = toAsciiName(written);
    assert.ok(result.kind === 'invalid');
    assert.equal(result.label, label);
    assert.match(result.reason, reason);
  });
}

test('whatever comes in: ASCII comes out, twice is once, and it never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const once = toAsciiName(text);
      if (once.kind === 'invalid') return;
      assert.match(once.text, /^[\0-\x7F]*$/);
      assert.deepEqual(toAsciiName(once.text), once);
    }),
  );
});
