/**
 * Serial number arithmetic of 32 bits (RFC 1982), which the serial of a zone follows (RFC 1982 §7).
 *
 * Numbers are compared in a circle: one is greater than another when it lies up to 2³¹−1 steps ahead of it.
 */

const half = 0x8000_0000;

/**
 * Whether `a` is greater than `b`.
 *
 * Of two that are exactly 2³¹ apart neither is (RFC 1982 §3.2 leaves them without order, so nobody may build on one).
 */
export function isSerialGreater(a: number, b: number): boolean {
  const ahead = (a - b) >>> 0;
  return ahead !== 0 && ahead < half;
}

/** The serial after this one; never 0, which old servers misunderstand (RFC 2136 §7.11). */
export function nextSerial(serial: number): number {
  return (serial + 1) >>> 0 || 1;
}

/**
 * A serial that is greater than both, so that whoever has a zone with the one or with the other takes it for newer.
 *
 * @returns undefined where there is none: they are so far apart that a step beyond the one is no step beyond the other
 */
export function serialAboveBoth(a: number, b: number): number | undefined {
  return [nextSerial(a), nextSerial(b)].find((next) => isSerialGreater(next, a) && isSerialGreater(next, b));
}
