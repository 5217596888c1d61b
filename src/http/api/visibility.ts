import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { Asker } from '../../updates/asker.ts';
import type { Host } from '../../updates/host.ts';

/** A host is whoever's who may know one of its address sets. */
export function mayReadHost(asker: Asker, name: Name): boolean {
  return mayRead(asker, name, Type.A) || mayRead(asker, name, Type.AAAA);
}

/** Whether the asker may know anything at all of a name; who may not is not told whether it exists. */
export function mayReadName(asker: Asker, name: Name): boolean {
  return mayReadHost(asker, name) || mayRead(asker, name, Type.TXT);
}

/** @param type  0 for what concerns the name as a whole */
export function mayRead(asker: Asker, name: Name, type: number): boolean {
  if (type === 0) return mayReadHost(asker, name);
  return asker.permission(name, type, 'read').kind === 'granted';
}

export function isVisible(asker: Asker): (host: Host) => boolean {
  return ({ name }) => mayReadHost(asker, name);
}
