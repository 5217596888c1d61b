import { Class, Type } from '../dns/codes.ts';
import type { OwnedRecords } from './difference.ts';
import { lookup, type Lookup } from './lookup.ts';
import type { NameKey } from './name-key.ts';
import type { PackedRecords } from './packed-records.ts';
import type { Zone } from './zone.ts';

/** As many aliases as BIND follows (`max-query-restarts`); enough for all but mistakes. */
const maxAliases = 11;

/** The answer to a question with the aliases that lead to it. */
export interface Resolution {
  /** CNAME and DNAME RRsets passed, in their order, each once (RFC 2181 §5), with its owner. */
  readonly aliases: readonly OwnedRecords[];
  /** The name at which the last one ends; the one that was asked for, when there are none. */
  readonly owner: NameKey;
  /** What is there, and so the rcode (RFC 6604 §3); `redirected` only when the target is too long. */
  readonly result: Exclude<Lookup, { kind: 'alias' }> | Endless;
}

/** The aliases lead in a circle, or there are too many. */
export interface Endless {
  readonly kind: 'endless';
}

/**
 * Looks up and follows aliases as long as they stay inside the zone (RFC 1034 §4.3.2, 3a). A question for CNAME or ANY ends at
 * a CNAME. With a DNAME goes the CNAME that it stands for, with the same TTL (RFC 6672 §3.1), and that is a CNAME, too.
 */
export function resolve(zone: Zone, key: NameKey, type: number): Resolution {
  const aliases: OwnedRecords[] = [];
  const passed = new Set<NameKey>();
  let owner = key;
  for (;;) {
    const result = lookup(zone, owner, type);
    if (result.kind !== 'alias' && result.kind !== 'redirected') return { aliases, owner, result };
    if (result.kind === 'redirected') {
      const { dname } = result;
      if (!aliases.some((alias) => alias.owner === dname.owner)) aliases.push(dname);
      if (result.target === undefined) return { aliases, owner, result };
    }
    const target = result.target!;
    const records = result.kind === 'alias' ? result.records : cnameFor(result.dname.records, target);
    if (type === Type.CNAME || type === Type.ANY)
      return { aliases, owner, result: { kind: 'answer', records, isSynthesised: true } };
    aliases.push({ owner, records });
    passed.add(owner);
    owner = target;
    if (passed.has(owner) || passed.size > maxAliases) return { aliases, owner, result: { kind: 'endless' } };
  }
}

function cnameFor(dname: PackedRecords, target: NameKey): PackedRecords {
  const ttl = dname.slice(4, 8);
  return `${u16(Type.CNAME)}${u16(Class.IN)}${ttl}${u16(target.length)}${target}` as PackedRecords;
}

function u16(value: number): string {
  return String.fromCharCode(value >>> 8, value & 0xff);
}
