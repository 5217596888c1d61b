import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { Prerequisite } from '../../dns/update.ts';
import type { Change, CurrentRecords, RecordSetKey } from '../../updates/ports.ts';
import { prerequisiteOf } from './prerequisite.ts';

/** Whether everything that was read goes along as a condition of these changes. */
export function isWhollyConditional(reads: readonly RecordSetKey[], changes: readonly Change[]): boolean {
  return reads.every(({ name }) => changes.some((change) => change.name.key === name.key));
}

/** What the plan relied on: the RRsets that it saw, and that no alias stands where records are added. */
export function conditionsOf(
  reads: readonly RecordSetKey[],
  changes: readonly Change[],
  basis: CurrentRecords,
): readonly Prerequisite[] {
  const changed = new Map(changes.map(({ name }) => [name.key, name]));
  const seen = reads
    .filter(({ name }) => changed.has(name.key))
    .map(({ name, type }) => prerequisiteOf(name, type, basis.recordSet(name, type)));
  // Where an alias stands there is nothing else (RFC 1034 §3.6.2): a record that has to be there says that none does.
  const isKnown = (name: Name) =>
    reads.some((read) => read.name.key === name.key && (read.type === Type.CNAME || basis.recordSet(name, read.type)));
  const withoutAlias = [...changed.values()]
    .filter((name) => !isKnown(name))
    .map((name) => prerequisiteOf(name, Type.CNAME, undefined));
  return [...seen, ...withoutAlias];
}
