import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Opcode } from '../../src/dns/codes.ts';
import { freePort } from '../support/free-port.ts';
import { launchService } from '../support/launch-service.ts';
import { type MakeName, makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import type { ServerOptions } from '../support/nameserver/make.ts';
import { requirePeer } from '../support/peers.ts';
import { startProxy } from '../support/proxy.ts';
import { makeTestKey } from '../support/test-key.ts';
import {
  ask,
  configurationOf,
  deletePath,
  expectAddresses,
  expectAnswer,
  serveZones,
  updatePath,
  zoneOf,
} from './seed-service.ts';

const zone = 'dyn.example.test';
const www = `www.${zone}`;
const unknownKey = `DNS_SERVER_ERROR: The peer "127.0.0.1" didn't know the tsig key we used for the zone "${zone}.".`;
const timedOut = 'DNS_SERVER_ERROR: The DNS operation to the nameserver "127.0.0.1" timed out.';

/** A request has ten seconds; what is beyond is for busy machines. */
const deadlineMs = 10_000;
const marginMs = 5_000;

/** A service that starts although its nameserver does not work. */
function serveBroken(zones: readonly object[]) {
  return launchService({ configuration: configurationOf(zones) });
}

function refused(rcode: string): string {
  return `DNS_SERVER_ERROR: The nameserver 127.0.0.1 answered an update of the zone ${zone}. with ${rcode}.`;
}

/** Knot says of a known key that its rules do not name what it says of an unknown one. */
const notAllowed: Readonly<Record<MakeName, string>> = {
  bind: refused('REFUSED'),
  knot: unknownKey,
  powerdns: refused('REFUSED'),
};

const forgedKey = `DNS_SERVER_ERROR: The nameserver 127.0.0.1 knows the key ${zone}., but computes another signature.`;
/** PowerDNS answers NOTAUTH and no more to a query with a key that it does not accept, whatever is wrong with it. */
const notAccepted = `DNS_SERVER_ERROR: The nameserver 127.0.0.1 answered a query for the zone ${zone}. with NOTAUTH.`;

for (const make of makeNames)
  test(`${makes[make].title}: a refusal is told as one, with 502, and nothing has changed`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    const records = ['www 60 IN A 192.0.2.1'];
    await using nameserver = await startNameserver(make, { zones: [{ name: zone, records }] });
    const unchanged = async () => {
      await expectAddresses(nameserver, www, { ipv4: ['192.0.2.1'] });
      assert.equal(await nameserver.serial(zone), 1);
    };

    await t.test('a key that may not', async () => {
      await using closed = await startNameserver(make, { zones: [{ name: zone, records, refusesUpdates: true }] });
      await using service = await serveBroken([zoneOf(closed, zone)]);
      await expectAnswer(service, updatePath(www, '192.0.2.2'), [notAllowed[make]], { status: 502 });
      await expectAnswer(service, deletePath(www), [notAllowed[make]], { status: 502 });
      await expectAddresses(closed, www, { ipv4: ['192.0.2.1'] });
    });
    await t.test('a key that it does not know', async () => {
      await using service = await serveBroken([zoneOf(nameserver, zone, { key: makeTestKey('stranger') })]);
      const line = make === 'powerdns' ? notAccepted : unknownKey;
      await expectAnswer(service, updatePath(www, '192.0.2.2'), [line], { status: 502 });
      await expectAnswer(service, deletePath(www), [line], { status: 502 });
      await unchanged();
    });
    await t.test('a key with another secret', async () => {
      const key = { ...nameserver.key(zone), secret: makeTestKey('any').secret };
      await using service = await serveBroken([zoneOf(nameserver, zone, { key })]);
      const line = make === 'powerdns' ? notAccepted : forgedKey;
      await expectAnswer(service, updatePath(www, '192.0.2.2'), [line], { status: 502 });
      await unchanged();
    });
    await t.test('a zone that it does not have, below one that it has', async () => {
      const settings = { ...zoneOf(nameserver, zone), name: `sub.${zone}` };
      await using service = await serveBroken([settings]);
      const { status, body } = await ask(service, updatePath(`www.sub.${zone}`, '192.0.2.2'));
      assert.equal(status, 502, body);
      assert.match(
        body,
        /^DNS_SERVER_ERROR: The nameserver 127\.0\.0\.1 answers for the zone sub\.dyn\.example\.test\., but not with authority\.\n$/,
      );
      await unchanged();
    });
    await t.test('a zone of which it knows nothing', async () => {
      await using service = await serveBroken([{ ...zoneOf(nameserver, zone), name: 'elsewhere.test' }]);
      const { status, body } = await ask(service, updatePath('www.elsewhere.test', '192.0.2.2'));
      assert.equal(status, 502, body);
      assert.match(
        body,
        /^DNS_SERVER_ERROR: The nameserver 127\.0\.0\.1 answered a query for the zone elsewhere\.test\. with (?:NOTAUTH|REFUSED)\.\n$/,
      );
    });
  });

