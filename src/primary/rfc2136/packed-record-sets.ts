import { Class } from '../../dns/codes.ts';
import { DnsEncodeError } from '../../dns/errors.ts';
import type { Name } from '../../dns/name.ts';
import { type Rdata, readRdata, writeRdata } from '../../dns/rdata.ts';
import { WireReader } from '../../dns/reader.ts';
import { WireWriter } from '../../dns/writer.ts';
import type { RecordSet } from '../../updates/record-set.ts';

/** The RRsets of one name that somebody asked for; undefined for a type that has none there. */
export type RecordSetsByType = ReadonlyMap<number, RecordSet | undefined>;

/**
 * The RRsets of one name in one string, an octet to a character: type, TTL and number of records, then each record's
 * length and RDATA.
 *
 * Tens of thousands of names are kept so. As objects they would take ten times the memory, and whenever one is replaced
 * leave as much to the collector, which finds out late about what has lived long.
 *
 * @returns undefined where they are too large to be worth keeping
 */
export function packRecordSets(sets: RecordSetsByType): string | undefined {
  const writer = new WireWriter(mostOctets);
  try {
    for (const [type, set] of sets) writeSet(writer, type, set);
  } catch (error) {
    if (error instanceof DnsEncodeError && error.code === 'too-long') return undefined;
    throw error;
  }
  const packed = writer.finish();
  return Buffer.from(packed.buffer, packed.byteOffset, packed.length).toString('latin1');
}

function writeSet(writer: WireWriter, type: number, set: RecordSet | undefined): void {
  writer.writeU16(type);
  writer.writeU32(set?.ttlSeconds ?? 0);
  writer.writeU16(set?.rdatas.length ?? 0);
  for (const rdata of set?.rdatas ?? []) {
    const lengthAt = writer.beginLength();
    writeRdata(writer, type, rdata, false);
    writer.endLength(lengthAt);
  }
}

const mostOctets = 4_096;

/** The RRsets again; `name` is whose they are. */
export function unpackRecordSets(name: Name, packed: string): RecordSetsByType {
  const reader = new WireReader(Buffer.from(packed, 'latin1'));
  const sets = new Map<number, RecordSet | undefined>();
  while (reader.remaining > 0) {
    const type = reader.readU16();
    const ttlSeconds = reader.readU32();
    const rdatas: Rdata[] = [];
    for (let count = reader.readU16(); count > 0; count--)
      rdatas.push(readRdata(reader, type, Class.IN, reader.readU16()));
    sets.set(type, rdatas.length > 0 ? { name, type, ttlSeconds, rdatas } : undefined);
  }
  return sets;
}
