import { Class, Type } from '../dns/codes.ts';
import type { OwnedRecords } from './difference.ts';
import { lookup, type Lookup } from './lookup.ts';
import type { NameKey } from './name-key.ts';
import type { PackedRecords } from './packed-records.ts';
import type { Zone } from './zone.ts';

/** As many aliases as BIND follows; enough for all but loops. */
const maxAliases = 16;

/** The answer to a question with the aliases that lead to it. */
export interface Resolution {
  /** CNAME and DNAME records passed, in their order, each with its owner. */
  readonly aliases: readonly OwnedRecords[];
  /** The name at which the last one ends; the one that was asked for, when there are none. */
  readonly owner: NameKey;
  /** What is there, and so the rcode (RFC 6604 §3); `alias` or `redirected` only when there are too many, or the target is too long. */
  readonly result: Lookup;
}

/**
 * Looks up and follows aliases as long as they stay inside the zone (RFC 1034 §4.3.2, 3a). A question for CNAME or ANY ends at
 * a CNAME. With a DNAME goes the CNAME that it stands for, with the same TTL (RFC 6672 §3.1).
 */
export function resolve(zone: Zone, key: NameKey, type: number): Resolution {
  const aliases: OwnedRecords[] = [];
  let owner = key;
  for (let followed = 0; ; followed += 1) {
    const result = lookup(zone, owner, type);
    const next = result.kind === 'alias' || result.kind === 'redirected' ? result.target : undefined;
    if (next === undefined || followed === maxAliases) return { aliases, owner, result };
    if (result.kind === 'alias') aliases.push({ owner, records: result.records });
    if (result.kind === 'redirected') {
      aliases.push(result.dname, { owner, records: cnameFor(result.dname.records, next) });
    }
    owner = next;
  }
}

function cnameFor(dname: PackedRecords, target: NameKey): PackedRecords {
  const ttl = dname.slice(4, 8);
  return `${u16(Type.CNAME)}${u16(Class.IN)}${ttl}${u16(target.length)}${target}` as PackedRecords;
}

function u16(value: number): string {
  return String.fromCharCode(value >>> 8, value & 0xff);
}
