import { createRequire } from 'node:module';
import type * as Tr46 from 'tr46';

export type AsciiName = { kind: 'ascii'; text: string } | { kind: 'invalid'; label: string; reason: string };

/**
 * Turns a name as people write it into lower-case A-labels, label by label (UTS 46, non-transitional).
 *
 * A label of ASCII is lower-cased and nothing else: underscores, `*`, an `xn--` label and even a label that is wrong pass, and
 * whoever needs a valid name judges it afterwards. Any other label is mapped, normalised and validated with the hyphen, joiner
 * and Bidi rules. The ideographic full stops separate labels as the full stop does (UTS 46 §4, step 3 after the mapping).
 *
 * Deliberately differs: a name never passes through a URL host parser, which takes the label `1` for the address 0.0.0.1; and
 * the Bidi rule (RFC 5893 §2) judges each label by itself, so that a name may have `1` or `_sip` beside a right-to-left label.
 *
 * @param text  presentation form; a trailing dot stays, empty labels stay
 * @returns invalid with the label as it was written and a reason for people
 */
export function toAsciiName(text: string): AsciiName {
  if (isAscii(text)) return { kind: 'ascii', text: text.toLowerCase() };
  const labels: string[] = [];
  for (const label of text.split(separators)) {
    if (isAscii(label)) {
      labels.push(label.toLowerCase());
      continue;
    }
    const converted = toAsciiLabel(label);
    if (converted.kind === 'invalid') return converted;
    labels.push(converted.text);
  }
  return { kind: 'ascii', text: labels.join('.') };
}

// Full stop, and those that UTS 46 maps to it: ideographic, fullwidth, halfwidth ideographic.
const separators = /[.\u3002\uFF0E\uFF61]/u;

// 63 octets of A-label hold at most 59 code points; what is mapped to nothing may stand beside them. Punycode takes quadratic time.
const maxLabelCharacters = 256;

const allChecks: Tr46.Tr46Options = {
  checkBidi: true,
  checkHyphens: true,
  checkJoiners: true,
  verifyDNSLength: true,
  transitionalProcessing: false,
  ignoreInvalidPunycode: false,
  // Would refuse the underscore; the ASCII octets are judged by `plainLabel`.
  useSTD3ASCIIRules: false,
};

const plainLabel = /^(?:[a-z0-9_-]+|\*)$/;

function toAsciiLabel(label: string): AsciiName {
  if (label.length > maxLabelCharacters) return { kind: 'invalid', label, reason: 'the label is too long' };
  const text = tr46().toASCII(label, allChecks);
  if (text === null) return { kind: 'invalid', label, reason: whyInvalid(label) };
  if (!plainLabel.test(text)) {
    return { kind: 'invalid', label, reason: 'only letters, digits, hyphens and underscores may stand in it' };
  }
  return { kind: 'ascii', text };
}

/** tr46 only says that something is wrong: switching its checks off one at a time shows which of them it was. */
function whyInvalid(label: string): string {
  const { toASCII } = tr46();
  const character = Array.from(label).find((one) => toASCII(`a${one}`) === null);
  if (character !== undefined) return `the character ${codePointName(character)} may not stand in a name`;
  const passesWithout = (change: Tr46.Tr46Options): boolean => toASCII(label, { ...allChecks, ...change }) !== null;
  if (passesWithout({ checkJoiners: false })) return 'an invisible joiner stands where its script does not need one';
  if (passesWithout({ checkBidi: false })) return 'left-to-right and right-to-left characters are mixed';
  if (passesWithout({ checkHyphens: false })) {
    return 'a hyphen stands at its beginning, at its end or in its third and fourth place';
  }
  if (passesWithout({ verifyDNSLength: false })) {
    return toASCII(label) === '' ? 'nothing visible is in it' : 'it is longer than 63 octets as an A-label';
  }
  return 'it is not a valid label of an internationalised name (UTS 46)';
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function isAscii(text: string): boolean {
  // The loop beats a regular expression with an escape for a control character, which the linter rightly suspects.
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

let loaded: typeof Tr46 | undefined;

/** Its tables cost some ten milliseconds of the start, and most installations never see a U-label. */
function tr46(): typeof Tr46 {
  loaded ??= createRequire(import.meta.url)('tr46') as typeof Tr46;
  return loaded;
}
