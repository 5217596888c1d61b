import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { openDatagramChannel, type ReceiveDatagram } from '../../src/nameserver/datagram-channel.ts';
import { Notifier } from '../../src/nameserver/notifier.ts';
import { receiveZone } from '../../src/nameserver/receive-zone.ts';
import type { Zone } from '../../src/zone/zone.ts';
import { freePort } from './free-port.ts';
import { type SecondaryMakeName, type SecondaryUnderTest, startSecondary } from './nameserver/secondary.ts';
import { makeTestKey } from './test-key.ts';
import { recordLine, tsigKey } from './transfer-fixture.ts';
import {
  type MemoryZone,
  servedZones,
  serveInMemory,
  startTransferServer,
  type TransferServer,
} from './transfer-server.ts';

/** A zone of ours in memory, and real nameservers that follow it by transfers and NOTIFYs, all signed. */
export interface FollowedZone extends AsyncDisposable {
  readonly zone: MemoryZone;
  readonly server: TransferServer;
  readonly secondaries: readonly SecondaryUnderTest[];
  /** How many NOTIFYs there were. */
  readonly notifies: { readonly sent: number; readonly lost: number };
}

const testKey = makeTestKey('xfr-key', 'hmac-sha256');
const key = tsigKey(testKey);
const unixSeconds = () => Math.floor(Date.now() / 1000);

/** @param lossRate  the share of NOTIFYs that get lost on their way */
export async function openFollowedZone(
  content: Zone,
  makes: readonly SecondaryMakeName[],
  lossRate = 0,
): Promise<FollowedZone> {
  await using stack = new AsyncDisposableStack();
  const zone = serveInMemory(content, key);
  const server = stack.use(await startTransferServer(servedZones([zone], key)));
  const options = { zone: zone.origin.toString().replace(/\.$/, ''), key: testKey, primaryPort: server.port };
  const secondaries: SecondaryUnderTest[] = [];
  for (const make of makes) {
    const port = await freePort();
    secondaries.push(stack.use(await startSecondary(make, { ...options, port })));
  }
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
  const notifier = new Notifier([zone], {
    secondariesOf: () => secondaries.map(({ port }) => ({ address: '127.0.0.1', port, key })),
    openChannel,
    randomId: () => randomInt(0x10000),
    unixSeconds,
    monotonicMs: () => performance.now(),
    complain: ({ secondary, reason }) => {
      throw new Error(`the secondary at port ${secondary.port} refuses a NOTIFY: ${reason}`);
    },
  });
  stack.use(notifier);
  const resources = stack.move();
  return { zone, server, secondaries, notifies, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** @returns after how many milliseconds the secondary has the zone's serial; undefined when it has not in time */
export async function convergence(
  secondary: SecondaryUnderTest,
  { zone }: MemoryZone,
  timeoutMs: number,
): Promise<number | undefined> {
  const begunAtMs = performance.now();
  for (;;) {
    const serial = await secondary.serial();
    const tookMs = performance.now() - begunAtMs;
    if (serial === zone.serial) return tookMs;
    if (tookMs > timeoutMs) return undefined;
    await delay(5);
  }
}

/** All that the secondary holds, in the form of `zoneLines`, by a transfer of its own. */
export async function linesOfSecondary({ port }: SecondaryUnderTest, { origin }: MemoryZone): Promise<string[]> {
  const lines: string[] = [];
  for await (const event of receiveZone({ zone: origin, address: '127.0.0.1', port, key }, unixSeconds)) {
    if (event.kind === 'records') lines.push(...event.records.map(recordLine));
    if (event.kind === 'failed') throw new Error(event.fault.reason);
  }
  return lines.sort();
}
