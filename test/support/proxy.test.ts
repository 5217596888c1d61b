import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Opcode, Type } from '../../src/dns/codes.ts';
import { dig } from './dig.ts';
import { startNameserver } from './nameserver/primary-server.ts';
import { nsupdate } from './nsupdate.ts';
import { requirePeer } from './peers.ts';
import { startProxy } from './proxy.ts';
import { startUdpPoller } from './udp-poller.ts';

const zone = 'example.test';

test('a proxy carries, counts and harms what goes to a nameserver', async (t) => {
  if (!requirePeer(t, 'knotd', 'dig', 'nsupdate')) return;
  await using nameserver = await startNameserver('knot', { zones: [{ name: zone }] });
  await using proxy = await startProxy(nameserver.port);
  const key = nameserver.key(zone);
  const ask = async (tcp: boolean) => {
    const more = tcp ? ['+time=1'] : ['+time=1', '+notcp'];
    return (await dig({ port: proxy.port, name: zone, type: 'SOA', tcp, more })).status;
  };

  await t.test('it carries both transports, and counts by opcode', async () => {
    assert.equal(await ask(true), 'NOERROR');
    assert.equal(await ask(false), 'NOERROR');
    assert.equal(proxy.count(Opcode.QUERY), 2);
    const commands = [`update add www.${zone}. 60 A 192.0.2.1`];
    assert.equal((await nsupdate({ port: proxy.port, zone, key, commands })).status, 'NOERROR');
    assert.equal(proxy.updates, 1);
    assert.equal(proxy.acceptedConnections, 2);
  });

  await t.test('it drops and cuts either way, and heals', async () => {
    for (const [tcp, fate] of [
      [true, 'drop'],
      [true, 'cut'],
      [true, 'half-close'],
      [false, 'drop'],
    ] as const) {
      proxy.impair({ onRequest: () => fate });
      assert.equal(await ask(tcp), 'NO ANSWER', fate);
      proxy.impair({ onResponse: () => fate });
      assert.equal(await ask(tcp), 'NO ANSWER', fate);
      proxy.impair({});
      assert.equal(await ask(tcp), 'NOERROR');
    }
  });

  await t.test('it delays', async () => {
    proxy.impair({ delayRequestsMs: 100, delayResponsesMs: 100 });
    for (const tcp of [true, false]) {
      const startedAtMs = performance.now();
      assert.equal(await ask(tcp), 'NOERROR');
      assert.ok(performance.now() - startedAtMs > 190);
    }
    proxy.impair({});
  });

  await t.test('it refuses connections, and accepts them again', async () => {
    await proxy.refuse();
    assert.equal(await ask(true), 'NO ANSWER');
    await proxy.accept();
    assert.equal(await ask(true), 'NOERROR');
  });
});

test('a poller tells answers, empty answers, no such name and silence apart', async (t) => {
  if (!requirePeer(t, 'knotd', 'dig')) return;
  await using nameserver = await startNameserver('knot', {
    zones: [{ name: zone, records: ['www 60 IN A 192.0.2.1'] }],
  });
  await using poller = startUdpPoller({
    port: nameserver.port,
    pollsPerSecond: 2000,
    questions: [
      { name: `www.${zone}`, type: Type.A },
      { name: `www.${zone}`, type: Type.AAAA },
      { name: `none.${zone}`, type: Type.A },
      { name: 'example.invalid', type: Type.A },
    ],
  });
  await poller.waitForPolls(500, 20_000);
  nameserver.signal('SIGSTOP');
  const before = await poller.tally();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  nameserver.signal('SIGCONT');
  const [full, nodata, absent, foreign] = await poller.stop();
  assert.ok(full && nodata && absent && foreign);
  assert.deepEqual([full.empty, full.nxdomain, full.servfail, full.otherErrors], [0, 0, 0, 0]);
  assert.deepEqual([nodata.answers, absent.answers, foreign.answers], [0, 0, 0]);
  assert.ok(full.answers >= 500 && nodata.empty >= 500 && absent.nxdomain >= 500 && foreign.otherErrors >= 500);
  assert.ok(before.every(({ lost }) => lost === 0) && full.lost > 0, `lost: ${full.lost}`);
  assert.equal(full.sent, full.answers + full.lost);
});
