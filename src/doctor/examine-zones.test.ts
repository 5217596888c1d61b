import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';

import { Name } from '../dns/name.ts';
import type { ExternalZoneDescription } from '../primary/primary-pool.ts';
import { systemClock } from '../updates/clock.ts';
import type { DoctorTools } from './examine-zone.ts';
import { examineZones } from './examine-zones.ts';
import { defaultDoctorLimits } from './limits.ts';
import { findingsOf } from './report.ts';

const tools: DoctorTools = {
  clock: systemClock,
  randomOctets: randomBytes,
  resolveAddresses: () => Promise.resolve([]),
  findNameservers: () => Promise.resolve({ kind: 'none' }),
  nameserverPort: () => 53,
  limits: { ...defaultDoctorLimits, zonesAtOnce: 2 },
  signal: new AbortController().signal,
};

function describe(zone: string, port: number): ExternalZoneDescription {
  const name = Name.parse(zone);
  const key = { name, algorithm: 'hmac-sha512', secret: randomBytes(32) } as const;
  return { name, primary: { kind: 'rfc2136', nameserver: '127.0.0.1', port, key } };
}

const zoneNames = Array.from({ length: 7 }, (_, position) => `zone${position}.test.`);

test('zones are examined some at a time, and reported in their order', async () => {
  let now = 0;
  let most = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      socket.end();
    }, 20);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  const { zones } = await examineZones(
    zoneNames.map((name) => describe(name, port)),
    tools,
  );
  server.close();
  assert.deepEqual(
    zones.map(({ zone }) => zone),
    zoneNames,
  );
  assert.ok(zones.every((zone) => findingsOf(zone)[0]?.code === 'disconnected'));
  assert.equal(most, 2);
});

test('once it is interrupted, no further zone is begun', async () => {
  const descriptions = zoneNames.map((name) => describe(name, 1));
  const { zones } = await examineZones(descriptions, { ...tools, signal: AbortSignal.abort() });
  assert.equal(zones.length, zoneNames.length);
  for (const zone of zones)
    assert.deepEqual(
      findingsOf(zone).map(({ code }) => code),
      ['interrupted'],
    );
});
