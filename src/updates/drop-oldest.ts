/**
 * Lets those entries go that were put first, where there are more than `atMost`.
 *
 * An eighth goes at once: the first entry of a map is found only past the places of all that were deleted before it, so to look for it at every
 * call would take the longer, the larger the map.
 */
export function dropOldest(map: Map<unknown, unknown>, atMost: number): void {
  if (map.size <= atMost) return;
  const left = atMost - (atMost >> 3);
  for (const key of map.keys()) {
    if (map.size <= left) return;
    map.delete(key);
  }
}
