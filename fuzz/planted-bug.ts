/** A parser with a bug behind four conditions, one in the other, to see that the fuzzer finds such a thing. */
export function parseWithBug(octets: Uint8Array): void {
  if (lowerHalf(octets[0]) === 6) {
    if (lowerHalf(octets[1]) === 5) {
      if (lowerHalf(octets[2]) === 10) {
        if (lowerHalf(octets[3]) === 12) throw new RangeError('the planted bug');
      }
    }
  }
}

function lowerHalf(octet: number | undefined): number {
  return (octet ?? 0) & 0x0f;
}
