import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '../../test/support/free-port.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { queryOverUdp } from '../../test/support/udp-query.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { systemClock } from '../updates/clock.ts';
import { openNameserver } from './nameserver.ts';

const records = parseRecordLines(['example. SOA 1', 'example. NS ns.test.', 'w.example. A 192.0.2.1']);
const zones = () => new MemoryServedZones([new MemoryServedZone({ origin: Name.parse('example.'), records })]);

/** As Node says it of a process that may not ask the kernel, by AF_NETLINK. */
function refuse(): never {
  const message = 'A system error occurred: uv_interface_addresses returned EAFNOSUPPORT';
  throw Object.assign(new Error(message), { code: 'ERR_SYSTEM_ERROR' });
}

test('where the addresses of the machine cannot be had, a wildcard cannot be listened at, and it is said what to do', async () => {
  const listen = [{ address: '0.0.0.0', port: 0 }];
  const opened = await openNameserver({ zones: zones(), clock: systemClock, listen, interfaces: refuse });
  assert.ok(opened.kind === 'failed');
  assert.match(
    opened.reason,
    /^0\.0\.0\.0, port 0, UDP: .+ EAFNOSUPPORT\); allow AF_NETLINK .+, or name the addresses$/,
  );
});

test('where the addresses of the machine cannot be had any more, it is told once, and answers go on', async () => {
  const port = await freePort();
  const complaints: string[] = [];
  const looks: number[] = [];
  const { lo = [] } = networkInterfaces();
  const opened = await openNameserver({
    zones: zones(),
    clock: systemClock,
    listen: [{ address: '0.0.0.0', port }],
    limits: { addressesEveryMs: 5 },
    interfaces: () => (looks.push(looks.length) === 1 ? { lo } : refuse()),
    complain: (complaint) => complaints.push(complaint),
  });
  assert.ok(opened.kind === 'open', JSON.stringify(opened));
  await using _nameserver = opened.nameserver;
  while (looks.length < 5) await delay(5);
  assert.deepEqual(complaints, [
    'the addresses of this machine cannot be followed, and UDP is received where it was: A system error occurred: uv_interface_addresses returned EAFNOSUPPORT',
  ]);
  const answer = await queryOverUdp({ port, name: 'w.example.', type: Type.A });
  assert.equal(answer?.answers.length, 1);
});
