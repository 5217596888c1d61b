import type { RdataCursor } from './rdata-cursor.ts';

/** RFC 9460 §14.3.2, RFC 9461 §5. */
const key = {
  mandatory: 0,
  alpn: 1,
  noDefaultAlpn: 2,
  port: 3,
  ipv4hint: 4,
  ech: 5,
  ipv6hint: 6,
  dohpath: 7,
  invalid: 65535,
} as const;

/**
 * The parameters of SVCB and HTTPS on the wire (RFC 9460 §2.2): in rising order of their keys, each once, each with the
 * value that its key wants, and with those that others need (§7.1.1, §8).
 */
export function areServiceParameters(cursor: RdataCursor): boolean {
  const parameters = new Map<number, Uint8Array>();
  let before = -1;
  while (cursor.remaining > 0) {
    const number = cursor.readU16();
    const length = cursor.readU16();
    if (number === undefined || length === undefined || number <= before || number === key.invalid) return false;
    const value = cursor.octets.subarray(cursor.at, cursor.at + length);
    if (!cursor.skip(length) || !isValue(number, value)) return false;
    parameters.set(number, value);
    before = number;
  }
  if (parameters.has(key.noDefaultAlpn) && !parameters.has(key.alpn)) return false;
  return keysIn(parameters.get(key.mandatory) ?? new Uint8Array(0)).every((each) => parameters.has(each));
}

function isValue(number: number, value: Uint8Array): boolean {
  switch (number) {
    case key.mandatory: {
      // §8: at least one, in rising order, and not itself
      const keys = keysIn(value);
      const isRising = keys.every((each, index) => each > (keys[index - 1] ?? key.mandatory));
      return value.length > 0 && value.length % 2 === 0 && isRising;
    }
    case key.alpn:
      return areIdentifiers(value);
    case key.noDefaultAlpn:
      return value.length === 0;
    case key.port:
      return value.length === 2;
    case key.ipv4hint:
      return value.length > 0 && value.length % 4 === 0;
    case key.ech:
      return value.length > 0;
    case key.ipv6hint:
      return value.length > 0 && value.length % 16 === 0;
    case key.dohpath:
      return isPathTemplate(value);
    default:
      return true;
  }
}

/** RFC 9461 §5: in UTF-8, a path with the variable `dns`. */
function isPathTemplate(value: Uint8Array): boolean {
  const text = Buffer.from(value).toString('utf8');
  return Buffer.compare(Buffer.from(text), value) === 0 && /^\/.*\{\?dns\}/.test(text);
}

function keysIn(value: Uint8Array): number[] {
  return Array.from({ length: value.length >> 1 }, (_, index) => (value[2 * index]! << 8) | value[2 * index + 1]!);
}

/** §7.1.1: one or more, each of 1 to 255 octets with its length in front. */
function areIdentifiers(value: Uint8Array): boolean {
  let at = 0;
  while (at < value.length && value[at] !== 0) at += 1 + value[at]!;
  return value.length > 0 && at === value.length;
}
