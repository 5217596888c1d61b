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

test('where the addresses of the machine cannot be had any more, it is told once, and answers go on', async () => {
  const records = parseRecordLines(['example. SOA 1', 'example. NS ns.test.', 'w.example. A 192.0.2.1']);
  const port = await freePort();
  const complaints: string[] = [];
  const looks: number[] = [];
  // As Node says it of a process that may not ask the kernel, by AF_NETLINK.
  const refuse = () => {
    throw new Error('uv_interface_addresses returned EAFNOSUPPORT');
  };
  const { lo = [] } = networkInterfaces();
  const opened = await openNameserver({
    zones: new MemoryServedZones([new MemoryServedZone({ origin: Name.parse('example.'), records })]),
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
    'the addresses of this machine cannot be followed, and UDP is received where it was: uv_interface_addresses returned EAFNOSUPPORT',
  ]);
  const answer = await queryOverUdp({ port, name: 'w.example.', type: Type.A });
  assert.equal(answer?.answers.length, 1);
});
