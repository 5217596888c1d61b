import assert from 'node:assert/strict';

import { serveZones, type ZoneService } from '../../src/nameserver/zone-service.ts';
import { systemClock } from '../../src/updates/clock.ts';
import type { TestNameserver } from './open-nameserver.ts';
import { type MemoryServedZone, MemoryServedZones } from './served-zones.ts';

const tries = 5;

/**
 * The zones with all that the service does for them, on a free port of 127.0.0.1, in this process.
 *
 * @param transferNetworks  who may transfer them without a key
 * @param notifiedPort  where on 127.0.0.1 somebody is who is told of changes
 */
export async function openZoneService(
  zones: readonly MemoryServedZone[],
  transferNetworks: readonly string[] = [],
  notifiedPort?: number,
): Promise<TestNameserver> {
  const service = await openOnFreePort(zones, transferNetworks, notifiedPort);
  const [address] = service.addresses;
  assert.ok(address);
  return { port: address.port, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

async function openOnFreePort(
  zones: readonly MemoryServedZone[],
  transferNetworks: readonly string[],
  notifiedPort: number | undefined,
): Promise<ZoneService> {
  const secondaries = notifiedPort === undefined ? [] : [{ address: '127.0.0.1', port: notifiedPort, key: undefined }];
  let reason = '';
  for (let count = 0; count < tries; count += 1) {
    const opened = await serveZones({
      zones: new MemoryServedZones(zones),
      clock: systemClock,
      listen: [{ address: '127.0.0.1', port: 0 }],
      settings: { transferNetworks, secondaries, rateLimitPerSecond: 0 },
      remembered: [],
      reportUpdate: () => {},
      reportMistake: ({ mistake }) => assert.fail(mistake),
      // Where somebody is told of changes, he may not follow: that is what the tests are about.
      complain: notifiedPort === undefined ? assert.fail : () => {},
    });
    if (opened.kind === 'open') return opened.service;
    // The port that was free for UDP may be taken for TCP.
    ({ reason } = opened);
  }
  throw new Error(reason);
}
