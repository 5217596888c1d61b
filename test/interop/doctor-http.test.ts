import assert from 'node:assert/strict';
import { test } from 'node:test';

import { launchService } from '../support/launch-service.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey } from '../support/test-key.ts';

const secret = '12345678';
/** The zone's nameserver is asked at port 53, and nobody listens at this address. */
const records = ['@ IN SOA ns hostmaster 1 3600 600 1209600 60', '@ IN NS ns', 'ns IN A 127.53.53.53'];

test('/check answers in the words of the original, with a status that follows the cause', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  const zone = 'dyn.example.test';
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone, records }] });
  const configuration = (key: string) => ({
    secret,
    nameserver: '127.0.0.1',
    port: nameserver.port,
    zones: [{ name: zone, tsig_key: key }],
  });
  const passed =
    /^INFO: The update check passed: A TXT record 'dyndns-check-tmp-a841278b-f089-4164-b8e6-f90514e573ec' with the content '[A-Z0-9]{8}' could be updated on the zone 'dyn\.example\.test\.'\.\n$/;

  await t.test('all is well', async () => {
    await using service = await launchService({ configuration: configuration(nameserver.key(zone).secret) });
    const before = await nameserver.serial(zone);
    assert.equal((await service.get('/check')).status, 400, 'it wants the secret');
    assert.equal(await nameserver.serial(zone), before);
    const answer = await service.get(`/check?secret=${secret}`);
    assert.match(answer.body, passed);
    assert.equal(answer.status, 200);
    assert.ok((await nameserver.serial(zone)) > before);
    const several = await Promise.all(Array.from({ length: 5 }, () => service.get(`/check?secret=${secret}`)));
    for (const { body } of several) assert.match(body, passed);
  });

  await t.test('the secret of the key is wrong: 502', async () => {
    await using service = await launchService({ configuration: configuration(makeTestKey(zone).secret) });
    const answer = await service.get(`/check?secret=${secret}`);
    assert.match(
      answer.body,
      /^CHECK_ERROR: The update check of the zone 'dyn\.example\.test\.' failed: .*BADSIG.*\n$/,
    );
    assert.equal(answer.status, 502);
  });

  await t.test('nothing listens: 503', async () => {
    await using service = await launchService({ configuration: configuration(nameserver.key(zone).secret) });
    await nameserver.stop();
    const answer = await service.get(`/check?secret=${secret}`);
    assert.match(answer.body, /^CHECK_ERROR: .*ECONNREFUSED.*\n$/);
    assert.equal(answer.status, 503);
  });
});
