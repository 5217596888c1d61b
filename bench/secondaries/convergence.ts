/** A serial, and when it was there first. */
export interface SerialAt {
  readonly serial: number;
  readonly atMs: number;
}

/**
 * How long each acknowledged serial took to be seen, itself or a later one that stands for it.
 *
 * @param acknowledged  in the order of their serials
 * @param seen          likewise
 * @returns milliseconds, in the order of the acknowledgements; undefined where it was not seen. What was seen before the client
 *          had its answer took no time
 */
export function convergenceMs(
  acknowledged: readonly SerialAt[],
  seen: readonly SerialAt[],
): readonly (number | undefined)[] {
  let index = 0;
  return acknowledged.map(({ serial, atMs }) => {
    while (index < seen.length && seen[index]!.serial < serial) index += 1;
    const sighting = seen[index];
    return sighting && Math.max(0, sighting.atMs - atMs);
  });
}
