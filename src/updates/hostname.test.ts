import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseHostname } from './hostname.ts';

function textOf(text: string): string | undefined {
  const verdict = parseHostname(text);
  return verdict.kind === 'hostname' ? verdict.hostname.toString() : undefined;
}

test('host names of every ordinary kind are taken, in lower case and with the final dot', () => {
  assert.equal(textOf('www.example.com'), 'www.example.com.');
  assert.equal(textOf('WWW.Example.COM.'), 'www.example.com.');
  assert.equal(textOf('*.home.example.com'), '*.home.example.com.');
  assert.equal(textOf('_acme-challenge.www.example.com'), '_acme-challenge.www.example.com.');
  assert.equal(textOf('xn--bcher-kva.example'), 'xn--bcher-kva.example.');
  assert.equal(textOf('1.2.example.com'), '1.2.example.com.');
  assert.equal(textOf(`${'a'.repeat(63)}.example.com`), `${'a'.repeat(63)}.example.com.`);
});

test('the longest name has 253 characters', () => {
  const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(57)}.com`;
  assert.equal(long.length, 253);
  assert.equal(textOf(long), `${long}.`);
  assert.deepEqual(parseHostname(`x${long}`), { kind: 'invalid', fault: { kind: 'too-long', name: `x${long}` } });
});

test('each mistake is named with the label that holds it', () => {
  const label = (text: string, bad: string) =>
    assert.deepEqual(parseHostname(text), { kind: 'invalid', fault: { kind: 'label', label: bad, name: text } });
  label('-x.example.com', '-x');
  label('x-.example.com', 'x-');
  label('a..example.com', '');
  label('.example.com', '');
  label('a b.example.com', 'a b');
  label('a\0b.example.com', 'a\0b');
  label('a.*.example.com', '*');
  label('x*.example.com', 'x*');
  label('*', '*');
  label('a\\.b.example.com', 'a\\');
  label('bücher.example.com', 'bücher');
  label(`${'a'.repeat(64)}.example.com`, 'a'.repeat(64));
  assert.deepEqual(parseHostname('x.1'), {
    kind: 'invalid',
    fault: { kind: 'numeric-top-level', label: '1', name: 'x.1' },
  });
  assert.deepEqual(parseHostname(''), { kind: 'invalid', fault: { kind: 'empty' } });
});
