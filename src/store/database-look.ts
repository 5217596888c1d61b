import type { StoreFault } from './store-fault.ts';

/** A database as somebody finds it who looks at it from outside, also while a service changes it. */
export type DatabaseLook =
  /** Nobody has made it yet. */
  | { readonly kind: 'absent'; readonly path: string }
  /** It belongs to another user, and whoever looks may not. */
  | { readonly kind: 'hidden'; readonly path: string }
  | { readonly kind: 'unusable'; readonly path: string; readonly fault: StoreFault }
  | {
      readonly kind: 'readable';
      readonly path: string;
      /** Why it takes no changes now, as far as can be seen. */
      readonly fault: StoreFault | undefined;
      /** What is damaged; undefined where there was not enough time to look at all of it. */
      readonly complaints: readonly string[] | undefined;
      /** What its disk has room for; undefined where the system does not say. */
      readonly freeOctets: number | undefined;
      /** By the key of the zone's name (`Name.key`). */
      readonly serials: ReadonlyMap<string, number>;
    };