test('nothing listens: 503 at once, and all is well as soon as something does', async (t) => {
  if (!requirePeer(t, ...makes.knot.peers)) return;
  const port = await freePort();
  const key = makeTestKey(zone);
  const settings = { name: zone, nameserver: '127.0.0.1', port, tsig_key: key.secret };
  await using service = await serveBroken([settings]);
  const line = 'DNS_SERVER_ERROR: The nameserver 127.0.0.1 could not be reached: ECONNREFUSED.';
  await expectAnswer(service, updatePath(www, '192.0.2.1'), [line], { status: 503 });
  await using nameserver = await startNameserver('knot', { zones: [{ name: zone, key }], port });
  await expectAnswer(service, updatePath(www, '192.0.2.1'), [
    `UPDATED: ${www}. A None -> 192.0.2.1`,
    `UNCHANGED: ${www}. AAAA None`,
  ]);
  await expectAddresses(nameserver, www, { ipv4: ['192.0.2.1'] });
});

test('silence: 504 within the deadline, and all is well as soon as it ends', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  await using proxy = await startProxy(nameserver.port);
  await using service = await serveZones([zoneOf(nameserver, zone, { port: proxy.port })]);
  const timed = async (path: string, lines: readonly string[], status: number) => {
    const startedAtMs = performance.now();
    await expectAnswer(service, path, lines, { status });
    assert.ok(performance.now() - startedAtMs < deadlineMs + marginMs);
  };

  await t.test('of a nameserver that hangs', async () => {
    nameserver.signal('SIGSTOP');
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => timed(updatePath(`host${index}.${zone}`, '192.0.2.1'), [timedOut], 504)),
    );
    nameserver.signal('SIGCONT');
    await expectAnswer(service, updatePath(www, '192.0.2.1'), [
      `UPDATED: ${www}. A None -> 192.0.2.1`,
      `UNCHANGED: ${www}. AAAA None`,
    ]);
  });
  await t.test('where an update was swallowed, nobody knows whether it will yet be carried out', async () => {
    proxy.impair({ onRequest: (wire) => (isUpdate(wire) ? 'drop' : 'pass') });
    await timed(
      updatePath(www, '192.0.2.2'),
      [`DNS_SERVER_ERROR: The update of '${www}.' could not be confirmed.`],
      504,
    );
    await expectAddresses(nameserver, www, { ipv4: ['192.0.2.1'] });
    proxy.impair({});
    await expectAnswer(service, updatePath(www, '192.0.2.2'), [
      `UPDATED: ${www}. A 192.0.2.1 -> 192.0.2.2`,
      `UNCHANGED: ${www}. AAAA None`,
    ]);
  });
});

/** The key may change what lies below this name, and nothing else. */
const free = `free.${zone}`;
const culprits: readonly string[] = ['culprit1', 'culprit2', 'culprit3'].map((label) => `${label}.${zone}`);

const key = makeTestKey('some-key');
const restricted: Readonly<Record<'bind' | 'knot', ServerOptions>> = {
  bind: { zones: [{ name: zone, key, bindUpdatePolicy: `grant ${key.name} subdomain ${free} ANY;` }] },
  knot: {
    zones: [{ name: zone, key }],
    rewriteConfiguration: (text) =>
      text.replace(
        /( *)action: \[query, update, transfer\]/,
        `$&\n$1update-owner: name\n$1update-owner-match: sub\n$1update-owner-name: [${free}.]`,
      ),
  },
};

for (const make of ['bind', 'knot'] as const)
  test(`${makes[make].title}: names that the key may not change fail alone, whatever travels with them`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, restricted[make]);
    await using proxy = await startProxy(nameserver.port);
    await using service = await serveZones([zoneOf(nameserver, zone, { port: proxy.port })]);
    const names = Array.from({ length: 150 }, (_, index) => `host${index}.${free}`);
    names.splice(20, 0, culprits[0] ?? '');
    names.splice(90, 0, ...culprits.slice(1));
    const answers = await Promise.all(
      names.map(async (name) => ({ name, ...(await ask(service, updatePath(name, '192.0.2.1'))) })),
    );
    const failed = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(failed.map(({ name }) => name).toSorted(), culprits);
    const line = make === 'bind' ? refused('REFUSED') : unknownKey;
    for (const { status, body } of failed) assert.deepEqual({ status, body }, { status: 502, body: `${line}\n` });
    for (const culprit of culprits) await expectAddresses(nameserver, culprit, {});
    for (const index of [0, 19, 20, 88, 89, 149])
      await expectAddresses(nameserver, `host${index}.${free}`, { ipv4: ['192.0.2.1'] });
    t.diagnostic(`${names.length} requests, ${failed.length} refused, ${proxy.updates} UPDATE messages`);
  });

function isUpdate(wire: Uint8Array): boolean {
  return (((wire[2] ?? 0) >> 3) & 0xf) === Opcode.UPDATE;
}
