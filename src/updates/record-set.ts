import type { Name } from '../dns/name.ts';
import { equalRdata, type Rdata } from '../dns/rdata.ts';
import { rdataToText } from '../dns/rdata-text.ts';
import { addressText } from './address.ts';

/** An RRset (RFC 2181 §5): all records of one name and type; class IN; never empty. */
export interface RecordSet {
  readonly name: Name;
  readonly type: number;
  readonly ttlSeconds: number;
  readonly rdatas: readonly Rdata[];
}

/** Whether two lists hold the same RDATA as sets; order, repetition and TTL do not count (RFC 2136 §1.1.1). */
export function sameRdatas(a: readonly Rdata[], b: readonly Rdata[]): boolean {
  return isSubset(a, b) && isSubset(b, a);
}

function isSubset(part: readonly Rdata[], whole: readonly Rdata[]): boolean {
  return part.every((rdata) => whole.some((other) => equalRdata(rdata, other)));
}

/** The values as people read them: addresses in numeric order, everything else in the order of its text. */
export function valueTexts(set: Pick<RecordSet, 'rdatas'> | undefined): string[] {
  if (!set) return [];
  if (set.rdatas.length === 1) return set.rdatas.map(valueText);
  const addresses = set.rdatas.flatMap((rdata) => ('address' in rdata ? [rdata.address] : []));
  if (addresses.length === set.rdatas.length)
    return addresses.toSorted((a, b) => Buffer.compare(a, b)).map(addressText);
  return set.rdatas.map(valueText).toSorted();
}

function valueText(rdata: Rdata): string {
  return 'address' in rdata ? addressText(rdata.address) : rdataToText(rdata);
}
