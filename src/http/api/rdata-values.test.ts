import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Type } from '../../dns/codes.ts';
import { rdataToText } from '../../dns/rdata.ts';
import { readValues } from './rdata-values.ts';

function texts(type: number, ...values: string[]): readonly string[] | readonly (string | undefined)[] {
  const read = readValues(type, values, '/values');
  return read.kind === 'values'
    ? read.rdatas.map((rdata) => rdataToText(rdata))
    : read.mistakes.map((each) => each.pointer);
}

test('values are read as a zone file has them, with names that are absolute either way', () => {
  assert.deepEqual(texts(Type.A, '192.0.2.1'), ['192.0.2.1']);
  assert.deepEqual(texts(Type.AAAA, '2001:DB8:0::1'), ['2001:db8::1']);
  assert.deepEqual(texts(Type.TXT, 'abc', '"a b" "c"'), ['"abc"', '"a b" "c"']);
  assert.deepEqual(texts(Type.MX, '10 mail.example.com', '20 mail.example.com.'), [
    '10 mail.example.com.',
    '20 mail.example.com.',
  ]);
  assert.deepEqual(texts(Type.CAA, '0 issue "ca.example.net"'), ['0 issue "ca.example.net"']);
});

test('what is none is pointed to', () => {
  for (const text of ['2001:db8::1', '192.0.2.256', '224.0.0.1', '0.0.0.0', '', '192.0.2.1 ; a comment'])
    assert.deepEqual(texts(Type.A, '192.0.2.1', text), ['/values/1'], text);
  for (const text of ['192.0.2.1', '::ffff:192.0.2.1', 'fe80::1'])
    assert.deepEqual(texts(Type.AAAA, text), ['/values/0'], text);
  // Two words would be two strings, which programs read without the space.
  for (const text of ['v=spf1 -all', '"open', '']) assert.deepEqual(texts(Type.TXT, text), ['/values/0'], text);
  for (const text of ['10', 'mail.example.com', '10 a b', '10 a\nx 0 IN A 192.0.2.1', '10 a\r$INCLUDE /etc/passwd'])
    assert.deepEqual(texts(Type.MX, text), ['/values/0'], JSON.stringify(text));
});
