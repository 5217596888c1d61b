import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import * as fc from 'fast-check';

import { openDatagramChannel, type ReceiveDatagram } from '../../src/nameserver/datagram-channel.ts';
import { Notifier } from '../../src/nameserver/notifier.ts';
import { receiveZone } from '../../src/nameserver/receive-zone.ts';
import { arbitraryZoneChange } from '../support/arbitrary-zone-change.ts';
import { freePort } from '../support/free-port.ts';
import {
  type SecondaryMakeName,
  secondaryMakes,
  type SecondaryUnderTest,
  startSecondary,
} from '../support/nameserver/secondary.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey } from '../support/test-key.ts';
import { origin, recordLine, tsigKey, zoneOf } from '../support/transfer-fixture.ts';
import { type MemoryZone, servedZones, serveInMemory, startTransferServer } from '../support/transfer-server.ts';
import { zoneLines } from '../support/zone-fixture.ts';

const updateCount = Math.min(Number(process.env['DYNDNS_SECONDARY_UPDATES'] ?? 1000), 10_000);
const comparedEvery = 100;
/** Far beyond what is expected: a secondary that has lost the thread asks again after its refresh time, an hour. */
const convergenceTimeoutMs = 30_000;
const zoneName = origin.toString().replace(/\.$/, '');
const testKey = makeTestKey('xfr-key', 'hmac-sha256');
const key = tsigKey(testKey);
const makes = Object.keys(secondaryMakes) as readonly SecondaryMakeName[];
const unixSeconds = () => Math.floor(Date.now() / 1000);

test(`BIND, Knot and NSD follow ${updateCount} updates`, (t) => follow(t, 0));

test(`BIND, Knot and NSD follow ${updateCount} updates while 30 % of the NOTIFYs get lost`, (t) => follow(t, 0.3));

async function follow(t: TestContext, lossRate: number): Promise<void> {
  if (!requirePeer(t, ...makes.flatMap((make) => secondaryMakes[make].peers))) return;
  const zone = serveInMemory(zoneOf(300, 100_000), key);
  await using server = await startTransferServer(servedZones([zone], key));
  const ports = await Promise.all(makes.map(() => freePort()));
  await using stack = new AsyncDisposableStack();
  const options = { zone: zoneName, key: testKey, primaryPort: server.port };
  const secondaries = await Promise.all(
    makes.map(async (make, index) => stack.use(await startSecondary(make, { ...options, port: ports[index]! }))),
  );
  const notifies = { sent: 0, lost: 0 };
  const openChannel = (receive: ReceiveDatagram) => {
    const channel = openDatagramChannel(receive);
    const send: typeof channel.send = (...datagram) => {
      notifies.sent += 1;
      if (Math.random() < lossRate) notifies.lost += 1;
      else channel.send(...datagram);
    };
    return { send, [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose]() };
  };
  await using _ = new Notifier([zone], {
    secondariesOf: () => ports.map((port) => ({ address: '127.0.0.1', port, key })),
    openChannel,
    randomId: () => randomInt(0x10000),
    unixSeconds,
    monotonicMs: () => performance.now(),
    complain: ({ reason }) => t.diagnostic(`a secondary complains: ${reason}`),
  });
  const times = new Map<string, number[]>(secondaries.map(({ title }) => [title, []]));
  const updates = fc.sample(arbitraryZoneChange, { numRuns: updateCount, seed: 1995 });
  for (let begin = 0; begin < updates.length; begin += comparedEvery) {
    for (const update of updates.slice(begin, begin + comparedEvery)) {
      zone.perform(update);
      await delay(randomInt(10));
    }
    await Promise.all(secondaries.map(async (each) => times.get(each.title)!.push(await convergence(each, zone))));
    for (const each of secondaries)
      assert.deepEqual(await linesOf(each), zoneLines(zone.zone), `${each.title}, ${begin}`);
  }
  for (const [title, each] of times) t.diagnostic(`${title}: ${figures(each)}`);
  t.diagnostic(`all: ${figures([...times.values()].flat())}`);
  t.diagnostic(JSON.stringify({ ...server.counts, notifies, serial: zone.zone.serial }));
  // Incremental transfers are the rule: only the first is of the whole zone, which NSD and Knot ask for by AXFR.
  assert.ok(server.counts.IXFR > server.counts.AXFR);
}

/** @returns how many milliseconds it takes until the secondary has the zone's serial */
async function convergence(secondary: SecondaryUnderTest, { zone }: MemoryZone): Promise<number> {
  const begunAtMs = performance.now();
  for (;;) {
    const serial = await secondary.serial();
    const tookMs = performance.now() - begunAtMs;
    if (serial === zone.serial) return tookMs;
    if (tookMs > convergenceTimeoutMs)
      throw new Error(`${secondary.title} has ${serial} and not ${zone.serial}; it said:\n${secondary.log()}`);
    await delay(5);
  }
}

async function linesOf({ port }: SecondaryUnderTest): Promise<string[]> {
  const lines: string[] = [];
  for await (const event of receiveZone({ zone: origin, address: '127.0.0.1', port, key }, unixSeconds)) {
    if (event.kind === 'records') lines.push(...event.records.map(recordLine));
    if (event.kind === 'failed') throw new Error(event.fault.reason);
  }
  return lines.sort();
}

function figures(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms, of ${sorted.length}`;
}
