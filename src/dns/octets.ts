/**
 * Octets to be written over at once: what they hold at first is undefined.
 *
 * Short ones are cut from a common slab, as Buffers are. Making an array of its own for each of the many short-lived
 * messages would cost more than filling it, and would leave the garbage collector with memory that it does not see.
 *
 * @returns a plain Uint8Array, whose `slice` copies, other than a Buffer's
 */
export function unfilledOctets(length: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(length);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, length);
}
