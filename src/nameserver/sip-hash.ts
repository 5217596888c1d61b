/** A key of SipHash: four words of 32 bits, the lower half of each 64-bit word first. */
export type SipHashKey = Uint32Array;

export const sipHashKeyOctets = 16;

/** @param octets  16 of them, to be kept secret */
export function makeSipHashKey(octets: Uint8Array): SipHashKey {
  if (octets.length !== sipHashKeyOctets) throw new Error(`A SipHash key has 16 octets, not ${octets.length}`);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  return Uint32Array.of(...[0, 4, 8, 12].map((at) => view.getUint32(at, true)));
}

// The four words of state, each as its lower and its higher half: V8 has no other integers of 64 bits than BigInts, which would
// take a hundred times as long. A computation ends before the next one begins, so one place serves all.
const state = new Uint32Array(8);

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012), the hash that RFC 9018 §4.4 makes server cookies with.
 *
 * @param into  gets the 8 octets of the hash, least significant first
 */
export function sipHash(key: SipHashKey, message: Uint8Array, length: number, into: Uint8Array, at: number): void {
  state[0] = key[0]! ^ 0x7073_6575;
  state[1] = key[1]! ^ 0x736f_6d65;
  state[2] = key[2]! ^ 0x6e64_6f6d;
  state[3] = key[3]! ^ 0x646f_7261;
  state[4] = key[0]! ^ 0x6e65_7261;
  state[5] = key[1]! ^ 0x6c79_6765;
  state[6] = key[2]! ^ 0x7974_6573;
  state[7] = key[3]! ^ 0x7465_6462;
  const whole = length & ~7;
  for (let offset = 0; offset < whole; offset += 8)
    absorb(wordAt(message, offset, length), wordAt(message, offset + 4, length));
  // The last word holds what is left, and the length modulo 256 in its highest octet.
  absorb(wordAt(message, whole, length), wordAt(message, whole + 4, length) | ((length & 0xff) << 24));
  state[4] ^= 0xff;
  for (let round = 0; round < 4; round += 1) sipRound();
  writeWord(into, at, state[0] ^ state[2] ^ state[4] ^ state[6]);
  writeWord(into, at + 4, state[1] ^ state[3] ^ state[5] ^ state[7]);
}

function absorb(low: number, high: number): void {
  state[6]! ^= low;
  state[7]! ^= high;
  sipRound();
  sipRound();
  state[0]! ^= low;
  state[1]! ^= high;
}

/** 32 bits, least significant octet first; octets beyond the end are 0. */
function wordAt(octets: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let index = Math.min(3, end - at - 1); index >= 0; index -= 1) word = (word << 8) | octets[at + index]!;
  return word;
}

function writeWord(octets: Uint8Array, at: number, word: number): void {
  octets[at] = word;
  octets[at + 1] = word >>> 8;
  octets[at + 2] = word >>> 16;
  octets[at + 3] = word >>> 24;
}

function sipRound(): void {
  add(0, 2);
  rotate(2, 13);
  mix(2, 0);
  swapHalves(0);
  add(4, 6);
  rotate(6, 16);
  mix(6, 4);
  add(0, 6);
  rotate(6, 21);
  mix(6, 0);
  add(4, 2);
  rotate(2, 17);
  mix(2, 4);
  swapHalves(4);
}

function add(to: number, from: number): void {
  const low = state[to]! + state[from]!;
  state[to] = low;
  state[to + 1] = state[to + 1]! + state[from + 1]! + (low > 0xffff_ffff ? 1 : 0);
}

function mix(to: number, from: number): void {
  state[to]! ^= state[from]!;
  state[to + 1]! ^= state[from + 1]!;
}

/** To the left, by less than 32 bits. */
function rotate(word: number, bits: number): void {
  const low = state[word]!;
  const high = state[word + 1]!;
  state[word] = (low << bits) | (high >>> (32 - bits));
  state[word + 1] = (high << bits) | (low >>> (32 - bits));
}

function swapHalves(word: number): void {
  const low = state[word]!;
  state[word] = state[word + 1]!;
  state[word + 1] = low;
}
