import { maxMessageOctets } from '../../dns/message.ts';
import { type Rdata, writeRdata } from '../../dns/rdata.ts';
import type { Prerequisite } from '../../dns/update.ts';
import { WireWriter } from '../../dns/writer.ts';
import type { Change } from '../../updates/ports.ts';

/** How many octets a change takes in an UPDATE before any compression: owner, ten octets of fixed fields, RDATA. */
export function changeOctets({ name, type, after }: Change): number {
  const fixed = name.wire.length + 10;
  return (after?.rdatas ?? []).reduce((sum, rdata) => sum + fixed + rdataOctets(type, rdata), fixed);
}

/** The same for a prerequisite. */
export function conditionOctets(condition: Prerequisite): number {
  const fixed = condition.name.wire.length + 10;
  if (condition.kind !== 'rrset-exists-exactly') return fixed;
  return condition.rdatas.reduce((sum, rdata) => sum + fixed + rdataOctets(condition.type, rdata), 0);
}

function rdataOctets(type: number, rdata: Rdata): number {
  if ('address' in rdata) return rdata.address.length;
  const writer = new WireWriter(maxMessageOctets);
  writeRdata(writer, type, rdata, false);
  return writer.length;
}
