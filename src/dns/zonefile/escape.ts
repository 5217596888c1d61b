import { ZonefileSyntaxError } from './mistake.ts';

const backslash = 0x5c;

/** What an escape stands for: the octet in the low 8 bits, above them the number of octets that the escape takes. */
export type Escape = number;

/**
 * Reads `\DDD`, the octet of that decimal value, or `\X`, the character X itself (RFC 1035 §5.1).
 *
 * @param at   where the backslash stands
 * @param end  the end of the token
 * @throws ZonefileSyntaxError
 */
export function decodeEscape(octets: Uint8Array, at: number, end: number): Escape {
  const next = at + 1 < end ? octets[at + 1]! : -1;
  if (next >= 0 && !isDigit(next)) return (2 << 8) | next;
  const value = at + 3 < end ? decimal(octets, at + 1) : -1;
  if (value < 0 || value > 255) {
    throw new ZonefileSyntaxError(
      at,
      'This backslash is followed neither by three digits up to 255 nor by a character that is no digit',
      'Write \\\\ for a backslash itself, or \\ and three digits for an octet, such as \\009',
    );
  }
  return (4 << 8) | value;
}

/** The octets of a character-string, or of whatever else is written as one. The result shares no memory with the file. */
export function decodeText(octets: Uint8Array, start: number, end: number): Uint8Array {
  const decoded = new Uint8Array(end - start);
  let length = 0;
  let at = start;
  while (at < end) {
    let octet = octets[at]!;
    if (octet === backslash) {
      const escape = decodeEscape(octets, at, end);
      octet = escape & 0xff;
      at += escape >> 8;
    } else at += 1;
    decoded[length] = octet;
    length += 1;
  }
  return decoded.slice(0, length);
}

function decimal(octets: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 3; index += 1) {
    const octet = octets[index]!;
    if (!isDigit(octet)) return -1;
    value = value * 10 + octet - 0x30;
  }
  return value;
}

export function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}
