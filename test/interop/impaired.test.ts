import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Opcode } from '../../src/dns/codes.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';
import type { ServerOptions } from '../support/nameserver/make.ts';
import {
  type MakeName,
  makeNames,
  makes,
  type NameserverUnderTest,
  startNameserver,
} from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { type DnsProxy, type Fate, startProxy } from '../support/proxy.ts';
import { ask, deletePath, expectAddresses, expectAnswer, serveZones, updatePath, zoneOf } from './seed-service.ts';

const zone = 'dyn.example.test';

interface Place {
  readonly nameserver: NameserverUnderTest;
  readonly proxy: DnsProxy;
  readonly service: ServiceUnderTest;
}

/** Real nameservers, and a way to them that does harm. */
for (const make of makeNames)
  test(`${makes[make].title}: the way to the nameserver is bad`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    await using proxy = await startProxy(nameserver.port);
    await using service = await serveZones([zoneOf(nameserver, zone, { port: proxy.port })]);
    const place = { nameserver, proxy, service };
    await togetherInFew(t, place);
    await lostMessages(t, place);
    await lostConnections(t, place);
    await slowWay(t, place);
  });

async function togetherInFew(t: TestContext, { nameserver, proxy, service }: Place) {
  await t.test('many requests at once travel in few UPDATE messages', async () => {
    const before = { updates: proxy.updates, serial: await nameserver.serial(zone) };
    // A long way, so that what is asked meanwhile has arrived whatever else the machine does.
    proxy.impair({ delayResponsesMs: 150 });
    await updateMany(service, 'many', 300);
    proxy.impair({});
    const updates = proxy.updates - before.updates;
    const serials = (await nameserver.serial(zone)) - before.serial;
    t.diagnostic(`300 requests: ${updates} UPDATE messages, ${serials} serials`);
    assert.ok(updates <= 60, `${updates} UPDATE messages`);
    assert.ok(serials <= updates, `${serials} serials`);
    for (const index of [0, 150, 299])
      await expectAddresses(nameserver, `many${index}.${zone}`, { ipv4: [addressOf(index)] });
  });
}

async function lostMessages(t: TestContext, { nameserver, proxy, service }: Place) {
  const name = `lost.${zone}`;
  let last = 'None';
  /** The first UPDATE message, or the answer to it, meets this fate; whatever comes later passes. */
  const once = (direction: 'onRequest' | 'onResponse', fate: Fate) => {
    const met = { times: 0 };
    proxy.impair({
      [direction]: (wire: Uint8Array) => {
        if (!isUpdate(wire) || met.times > 0) return 'pass';
        met.times += 1;
        return fate;
      },
    });
    return met;
  };
  const cases: readonly (readonly [title: string, direction: 'onRequest' | 'onResponse', fate: Fate])[] = [
    ['the connection is cut before the UPDATE gets there', 'onRequest', 'cut'],
    ['the connection is cut before the answer gets back', 'onResponse', 'cut'],
    ['the nameserver ends the connection in place of the answer', 'onResponse', 'half-close'],
    ['the answer is swallowed', 'onResponse', 'drop'],
  ];
  for (const [index, [title, direction, fate]] of cases.entries())
    await t.test(`${title}: it is asked what became of it`, async () => {
      const address = `192.0.2.${index + 1}`;
      const met = once(direction, fate);
      await expectAnswer(service, updatePath(name, address), [
        `UPDATED: ${name}. A ${last} -> ${address}`,
        `UNCHANGED: ${name}. AAAA None`,
      ]);
      assert.equal(met.times, 1);
      await expectAddresses(nameserver, name, { ipv4: [address] });
      last = address;
      proxy.impair({});
    });

  await t.test('the answer to a deletion is lost with its connection', async () => {
    const met = once('onResponse', 'cut');
    await expectAnswer(service, deletePath(name), [
      `UPDATED: The A and AAAA records of the domain name '${name}.' were deleted.`,
    ]);
    assert.equal(met.times, 1);
    await expectAddresses(nameserver, name, {});
    proxy.impair({});
  });

  await t.test('every tenth message is lost with its connection, in both directions', async () => {
    let messages = 0;
    const tenth = () => {
      messages += 1;
      return messages % 10 === 0 ? 'cut' : 'pass';
    };
    proxy.impair({ onRequest: tenth, onResponse: tenth });
    const told = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const { status, body } = await ask(service, updatePath(`cut${index}.${zone}`, addressOf(index)));
        return { index, status, body };
      }),
    );
    proxy.impair({});
    const updated = told.filter(({ status }) => status === 200);
    for (const { status, body } of told)
      assert.match(`${status} ${body}`, /^200 UPDATED: |^50[34] DNS_SERVER_ERROR: [^\n]+\n$/);
    t.diagnostic(`every tenth message cut: ${updated.length} of ${told.length} updated`);
    for (const { index } of updated.slice(0, 20))
      await expectAddresses(nameserver, `cut${index}.${zone}`, { ipv4: [addressOf(index)] });
    await updateMany(service, 'healed', 20);
  });
}

