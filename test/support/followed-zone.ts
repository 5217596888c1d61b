import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { Opcode, Type } from '../../src/dns/codes.ts';
import type { Message } from '../../src/dns/message.ts';
import { receiveZone } from '../../src/nameserver/receive-zone.ts';
import { deletePath, updatePath } from '../interop/seed-service.ts';
import type { ZoneChange } from './arbitrary-zone-change.ts';
import { queryWire } from './ask.ts';
import { type EmbeddedService, launchEmbedded } from './embedded-service.ts';
import { freePort } from './free-port.ts';
import { type SecondaryMakeName, type SecondaryUnderTest, startSecondary } from './nameserver/secondary.ts';
import { type DnsProxy, startProxy } from './proxy.ts';
import { openSignedSender, type SignedSender } from './signed-update.ts';
import { TcpClient } from './tcp-client.ts';
import { makeTestKey } from './test-key.ts';
import { origin, recordLine, tsigKey } from './transfer-fixture.ts';

/** The real service with one zone of its own, and real nameservers that follow it by signed transfers and by NOTIFY. */
export interface FollowedZone extends AsyncDisposable {
  readonly embedded: EmbeddedService;
  readonly secondaries: readonly SecondaryUnderTest[];
  /** How many NOTIFYs were sent, and how many of them got lost, where any do. */
  readonly notifies: { readonly sent: number; readonly lost: number };
  /** Carries a change out. @returns whether it was taken; over HTTP, a name with a CNAME is not */
  change(change: ZoneChange): Promise<boolean>;
  /** @returns the rcode */
  update(message: Message): Promise<number>;
  /** What the service says over TCP, where answers are not limited. */
  serial(): Promise<number>;
  /** All that the service holds, as {@link linesOfSecondary} has it. */
  lines(): Promise<string[]>;
}

const zone = origin.toString().replace(/\.$/, '');
const transferKey = makeTestKey('xfr-key', 'hmac-sha256');
const unixSeconds = () => Math.floor(Date.now() / 1000);

/** @param lossRate  the share of NOTIFYs that get lost on their way */
export async function openFollowedZone(makes: readonly SecondaryMakeName[], lossRate = 0): Promise<FollowedZone> {
  await using stack = new AsyncDisposableStack();
  const ports: number[] = [];
  const proxies: DnsProxy[] = [];
  const notifies = { sent: 0, lost: 0 };
  const fateOf = (wire: Uint8Array) => {
    if ((((wire[2] ?? 0) >> 3) & 0xf) !== Opcode.NOTIFY) return 'pass';
    notifies.sent += 1;
    if (Math.random() >= lossRate) return 'pass';
    notifies.lost += 1;
    return 'drop';
  };
  for (const _ of makes) {
    const port = await freePort();
    ports.push(port);
    if (lossRate === 0) continue;
    const proxy = stack.use(await startProxy(port));
    proxy.impair({ onRequest: fateOf });
    proxies.push(proxy);
  }
  const embedded = stack.use(
    await launchEmbedded(zone, {
      dns: {
        notify: (lossRate === 0 ? ports : proxies.map(({ port }) => port)).map((port) => `127.0.0.1:${port}`),
        transfer_keys: [
          { tsig_key_name: transferKey.name, tsig_key: transferKey.secret, tsig_algorithm: transferKey.algorithm },
        ],
      },
    }),
  );
  const secondaries: SecondaryUnderTest[] = [];
  for (const [index, make] of makes.entries()) {
    const options = { zone, key: transferKey, primaryPort: embedded.dnsPort, port: ports[index]! };
    secondaries.push(stack.use(await startSecondary(make, options)));
  }
  const senders = stack.use(new SenderPool(embedded));
  const resources = stack.move();
  return {
    embedded,
    secondaries,
    notifies,
    change: (change) => carryOut(change, embedded, senders),
    update: (message) => senders.update(message),
    serial: () => serialOverTcp(embedded.dnsPort),
    lines: () => linesAt(embedded.dnsPort),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Senders for whoever has something to send, as many as there are messages under way. */
class SenderPool implements AsyncDisposable {
  readonly #embedded: EmbeddedService;
  readonly #all: SignedSender[] = [];
  readonly #idle: SignedSender[] = [];

  constructor(embedded: EmbeddedService) {
    this.#embedded = embedded;
  }

  async update(message: Message): Promise<number> {
    const sender = this.#idle.pop() ?? (await this.#open());
    const { rcode } = await sender.send(message);
    this.#idle.push(sender);
    return rcode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((sender) => sender[Symbol.asyncDispose]()));
  }

  async #open(): Promise<SignedSender> {
    const sender = await openSignedSender(this.#embedded.dnsPort, this.#embedded.key());
    this.#all.push(sender);
    return sender;
  }
}

async function carryOut(change: ZoneChange, { service }: EmbeddedService, senders: SenderPool): Promise<boolean> {
  if (change.kind === 'update') {
    assert.equal(await senders.update(change.message), 0, JSON.stringify(change.message.authorities));
    return true;
  }
  const path = change.kind === 'deletion' ? deletePath(change.name) : updatePath(change.name, ...change.addresses);
  const { status, body } = await service.get(path);
  if (status === 200) return true;
  // A name cannot have addresses beside its CNAME (RFC 1034 §3.6.2), and nobody would see them at a delegation.
  assert.match(`${status} ${body}`, /^502 DNS_SERVER_ERROR: [^\n]*( is an alias for |which delegates )/);
  return false;
}

async function serialOverTcp(port: number): Promise<number> {
  await using client = await TcpClient.open(port);
  client.send(queryWire(origin.toString(), Type.SOA));
  const rdata = (await client.receive())?.answers[0]?.rdata;
  return rdata?.kind === 'SOA' ? rdata.serial : assert.fail('the service does not tell its serial');
}

/** @returns after how many milliseconds the secondary has this serial; undefined when it has not in time */
export async function convergence(
  secondary: SecondaryUnderTest,
  serial: number,
  timeoutMs: number,
): Promise<number | undefined> {
  const begunAtMs = performance.now();
  for (;;) {
    const theirs = await secondary.serial();
    const tookMs = performance.now() - begunAtMs;
    if (theirs === serial) return tookMs;
    if (tookMs > timeoutMs) return undefined;
    await delay(5);
  }
}

/** All that the secondary holds, one line a record, by a transfer of its own. */
export function linesOfSecondary({ port }: SecondaryUnderTest): Promise<string[]> {
  return linesAt(port);
}

async function linesAt(port: number): Promise<string[]> {
  const lines: string[] = [];
  const source = { zone: origin, address: '127.0.0.1', port, key: tsigKey(transferKey) };
  for await (const event of receiveZone(source, unixSeconds)) {
    if (event.kind === 'records') lines.push(...event.records.map(recordLine));
    if (event.kind === 'failed') throw new Error(event.fault.reason);
  }
  return lines.sort();
}
