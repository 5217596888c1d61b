import { countGroups } from './extended-regexp.ts';

const backslash = 0x5c;
const ignoreCase = 0x69;

/**
 * Whether this is a substitution expression (RFC 3402 §3.2): an extended regular expression, what takes its place, and flags, with
 * one delimiter before each. A delimiter after a backslash ends nothing, and what takes the place of the expression may refer to
 * groups that it has, by `\1` to `\9`.
 */
export function isSubstitution(octets: Uint8Array): boolean {
  const delimiter = octets[0];
  if (delimiter === undefined || !isDelimiter(delimiter) || octets.includes(0)) return false;
  const expressionEnd = endOfPart(octets, 1, delimiter);
  if (expressionEnd === undefined) return false;
  const replacementEnd = endOfPart(octets, expressionEnd + 1, delimiter);
  if (replacementEnd === undefined) return false;
  if (!octets.subarray(replacementEnd + 1).every((octet) => octet === ignoreCase)) return false;
  const groups = countGroups(octets.subarray(1, expressionEnd));
  return groups !== undefined && hasGroups(octets.subarray(expressionEnd + 1, replacementEnd), groups);
}

/** No digit, no backslash, and no flag. */
function isDelimiter(octet: number): boolean {
  const isDigit = octet >= 0x30 && octet <= 0x39;
  return !isDigit && octet !== backslash && octet !== ignoreCase;
}

/** @returns where its delimiter stands */
function endOfPart(octets: Uint8Array, from: number, delimiter: number): number | undefined {
  let at = from;
  while (at < octets.length && octets[at] !== delimiter) at += octets[at] === backslash ? 2 : 1;
  return at < octets.length ? at : undefined;
}

function hasGroups(replacement: Uint8Array, groups: number): boolean {
  for (let at = replacement.indexOf(backslash); at >= 0; at = replacement.indexOf(backslash, at + 2)) {
    const group = replacement[at + 1]! - 0x30;
    if (group === 0 || (group > groups && group <= 9)) return false;
  }
  return true;
}