async function lostConnections(t: TestContext, { nameserver, proxy, service }: Place) {
  await t.test('all connections are lost while nobody asks: nobody notices', async () => {
    for (let round = 1; round <= 3; round += 1) {
      proxy.cutConnections();
      await updateMany(service, `round${round}-`, 10);
    }
    await expectAddresses(nameserver, `round3-9.${zone}`, { ipv4: [addressOf(9)] });
  });
  await t.test('the nameserver is gone for a while: 503, then all is well by itself', async () => {
    await proxy.refuse();
    const { status, body } = await ask(service, updatePath(`gone.${zone}`, '192.0.2.1'));
    assert.equal(status, 503, body);
    assert.match(body, /^DNS_SERVER_ERROR: The nameserver 127\.0\.0\.1 [^\n]+\n$/);
    await proxy.accept();
    await updateMany(service, 'back', 10);
  });
}

async function slowWay(t: TestContext, { nameserver, proxy, service }: Place) {
  await t.test('a long way is no obstacle', async () => {
    proxy.impair({ delayRequestsMs: 100, delayResponsesMs: 100 });
    await updateMany(service, 'slow', 100);
    proxy.impair({});
    await expectAddresses(nameserver, `slow99.${zone}`, { ipv4: [addressOf(99)] });
  });
}

const impatient: Readonly<Record<MakeName, Partial<ServerOptions>>> = {
  // In tenths of a second; the first is for a connection on which nothing was ever sent, as happens when another was faster.
  bind: { bindOptions: 'tcp-initial-timeout 25; tcp-idle-timeout 5;' },
  knot: { rewriteConfiguration: (text) => text.replace('server:\n', 'server:\n    tcp-idle-timeout: 1\n') },
  powerdns: { rewriteConfiguration: (text) => `${text}tcp-idle-timeout=1\n` },
};

for (const make of makeNames)
  test(`${makes[make].title} closes connections that are idle, and nobody notices`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }], ...impatient[make] });
    await using proxy = await startProxy(nameserver.port);
    await using service = await serveZones([zoneOf(nameserver, zone, { port: proxy.port })]);
    for (let round = 1; round <= 2; round += 1) {
      await updateMany(service, `round${round}-`, 20);
      const deadlineMs = performance.now() + 10_000;
      while (proxy.openConnections > 0 && performance.now() < deadlineMs) await sleep(50);
      assert.equal(proxy.openConnections, 0, 'the nameserver did not close them');
    }
    await updateMany(service, 'last', 20);
    await expectAddresses(nameserver, `last19.${zone}`, { ipv4: [addressOf(19)] });
  });

/** New names, all at once; every one has to be answered with `UPDATED`. */
async function updateMany(service: ServiceUnderTest, prefix: string, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const name = `${prefix}${index}.${zone}`;
      await expectAnswer(service, updatePath(name, addressOf(index)), [
        `UPDATED: ${name}. A None -> ${addressOf(index)}`,
        `UNCHANGED: ${name}. AAAA None`,
      ]);
    }),
  );
}

function addressOf(index: number): string {
  return `198.51.${100 + Math.floor(index / 250)}.${index % 250}`;
}

function isUpdate(wire: Uint8Array): boolean {
  return (((wire[2] ?? 0) >> 3) & 0xf) === Opcode.UPDATE;
}
