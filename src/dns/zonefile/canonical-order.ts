import { Type } from '../codes.ts';
import type { ResourceRecord } from '../message.ts';
import { lowerCaseOctet, type Name } from '../name.ts';
import { writeRdata } from '../rdata.ts';
import { WireWriter } from '../writer.ts';

/** A record with what it is ordered by. */
interface Ordered {
  readonly record: ResourceRecord;
  readonly nameKey: string;
  rdataOctets: Uint8Array | undefined;
}

/**
 * Puts records into the canonical order: names as in RFC 4034 §6.1, at one name SOA first and then types by number, in one
 * RRset by the octets of the RDATA (§6.3; a name in it counts with its case).
 */
export function inCanonicalOrder(records: Iterable<ResourceRecord>): ResourceRecord[] {
  const ordered: Ordered[] = [];
  let last: Ordered | undefined;
  for (const record of records) {
    const nameKey = last?.record.name === record.name ? last.nameKey : canonicalNameKey(record.name);
    last = { record, nameKey, rdataOctets: undefined };
    ordered.push(last);
  }
  return ordered.sort(compare).map(({ record }) => record);
}

function compare(a: Ordered, b: Ordered): number {
  if (a.nameKey !== b.nameKey) return a.nameKey < b.nameKey ? -1 : 1;
  const byType = typeRank(a.record.type) - typeRank(b.record.type);
  return byType === 0 ? Buffer.compare(rdataOctets(a), rdataOctets(b)) : byType;
}

function typeRank(type: number): number {
  return type === Type.SOA ? 0 : type;
}

function rdataOctets(ordered: Ordered): Uint8Array {
  if (ordered.rdataOctets === undefined) {
    const writer = new WireWriter(0xffff);
    writeRdata(writer, ordered.record.type, ordered.record.rdata, false);
    ordered.rdataOctets = writer.finish();
  }
  return ordered.rdataOctets;
}

/**
 * A string that compares as the name does: labels from the right, each octet as one code unit above it, so that 0 is free
 * to stand before all of them at the end of a label.
 */
function canonicalNameKey(name: Name): string {
  let key = '';
  const { wire } = name;
  for (let offset = 0; wire[offset] !== 0; offset += 1 + wire[offset]!) {
    let label = '';
    for (let index = offset + 1; index <= offset + wire[offset]!; index += 1) {
      label += String.fromCharCode(lowerCaseOctet(wire[index]!) + 1);
    }
    key = `${label}\0${key}`;
  }
  return key;
}
