import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Class, rcodeName, Type } from '../../src/dns/codes.ts';
import { encodeMessage, makeQuery, type Message } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { rdataToText } from '../../src/dns/rdata.ts';
import { signRequest } from '../../src/dns/tsig.ts';
import { encodeUpdate } from '../../src/dns/update.ts';
import { configurationOf, updatePath } from '../interop/seed-service.ts';
import { dig } from '../support/dig.ts';
import { freePort } from '../support/free-port.ts';
import { launchService, type ServiceUnderTest } from '../support/launch-service.ts';
import { requirePeer } from '../support/peers.ts';
import { tsigKeyOf } from '../support/served-zones.ts';
import { TcpClient } from '../support/tcp-client.ts';
import { makeTestKey, type TestKey } from '../support/test-key.ts';
import { startLoad } from './update-load.ts';

const zone = 'dyn.example.test';
const coming = 'coming.example.test';
const reloads = 100;
const patienceMs = 20_000;

/** How often each answer came. */
class Tally {
  readonly counts = new Map<string, number>();
  add(answer: string): void {
    this.counts.set(answer, (this.counts.get(answer) ?? 0) + 1);
  }
  /** @param allowed  what one of the two configurations explains */
  expectOnly(what: string, allowed: readonly string[]): void {
    assert.deepEqual(new Set(this.counts.keys()), new Set(allowed), `${what}: ${JSON.stringify([...this.counts])}`);
  }
}

test(`${reloads} reloads under load: each answer is one of the old or the new configuration, and nothing gets lost`, async (t) => {
  if (!requirePeer(t, 'dig')) return;
  const dnsPort = await freePort();
  const keys = [makeTestKey(zone), makeTestKey(zone)];
  const configuration = (isOdd: boolean) =>
    configurationOf(
      [
        { name: zone, tsig_key: keys[Number(isOdd)]!.secret, records: `flip TXT "${isOdd ? 'odd' : 'even'}"` },
        ...(isOdd ? [{ name: coming, records: '@ TXT "here"' }] : []),
      ],
      { dns: { listen: `127.0.0.1:${dnsPort}` }, database: 'sqlite:zones.db', log_level: 45 },
    );
  await using service = await launchService({ configuration: configuration(false), readyWhen: 'ready' });
  const load = startLoad(service, zone, 4);
  const over = new AbortController();
  const [flips, apexes, updates, requests] = [new Tally(), new Tally(), new Tally(), new Tally()];
  const watching = [
    watch(
      over.signal,
      dnsPort,
      () => query(`flip.${zone}`, Type.TXT),
      (answer) => flips.add(said(answer)),
    ),
    watch(
      over.signal,
      dnsPort,
      () => query(coming, Type.TXT),
      (answer) => apexes.add(said(answer)),
    ),
    ...keys.map((key) =>
      watch(
        over.signal,
        dnsPort,
        () => signedUpdate(key),
        ({ rcode }) => updates.add(rcodeName(rcode)),
      ),
    ),
    watchHttp(over.signal, service, (answer) => requests.add(answer)),
  ];
  for (let count = 1; count <= reloads; count += 1) {
    await service.writeConfiguration(configuration(count % 2 === 1));
    await reloadAndWait(service, count);
  }
  over.abort();
  await Promise.all(watching);
  const report = await load.stop();
  for (const { counts } of [flips, apexes, updates, requests]) t.diagnostic(JSON.stringify([...counts]));
  flips.expectOnly('a static record', ['NOERROR "even"', 'NOERROR "odd"']);
  apexes.expectOnly('a zone that comes and goes', ['NOERROR "here"', 'REFUSED ']);
  // Both keys have the same name, so the wrong one is BADSIG (RFC 8945 §5.2.2).
  updates.expectOnly('an UPDATE by either key', ['NOERROR', 'NOTAUTH']);
  requests.expectOnly('an update of the zone that comes and goes', [
    '200 UPDATED',
    '200 UNCHANGED',
    '404 DNS_NAME_ERROR',
  ]);
  assert.deepEqual([...report.failures], []);
  await load.expectKept({
    key: () => keys[0]!,
    query: (name, type, options) => dig({ ...options, port: dnsPort, name, type }),
  });
});

