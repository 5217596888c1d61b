import assert from 'node:assert/strict';
import { test } from 'node:test';
import { className, parseType, rcodeName, tsigErrorName, Type, typeName } from './codes.ts';

test('codes have their names, and a number where they have none', () => {
  assert.deepEqual([typeName(1), typeName(257), typeName(65280)], ['A', 'CAA', 'TYPE65280']);
  assert.deepEqual([className(1), className(254), className(255), className(32)], ['IN', 'NONE', 'ANY', 'CLASS32']);
  assert.deepEqual(
    [rcodeName(0), rcodeName(9), rcodeName(10), rcodeName(11)],
    ['NOERROR', 'NOTAUTH', 'NOTZONE', 'RCODE11'],
  );
  assert.deepEqual([16, 17, 18, 22, 99].map(tsigErrorName), ['BADSIG', 'BADKEY', 'BADTIME', 'BADTRUNC', 'TSIGERROR99']);
});

test('every type is read back from its name, in any case, and by its number (RFC 3597 §5)', () => {
  for (const [name, type] of Object.entries(Type)) {
    assert.equal(typeName(type), name);
    assert.equal(parseType(name.toLowerCase()), type);
    assert.equal(parseType(`TYPE${type}`), type);
  }
});

test('what names no type is undefined', () => {
  for (const text of ['', 'TYPE', 'TYPE65536', 'TYPE01', 'TYPE-1', 'TYPE1 ', 'NOPE', 'toString', '1']) {
    assert.equal(parseType(text), undefined, text);
  }
});
