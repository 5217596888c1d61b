import { NameSyntaxError } from './errors.ts';

const backslash = 0x5c;
const dot = 0x2e;
const maxLabelOctets = 63;
const maxLabels = 127;

/**
 * Splits the presentation form of a name (RFC 1035 §5.1) into the octets of its labels; none for the root.
 *
 * @throws NameSyntaxError
 */
export function parseLabels(text: string): Uint8Array[] {
  if (text === '') throw new NameSyntaxError('empty', 0, 'The name is empty; the root is written "."');
  if (text === '.') return [];
  const labels: Uint8Array[] = [];
  let label: number[] = [];
  let position = 0;
  while (position < text.length) {
    if (text.charCodeAt(position) === dot) {
      if (label.length === 0) {
        throw new NameSyntaxError(
          'empty-label',
          position,
          `A label is empty before character ${position + 1} of "${text}"`,
        );
      }
      labels.push(Uint8Array.from(label));
      label = [];
      position += 1;
    } else {
      const read = readCharacter(text, position);
      label.push(read.octet);
      position += read.length;
    }
    checkLengths(text, label, labels, position);
  }
  if (label.length > 0) labels.push(Uint8Array.from(label));
  return labels;
}

/** The presentation form of one label: what a zone file could take for syntax is escaped, the rest is plain. */
export function labelText(wire: Uint8Array, offset: number, length: number): string {
  let text = '';
  for (let index = offset; index < offset + length; index += 1) text += octetTexts[wire[index]!]!;
  return text;
}

function readCharacter(text: string, position: number): { octet: number; length: number } {
  const code = text.charCodeAt(position);
  if (code === backslash) return readEscape(text, position);
  if (code <= 0x20 || code >= 0x7f) {
    throw new NameSyntaxError(
      'bad-character',
      position,
      `Character ${position + 1} of ${JSON.stringify(text)} may not stand in a name as it is; write it as \\DDD, and an internationalised name as A-labels (xn--…)`,
    );
  }
  return { octet: code, length: 1 };
}

function readEscape(text: string, position: number): { octet: number; length: number } {
  const digits = /^[0-9]{3}/.exec(text.slice(position + 1, position + 4))?.[0];
  if (digits !== undefined && Number(digits) <= 255) return { octet: Number(digits), length: 4 };
  const code = text.charCodeAt(position + 1);
  // RFC 1035 §5.1: \X, where X is any character other than a digit
  if (digits === undefined && code > 0x20 && code < 0x7f && !(code >= 0x30 && code <= 0x39)) {
    return { octet: code, length: 2 };
  }
  throw new NameSyntaxError(
    'bad-escape',
    position,
    `The backslash at character ${position + 1} of ${JSON.stringify(text)} has to be followed by three digits up to 255 or by one character that is no digit`,
  );
}

function checkLengths(text: string, label: readonly number[], labels: readonly Uint8Array[], position: number): void {
  if (label.length > maxLabelOctets) {
    throw new NameSyntaxError(
      'label-too-long',
      position - 1,
      `A label of ${excerpt(text)} is longer than ${maxLabelOctets} octets`,
    );
  }
  if (labels.length > maxLabels) {
    throw new NameSyntaxError('name-too-long', position - 1, `The name ${excerpt(text)} is longer than 255 octets`);
  }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

/** RFC 4343 §2.1: octets outside the printable ASCII range as \DDD; characters with a meaning in zone files with a backslash. */
const octetTexts: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  if (octet <= 0x20 || octet >= 0x7f) return `\\${String(octet).padStart(3, '0')}`;
  const character = String.fromCharCode(octet);
  return '."\\;()@$'.includes(character) ? `\\${character}` : character;
});
