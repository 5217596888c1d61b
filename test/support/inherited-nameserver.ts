import process from 'node:process';

import { Name } from '../../src/dns/name.ts';
import { findInheritedSockets } from '../../src/nameserver/inherited-sockets.ts';
import { openNameserver } from '../../src/nameserver/nameserver.ts';
import { systemClock } from '../../src/updates/clock.ts';
import { parseRecordLines } from './record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from './served-zones.ts';

/** A process that serves `example.` at the sockets that were handed over to it, and says so. */
const found = await findInheritedSockets(process.env, process.pid);
if (found.kind === 'unusable') throw new Error(found.reason);
const records = parseRecordLines(['example. SOA 1', 'example. NS ns.test.', 'w.example. A 192.0.2.1']);
const opened = await openNameserver({
  zones: new MemoryServedZones([new MemoryServedZone({ origin: Name.parse('example.'), records })]),
  clock: systemClock,
  listen: [],
  inherited: found.sockets,
});
if (opened.kind === 'failed') throw new Error(opened.reason);
console.log(found.sockets.map(({ transport, family, port }) => `${transport}${family} ${port}`).join(', '));
