import { isDigit } from './escape.ts';

const dot = 0x2e;
const colon = 0x3a;

/**
 * Reads four decimal numbers with dots between them (RFC 1035 §3.4.1). A leading zero is refused, since some take it for
 * octal.
 *
 * @returns 4 octets; undefined where it is no such address
 */
export function decodeIpv4(octets: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const address = new Uint8Array(4);
  let at = start;
  for (let index = 0; index < 4; index += 1) {
    if (index > 0) {
      if (at >= end || octets[at] !== dot) return undefined;
      at += 1;
    }
    const digits = at;
    let value = 0;
    while (at < end && isDigit(octets[at]!) && at - digits < 4) {
      value = value * 10 + octets[at]! - 0x30;
      at += 1;
    }
    if (at === digits || value > 255 || (octets[digits] === 0x30 && at - digits > 1)) return undefined;
    address[index] = value;
  }
  return at === end ? address : undefined;
}

/**
 * Reads the three forms of RFC 4291 §2.2: eight groups of hexadecimal digits, `::` for a run of zeros, dotted decimal for
 * the last 32 bits.
 *
 * @returns 16 octets; undefined where it is no such address
 */
export function decodeIpv6(octets: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const address = new Uint8Array(16);
  let length = 0;
  let gap = -1;
  let at = start;
  if (octets[at] === colon && octets[at + 1] === colon && at + 2 <= end) {
    gap = 0;
    at += 2;
  }
  while (at < end) {
    const groupStart = at;
    let value = 0;
    let digit = hexDigit(octets[at]!);
    while (digit >= 0 && at - groupStart < 4) {
      value = value * 16 + digit;
      at += 1;
      digit = at < end ? hexDigit(octets[at]!) : -1;
    }
    if (at < end && octets[at] === dot) {
      const tail = length <= 12 ? decodeIpv4(octets, groupStart, end) : undefined;
      if (tail === undefined) return undefined;
      address.set(tail, length);
      length += 4;
      break;
    }
    if (at === groupStart || length === 16) return undefined;
    address[length] = value >> 8;
    address[length + 1] = value;
    length += 2;
    if (at === end) break;
    if (octets[at] !== colon) return undefined;
    at += 1;
    if (at < end && octets[at] === colon) {
      if (gap >= 0) return undefined;
      gap = length;
      at += 1;
    } else if (at === end) return undefined;
  }
  return withGap(address, length, gap);
}

/** Moves what stands behind `::` to the end. */
function withGap(address: Uint8Array, length: number, gap: number): Uint8Array | undefined {
  if (gap < 0) return length === 16 ? address : undefined;
  // RFC 4291 §2.2: "::" is one or more groups of zeros
  if (length > 14) return undefined;
  address.copyWithin(16 - (length - gap), gap, length);
  address.fill(0, gap, 16 - (length - gap));
  return address;
}

/** The value of a hexadecimal digit, or -1. */
function hexDigit(octet: number): number {
  if (isDigit(octet)) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
