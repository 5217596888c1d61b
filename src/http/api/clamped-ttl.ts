import type { TtlPolicy } from '../../updates/plan.ts';

/** A TTL as it will be used, and what to say of it where that is not what was asked for. */
export interface ClampedTtl {
  readonly ttlSeconds: number | undefined;
  readonly warnings: readonly string[];
}

/** @param place  which one it is, for people: `ttl`, `updates/0/ttl` */
export function clampTtl(wanted: number | undefined, { minSeconds, maxSeconds }: TtlPolicy, place = 'ttl'): ClampedTtl {
  if (wanted === undefined) return { ttlSeconds: undefined, warnings: [] };
  const ttlSeconds = Math.min(Math.max(wanted, minSeconds), maxSeconds);
  if (ttlSeconds === wanted) return { ttlSeconds, warnings: [] };
  const bound = ttlSeconds === minSeconds ? 'least' : 'most';
  return {
    ttlSeconds,
    warnings: [
      `The TTL ${wanted} (${place}) was clamped to ${ttlSeconds}, the ${bound} that the configuration allows.`,
    ],
  };
}
