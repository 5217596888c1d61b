import * as fc from 'fast-check';

import { Type } from '../../src/dns/codes.ts';
import type { OpaqueRdata } from './rdata-arbitraries.ts';

const plain = 'aaaaaaaabbbbzzzz....'.split('');
const special = '09^$|*+?(){}[]-\\,:=!i'.split('');
const pieces = fc.constantFrom(
  ...plain,
  ...special,
  '(a)',
  '()',
  '(?:',
  '(?=',
  '(|a)',
  'a*',
  '\\1',
  '\\2',
  '\\0',
  '\\!',
);
const bounds = fc.constantFrom('a{2}', 'a{2,1}', 'a{256}', '{1,}', '{,2}');
const brackets = fc.constantFrom(
  ...'[a-z]|[z-a]|[^]a]|[a-b-c]|[[:alpha:]]|[[:alp:]]|[[.a.]-z]|[[.ab.]-z]|[[=a=]]|[[..]]'.split('|'),
);
const piece = fc.oneof({ weight: 6, arbitrary: pieces }, bounds, brackets);
const text = (maxLength: number) => fc.array(piece, { minLength: 1, maxLength }).map((all) => all.join(''));
const inBrackets = text(5).map((content) => `[${content}]`);
const expression = fc.oneof(
  text(6),
  fc.tuple(text(2), inBrackets, text(2)).map((all) => all.join('')),
);
const replacement = fc.array(fc.constantFrom('x', 'x', 'x', '\\x', '\\!', '\\1', '\\2', '\\0'), { maxLength: 2 });

/** NAPTR records (RFC 3403 §4.1) with substitution expressions that are right or nearly so. */
export const arbitrarySubstitution: fc.Arbitrary<OpaqueRdata> = fc
  .tuple(expression, replacement, fc.constantFrom('', '', '', 'i', 'ii', 'x'))
  .map(([before, after, flags]) => {
    const content = Buffer.from(`!${before}!${after.join('')}!${flags}`, 'latin1');
    return { type: Type.NAPTR, octets: Uint8Array.of(0, 1, 0, 2, 0, 0, content.length, ...content, 0) };
  });