test('a configuration for which nobody can listen leaves the old one in force, and another one may come', async () => {
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  assert.ok(address !== null && typeof address === 'object');
  const external = { name: 'old.example.test', nameserver: '127.0.0.1', port: 9, tsig_key: makeTestKey('k').secret };
  await using service = await launchService({ configuration: configurationOf([external], { log_level: 30 }) });
  const hosting = (port: number) =>
    configurationOf([{ name: zone }], { dns: { listen: `127.0.0.1:${port}` }, database: 'sqlite:zones.db' });
  const status = async (name: string) => (await service.get(updatePath(name, '192.0.2.1'))).status;
  await service.writeConfiguration(hosting(address.port));
  service.signal('SIGHUP');
  await until(() => /could not be put in force: .*listens there already/.test(service.log()), service);
  assert.deepEqual([await status(`w.${zone}`), await status('w.old.example.test')], [404, 503]);
  await service.writeConfiguration(hosting(await freePort()));
  await reloadAndWait(service, 1);
  assert.deepEqual([await status(`w.${zone}`), await status('w.old.example.test')], [200, 404]);
});

function query(name: string, type: number): Uint8Array {
  return encodeMessage(makeQuery({ id: 1, name: Name.parse(name), type }));
}

let updateCount = 0;

/** Each another one, since a replay would get the old answer. */
function signedUpdate(key: TestKey): Uint8Array {
  updateCount += 1;
  const name = Name.parse(`key-${updateCount % 5}.${zone}`);
  const rdata = { kind: 'TXT', strings: [Buffer.from(String(updateCount))] } as const;
  const update = { id: 1, zone: Name.parse(zone), zoneClass: Class.IN, prerequisites: [] };
  const operations = [
    { kind: 'delete-rrset', name, type: Type.TXT } as const,
    { kind: 'add', name, type: Type.TXT, ttl: 60, rdata } as const,
  ];
  return signRequest(encodeUpdate({ ...update, operations }), tsigKeyOf(key), Math.floor(Date.now() / 1000)).wire;
}

function said({ rcode, answers }: Message): string {
  return `${rcodeName(rcode)} ${answers.map(({ rdata }) => rdataToText(rdata)).join()}`;
}

/** Asks over and over, one after the other, over one connection. */
async function watch(
  signal: AbortSignal,
  port: number,
  ask: () => Uint8Array,
  told: (answer: Message) => void,
): Promise<void> {
  await using client = await TcpClient.open(port);
  while (!signal.aborted) {
    client.send(ask());
    const answer = await client.receive();
    assert.ok(answer, 'the connection has ended');
    told(answer);
    await sleep(1);
  }
}

async function watchHttp(
  signal: AbortSignal,
  service: ServiceUnderTest,
  told: (answer: string) => void,
): Promise<void> {
  for (let count = 0; !signal.aborted; count += 1) {
    const { status, body } = await service.get(updatePath(`w.${coming}`, `10.9.${count >> 9}.${(count >> 1) & 0xff}`));
    told(`${status} ${/^[A-Z_]+/.exec(body)?.[0]}`);
  }
}

async function reloadAndWait(service: ServiceUnderTest, count: number): Promise<void> {
  service.signal('SIGHUP');
  await until(() => (service.log().match(/the configuration was read again from/g)?.length ?? 0) >= count, service);
}

async function until(isSo: () => boolean, service: ServiceUnderTest): Promise<void> {
  for (const deadlineMs = performance.now() + patienceMs; !isSo(); await sleep(5))
    assert.ok(performance.now() < deadlineMs, service.log());
}
