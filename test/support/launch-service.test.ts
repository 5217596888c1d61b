import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { launchService } from './launch-service.ts';
import { startNameserver } from './nameserver/primary-server.ts';
import { requirePeer } from './peers.ts';

const zone = 'example.test';
const secret = 'abcdefgh12345678';

test('the real service is launched, killed and started again on its port', async (t) => {
  if (!requirePeer(t, 'knotd')) return;
  await using nameserver = await startNameserver('knot', { zones: [{ name: zone }] });
  const { algorithm, secret: tsigKey } = nameserver.key(zone);
  const configuration = {
    secret,
    nameserver: nameserver.address,
    port: nameserver.port,
    zones: [{ name: zone, tsig_key: tsigKey, tsig_algorithm: algorithm }],
  };
  await using service = await launchService({ configuration, readyWhen: 'ready' });
  const { pid, baseUrl } = service;
  assert.equal((await service.kill9()).signal, 'SIGKILL');
  await assert.rejects(service.get('/healthz'));
  await service.restart();
  assert.notEqual(service.pid, pid);
  assert.equal(service.baseUrl, baseUrl);
  const answer = await service.get(`/update-by-path/${secret}/home.${zone}/192.0.2.1`);
  assert.equal(answer.body, `UPDATED: home.${zone}. A None -> 192.0.2.1\nUNCHANGED: home.${zone}. AAAA None\n`);
  assert.deepEqual(await nameserver.values(`home.${zone}`, 'A'), ['192.0.2.1']);

  assert.equal((await service.stop()).exitCode, 0);
  assert.ok(
    service.logRecords().some(({ level }) => level === 'UPDATED'),
    service.log(),
  );
  assert.ok(existsSync(service.configurationFile));
});

test('a service that does not start is reported with what it said', async () => {
  await assert.rejects(
    launchService({ configuration: { secret: 'short' } }),
    /dyndns serve .* ended \(exit code .*secret/s,
  );
});
