import { Type } from '../dns/codes.ts';
import { type NameKey, parentKey } from './name-key.ts';
import { hasType } from './packed-records.ts';
import type { ZoneView } from './zone-view.ts';

/** What keeps whoever asks from seeing the records at a name. */
export interface Boundary {
  readonly owner: NameKey;
  /** Another zone begins there, or all below it is redirected. */
  readonly kind: 'delegation' | 'redirection';
}

/**
 * The first thing on the way down from the apex that hides a name: NS records at or above it, below the apex (RFC 1034 §4.3.2,
 * 3b), or a DNAME record above it (RFC 6672 §2.4).
 *
 * @param key  of a name in the zone
 */
export function boundaryAbove(view: ZoneView, key: NameKey): Boundary | undefined {
  let found: Boundary | undefined;
  for (let owner = key; ; owner = parentKey(owner)) {
    const records = view.records(owner);
    const isApex = owner === view.origin.key;
    if (owner !== key && hasType(records, Type.DNAME)) found = { owner, kind: 'redirection' };
    if (!isApex && hasType(records, Type.NS)) found = { owner, kind: 'delegation' };
    if (isApex) return found;
  }
}
