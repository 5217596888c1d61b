import { randomBytes } from 'node:crypto';
import process from 'node:process';

import { Name } from '../../src/dns/name.ts';
import { openNameserver } from '../../src/nameserver/nameserver.ts';
import { defaultResponseRateLimits } from '../../src/nameserver/response-rate-limiter.ts';
import { systemClock } from '../../src/updates/clock.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { benchRecords, benchZone } from './bench-zone.ts';

/** Our nameserver in a process of its own: `node ours-process.ts PORT on|off`, limiting and cookies on or off. */
const [portText, protection] = process.argv.slice(2);
const zones = new MemoryServedZones([new MemoryServedZone({ origin: Name.parse(benchZone), records: benchRecords() })]);
const opened = await openNameserver({
  zones,
  clock: systemClock,
  listen: [{ address: '127.0.0.1', port: Number(portText) }],
  ...(protection === 'on' ? { cookies: { current: randomBytes(16) }, rateLimits: defaultResponseRateLimits } : {}),
});
if (opened.kind === 'failed') throw new Error(opened.reason);
process.once('SIGTERM', () => void opened.nameserver[Symbol.asyncDispose]());
