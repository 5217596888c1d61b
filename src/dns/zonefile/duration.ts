import { isDigit } from './escape.ts';

/** RFC 2181 §8: a TTL has 31 bits. */
export const maxTtlSeconds = 0x7fff_ffff;
/** Of the times in a SOA record, which have 32 bits (RFC 1035 §3.3.13). */
export const maxTimeSeconds = 0xffff_ffff;

/**
 * Reads seconds, as a plain number or as BIND writes them: numbers with units, `1w2d3h4m5s`, in either case.
 *
 * @returns undefined where the octets are neither; a number beyond all bounds stays beyond them
 */
export function decodeDuration(octets: Uint8Array, start: number, end: number): number | undefined {
  let total = 0;
  let at = start;
  while (at < end) {
    let count = 0;
    const digits = at;
    while (at < end && isDigit(octets[at]!)) {
      count = Math.min(count * 10 + octets[at]! - 0x30, Number.MAX_SAFE_INTEGER / 16);
      at += 1;
    }
    if (at === digits) return undefined;
    if (at === end) return digits === start ? count : undefined;
    const seconds = unitSeconds(octets[at]!);
    if (seconds === 0) return undefined;
    total += count * seconds;
    at += 1;
  }
  return start === end ? undefined : total;
}

function unitSeconds(octet: number): number {
  switch (octet | 0x20) {
    case 0x73: // s
      return 1;
    case 0x6d: // m
      return 60;
    case 0x68: // h
      return 3600;
    case 0x64: // d
      return 86_400;
    case 0x77: // w
      return 604_800;
    default:
      return 0;
  }
}
