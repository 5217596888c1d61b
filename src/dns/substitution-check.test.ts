import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isSubstitution } from './substitution-check.ts';

const isRight = (text: string) => isSubstitution(Buffer.from(text, 'latin1'));

const right = [
  '!^.*$!sip:x@example.com!',
  '!a!!',
  '!a!x!i',
  '!a!x!ii',
  '!(a)(b)!\\2\\1!',
  '/a\\/b/x\\/y/',
  'aba\\ca',
  '!a!\\x!',
];
for (const text of right) test(`${text} is a substitution expression`, () => assert.equal(isRight(text), true));

const wrong = [
  '!',
  '!a!',
  '!!x!',
  '!a!x',
  '!a!x!g',
  '!a!x!!',
  '!a!x!\\i',
  '1a1x1',
  '\\a\\x\\',
  'iaixi',
  '!a!\\0!',
  '!(a)!\\2!',
  '!a\\!x!',
  '!a!x\\!',
  '!a\0!x!',
  '!(?:a)!x!',
  '!(?:|a){60}\\b!x!',
];
for (const text of wrong) test(`${text} is none`, () => assert.equal(isRight(text), false));
