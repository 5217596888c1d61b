import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Opcode } from '../../src/dns/codes.ts';
import { exchangeRaw, parseAnswer } from '../e2e/http-fixture.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { startProxy } from '../support/proxy.ts';
import { canary } from '../vectors/hostile/hostile-request.ts';
import { hostileRequests } from '../vectors/hostile/hostile-requests.ts';
import { expectAnswer, serveZones, zoneOf } from './seed-service.ts';

const secret = 'k7Zq0mN5rT2w';
const otherSecret = 'Xb93LpQ8vC41';
const zone = 'dyndns1.dev';
/** The service logs 50 refusals a second, and every one of these shall be logged. */
const pauseMs = 20;

test('hostile requests to the real service before a real BIND: the right line, and nothing has changed', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  const records = ['www 60 IN A 192.0.2.200', '*.wild 60 IN A 192.0.2.201'];
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone, records }] });
  await using proxy = await startProxy(nameserver.port);
  await using service = await serveZones([zoneOf(nameserver, zone, { port: proxy.port })], {
    secret: [secret, otherSecret],
    http: { trusted_proxies: ['127.0.0.0/8', '::1'] },
    log_level: 0,
  });
  const transfer = async () => (await nameserver.query(zone, 'AXFR', { key: nameserver.key(zone) })).answers;
  const messages = () => ({ queries: proxy.count(Opcode.QUERY), updates: proxy.updates });
  const before = { records: await transfer(), serial: await nameserver.serial(zone), messages: messages() };
  assert.ok(before.records.length > 5);

  const requests = hostileRequests({ secret, otherSecret, zone });
  for (const { name, octets, status, line } of requests) {
    const answer = parseAnswer(await exchangeRaw(service.port, Buffer.from(octets, 'latin1')));
    const body = line === undefined ? '' : `${line}\n`;
    assert.deepEqual({ name, status: answer.status, body: answer.body }, { name, status, body });
    assert.ok(status >= 400 || status === 200, name);
    for (const never of [secret, otherSecret, canary]) assert.equal(answer.body.includes(never), false, name);
    await sleep(pauseMs);
  }
  t.diagnostic(`${requests.length} requests`);
  assert.ok(requests.length >= 200);
  assert.deepEqual(
    { records: await transfer(), serial: await nameserver.serial(zone), messages: messages() },
    before,
    'nothing of it may get as far as the nameserver',
  );

  await t.test('what the service has printed holds no secret', async () => {
    const metrics = await service.get('/metrics');
    const written = `${service.log()}${metrics.body}`.toLowerCase();
    for (const never of [secret, otherSecret, canary, nameserver.key(zone).secret]) {
      const everyOctet = Array.from(never, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');
      for (const form of [never, everyOctet, everyOctet.replaceAll('%', '%25'), Buffer.from(never).toString('base64')])
        assert.equal(written.includes(form.toLowerCase()), false, form);
    }
    assert.ok(service.logRecords().length >= 0.9 * requests.length, 'too little of it was logged to be sure');
    assert.doesNotMatch(written, /"level":"(?:critical|error)"/);
  });

  await t.test('the service still does its work', async () => {
    const path = `/update-by-path/${secret}/www.${zone}/192.0.2.1`;
    await expectAnswer(service, path, [
      `UPDATED: www.${zone}. A 192.0.2.200 -> 192.0.2.1`,
      `UNCHANGED: www.${zone}. AAAA None`,
    ]);
    assert.deepEqual(await nameserver.values(`www.${zone}`, 'A'), ['192.0.2.1']);
  });
});
