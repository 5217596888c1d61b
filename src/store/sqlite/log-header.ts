/** What the header of a write-ahead log takes (https://www.sqlite.org/fileformat2.html#walformat). */
export const logHeaderOctets = 32;

const magic = 0x377f0682;
const wordsSummed = 6;

/**
 * Whether these octets begin a write-ahead log: eight words of 32 bits in network order, of which the first is a magic number,
 * whose last bit says in which order of octets the sums are made, and the last two are the sum of the six before.
 */
export function isLogHeader(header: Uint8Array): boolean {
  if (header.length < logHeaderOctets) return false;
  const view = new DataView(header.buffer, header.byteOffset, logHeaderOctets);
  const first = view.getUint32(0);
  if (first >>> 1 !== magic >>> 1) return false;
  const isLittleEndian = (first & 1) === 0;
  const sums = [0, 0] as [number, number];
  for (let word = 0; word < wordsSummed; word += 2) {
    sums[0] = (sums[0] + view.getUint32(word * 4, isLittleEndian) + sums[1]) >>> 0;
    sums[1] = (sums[1] + view.getUint32(word * 4 + 4, isLittleEndian) + sums[0]) >>> 0;
  }
  return sums[0] === view.getUint32(24) && sums[1] === view.getUint32(28);
}
