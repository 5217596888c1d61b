import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { Prerequisite } from '../../dns/update.ts';
import type { Change, CurrentRecords, RecordSetKey } from '../../updates/ports.ts';
import { sameRdatas } from '../../updates/record-set.ts';
import { prerequisiteOf } from './prerequisite.ts';

/**
 * What the plan relied on: all the RRsets that it saw, also those that stay as they are; and where records are added,
 * that neither an alias stands there nor a delegation, which would hide them from whoever asks.
 */
export function conditionsOf(
  reads: readonly RecordSetKey[],
  changes: readonly Change[],
  basis: CurrentRecords,
  zone: Name,
): readonly Prerequisite[] {
  const seen = reads.map(({ name, type }) => prerequisiteOf(name, type, basis.recordSet(name, type)));
  const changed = new Map(changes.map(({ name }) => [name.key, name]));
  const isRead = (name: Name, type: number) => reads.some((read) => read.name.key === name.key && read.type === type);
  // Where an alias stands there is nothing else (RFC 1034 §3.6.2): a record that has to be there says that none does.
  const isNoAlias = (name: Name) =>
    reads.some((read) => read.name.key === name.key && (read.type === Type.CNAME || basis.recordSet(name, read.type)));
  for (const name of changed.values()) {
    if (!isNoAlias(name)) seen.push(prerequisiteOf(name, Type.CNAME, undefined));
    if (!name.equals(zone) && !isRead(name, Type.NS)) seen.push(prerequisiteOf(name, Type.NS, undefined));
  }
  return seen;
}

/** Whether nothing but TTLs would change, which no condition can see to (RFC 2136 §1.1.1). */
export function isAboutTtlsOnly(changes: readonly Change[]): boolean {
  return changes.every(({ before, after }) => sameRdatas(before?.rdatas ?? [], after?.rdatas ?? []));
}
