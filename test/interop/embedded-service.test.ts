import assert from 'node:assert/strict';
import { test } from 'node:test';

import { launchEmbedded } from '../support/embedded-service.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey } from '../support/test-key.ts';
import { deletePath, expectAnswer, secret, updatePath } from './seed-service.ts';

const zone = 'dyn.example.test';
const records = '@ A 192.0.2.53\nwww CNAME @\n*.wild TXT "made up"\nsub NS ns.elsewhere.test.\n';

test('a zone of our own: by HTTP and by UPDATE, asked and transferred, over restarts and reloads', async (t) => {
  if (!requirePeer(t, 'dig', 'nsupdate')) return;
  await using embedded = await launchEmbedded(zone, { records });
  const { service } = embedded;
  const values = async (name: string, type: string, options = {}) =>
    (await embedded.query(name, type, options)).answers.map(({ value }) => value);

  await t.test('what is changed by HTTP is answered, over UDP and TCP', async () => {
    await expectAnswer(service, updatePath(`home.${zone}`, '203.0.113.7', '2001:db8::7'), [
      `UPDATED: home.${zone}. A None -> 203.0.113.7`,
      `UPDATED: home.${zone}. AAAA None -> 2001:db8::7`,
    ]);
    assert.deepEqual(await values(`home.${zone}`, 'A'), ['203.0.113.7']);
    assert.deepEqual(await values(`home.${zone}`, 'AAAA', { tcp: true }), ['2001:db8::7']);
    const serial = await embedded.serial();
    await expectAnswer(service, updatePath(`home.${zone}`, '203.0.113.7', '2001:db8::7'), [
      `UNCHANGED: home.${zone}. A 203.0.113.7`,
      `UNCHANGED: home.${zone}. AAAA 2001:db8::7`,
    ]);
    assert.equal(await embedded.serial(), serial);
  });

  await t.test('nsupdate with the key changes it too; without one, and with another, nobody does', async () => {
    assert.equal((await embedded.update([`update add host.${zone}. 60 A 192.0.2.9`])).status, 'NOERROR');
    assert.deepEqual(await values(`host.${zone}`, 'A'), ['192.0.2.9']);
    const command = [`update delete host.${zone}.`];
    assert.equal((await embedded.update(command, 'unsigned')).status, 'REFUSED');
    assert.notEqual((await embedded.update(command, makeTestKey('other'))).status, 'NOERROR');
    assert.deepEqual(await values(`host.${zone}`, 'A'), ['192.0.2.9']);
    await expectAnswer(service, deletePath(`host.${zone}`), [
      `UPDATED: The A and AAAA records of the domain name 'host.${zone}.' were deleted.`,
    ]);
    assert.equal((await embedded.query(`host.${zone}`, 'A')).status, 'NXDOMAIN');
  });

  await t.test('what the configuration says is not for clients', async () => {
    assert.equal((await embedded.update([`update delete ${zone}. A`])).status, 'REFUSED');
    const { status, body } = await service.get(updatePath(zone, '203.0.113.9'));
    assert.equal(status, 400, body);
    assert.match(body, /^DNS_NAME_ERROR: /);
    assert.deepEqual(await values(zone, 'A'), ['192.0.2.53']);
  });

  await t.test('what nobody would see, below a delegation, is no success', async () => {
    for (const path of [updatePath(`host.sub.${zone}`, '203.0.113.9'), deletePath(`host.sub.${zone}`)]) {
      const { status, body } = await service.get(path);
      assert.equal(status, 502, body);
      assert.match(body, /^DNS_SERVER_ERROR: Nobody would see the records of host\.sub\./);
    }
  });

  await t.test('UPDATEs are counted, by the rcode of their answer', async () => {
    const { body } = await service.get('/metrics');
    const counted = [...body.matchAll(/^dyndns_update_outcomes_total\{dialect="dns",outcome="(\w+)"\} (\d+)$/gm)];
    assert.deepEqual(Object.fromEntries(counted.map(([, rcode, count]) => [rcode, count])), {
      NOERROR: '1',
      REFUSED: '2',
    });
  });

  await t.test('the zone is transferred to whoever has the key, and to nobody else', async () => {
    const transferred = await embedded.query(zone, 'AXFR', { key: embedded.key() });
    assert.equal(transferred.answers.filter(({ type }) => type === 'SOA').length, 2, transferred.text);
    assert.deepEqual((await embedded.query(zone, 'AXFR')).answers, []);
  });

  await t.test('the check passes, and says kindly what is still missing before the world finds the zone', async () => {
    const { status, body } = await service.get(`/check?secret=${secret}`);
    const [passed, ...hints] = body.split('\n');
    assert.match(
      passed ?? '',
      /^INFO: The update check passed: A TXT record 'dyndns-check-tmp-\S+' with the content '[A-Z0-9]{8}' could be updated on the zone 'dyn\.example\.test\.'\.$/,
    );
    const said = `INFO: The zone '${zone}.': It answers at 127.0.0.1 port ${embedded.dnsPort}, where only this machine can ask: just right for trying it out.`;
    assert.ok(hints[0]?.startsWith(said), body);
    assert.ok(
      hints.every((line) => line === '' || line.startsWith('INFO: ')),
      body,
    );
    assert.equal(status, 200);
  });

  await t.test('a new start finds everything, with the same serial', async () => {
    const serial = await embedded.serial();
    await service.restart();
    assert.equal(await embedded.serial(), serial);
    assert.deepEqual(await values(`home.${zone}`, 'A'), ['203.0.113.7']);
  });

  await t.test('a reload changes what the configuration says, and nothing else', async () => {
    const serial = await embedded.serial();
    await embedded.writeRecords('@ A 192.0.2.54\n');
    service.signal('SIGHUP');
    const deadlineMs = performance.now() + 10_000;
    while ((await embedded.serial()) === serial && performance.now() < deadlineMs);
    assert.deepEqual(await values(zone, 'A'), ['192.0.2.54']);
    assert.equal((await embedded.query(`www.${zone}`, 'CNAME')).status, 'NXDOMAIN');
    assert.deepEqual(await values(`home.${zone}`, 'A'), ['203.0.113.7']);
  });
});
