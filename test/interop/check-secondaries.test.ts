import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { freePort } from '../support/free-port.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { secondaryMakes, startSecondary } from '../support/nameserver/secondary.ts';
import { requirePeer } from '../support/peers.ts';
import { examineHosted, expectOnlyFinding, foundIn, type World } from './hosted-examination.ts';

const parent = 'example.test';
const zone = `dyn.${parent}`;
const second = `ns2.${parent}.`;
const nameservers = [`ns1.${zone} 127.0.0.1`, `ns2.${parent}`];

test('a secondary that is named follows, falls behind, is silent, or has no such zone', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers, ...secondaryMakes.knot.peers)) return;
  await using above = await startNameserver('bind', {
    zones: [
      {
        name: parent,
        records: [`dyn NS ns1.dyn`, `dyn NS ns2`, 'ns1.dyn A 127.0.0.1', 'ns2 A 127.0.0.1'],
      },
    ],
  });
  const secondaryPort = await freePort();
  const worldOf = ({ dnsPort: servicePort }: EmbeddedService, port = secondaryPort): World => ({
    parentPort: above.port,
    servicePort,
    ports: { [`ns.${parent}.`]: above.port, [second]: port },
  });

  await t.test('it is told of changes, and follows', async () => {
    await using primary = await launchEmbedded(zone, {
      dns: { ns: nameservers, notify: `127.0.0.1:${secondaryPort}` },
    });
    const following = { zone, key: primary.key(), primaryPort: primary.dnsPort, port: secondaryPort };
    await using secondary = await startSecondary('knot', following);
    const [report] = await examineHosted(primary.service, worldOf(primary));
    assert.deepEqual(foundIn(report), [], secondary.log());
    const serial = await primary.serial();
    assert.equal(await secondary.serial(), serial);
    assert.deepEqual(report?.nameservers, [{ name: second, address: '127.0.0.1', port: secondaryPort, serial }]);
  });

  await t.test('nobody tells it, and it is behind by what the check itself has changed', async () => {
    await using primary = await launchEmbedded(zone, { dns: { ns: nameservers } });
    const following = { zone, key: primary.key(), primaryPort: primary.dnsPort, port: secondaryPort };
    await using secondary = await startSecondary('knot', following);
    const serial = (await secondary.serial()) ?? NaN;
    const [report] = await examineHosted(primary.service, { ...worldOf(primary), propagationMs: 300 });
    expectOnlyFinding(
      report,
      { code: 'secondary-behind', name: second, address: '127.0.0.1', serial, ownSerial: serial + 2, changes: 2 },
      /is 2 changes behind/,
      /dns\.notify/,
    );
    assert.equal(report?.status, 'warning');
  });

  await t.test('it is not there', async () => {
    await using primary = await launchEmbedded(zone, { dns: { ns: nameservers } });
    const [report] = await examineHosted(primary.service, worldOf(primary));
    expectOnlyFinding(
      report,
      { code: 'secondary-silent', name: second, address: '127.0.0.1', reason: 'ECONNREFUSED' },
      /it is refused \(ECONNREFUSED\), as where nothing listens/,
    );
  });

  await t.test('it has not got the zone', async () => {
    await using primary = await launchEmbedded(zone, { dns: { ns: nameservers } });
    const [report] = await examineHosted(primary.service, worldOf(primary, above.port));
    expectOnlyFinding(
      report,
      { code: 'secondary-lame', name: second, address: '127.0.0.1', answer: 'it answers without authority' },
      /does not serve dyn\.example\.test\./,
    );
  });

  await t.test('one that is told and not named is looked at as well', async () => {
    await using primary = await launchEmbedded(zone, {
      dns: { ns: nameservers, notify: `127.0.0.1:${await freePort()}` },
    });
    const [report] = await examineHosted(primary.service, worldOf(primary, primary.dnsPort));
    const [finding, ...others] = foundIn(report);
    assert.deepEqual(others, []);
    assert.equal(finding?.code === 'secondary-silent' && finding.name, 'of dns.notify');
  });
});
