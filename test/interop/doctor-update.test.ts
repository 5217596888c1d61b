import assert from 'node:assert/strict';
import { chmod, chown, mkdir, rename } from 'node:fs/promises';
import { test } from 'node:test';

import { checkLabel } from '../../src/doctor/check-record.ts';
import { defaultDoctorLimits } from '../../src/doctor/limits.ts';
import { makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { isRoot } from '../support/unprivileged.ts';
import {
  describeZone,
  examine,
  expectFinding,
  expectHealth,
  expectNothingLeft,
  expectOnly,
} from './doctor-examination.ts';

const zone = 'dyn.example.test';
const foreignSoa = '@ IN SOA ns.elsewhere.test. hostmaster.elsewhere.test. 1 3600 600 1209600 60';
const checkName = `${checkLabel}.${zone}.`;

for (const make of makeNames)
  test(`a key that may ask and not change on ${makes[make].title}`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone, refusesUpdates: true }] });
    const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
    expectOnly(
      report,
      'update-refused',
      make === 'knot' ? /NOTAUTH \(BADKEY\)/ : /REFUSED/,
      /lets the key dyn\.example\.test\. ask, but not change/,
      /update-policy or allow-update on BIND/,
      /action update on Knot/,
      /TSIG-ALLOW-DNSUPDATE on PowerDNS/,
    );
  });

test('a PowerDNS with its updates switched off', async (t) => {
  if (!requirePeer(t, ...makes.powerdns.peers)) return;
  await using nameserver = await startNameserver('powerdns', {
    zones: [{ name: zone }],
    rewriteConfiguration: (text) => text.replace('dnsupdate=yes', 'dnsupdate=no'),
  });
  const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
  expectOnly(report, 'update-refused', /dnsupdate=yes/);
});

test('a BIND that may not write to the directory of its zone', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  if (!isRoot()) return t.skip('only root can take a directory from the nameserver that it started');
  await using nameserver = await startNameserver('bind', {
    zones: [{ name: zone }],
    rewriteConfiguration: (text) => text.replace(`file "${zone}.zone"`, `file "locked/${zone}.zone"`),
    readyWhen: 'answering',
  });
  await nameserver.stop();
  const locked = `${nameserver.directory}/locked`;
  await mkdir(locked);
  await rename(`${nameserver.directory}/${zone}.zone`, `${locked}/${zone}.zone`);
  await chown(locked, 0, 0);
  await chmod(locked, 0o755);
  await nameserver.restart();
  const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
  expectOnly(report, 'update-servfail', /SERVFAIL/, /not writable/, /journal/, /\/var\/lib\/bind/);
  assert.match(nameserver.log(), /journal open failed|permission denied/);
});

test('a PowerDNS whose database is read-only', async (t) => {
  if (!requirePeer(t, ...makes.powerdns.peers)) return;
  if (!isRoot()) return t.skip('only root can take a file from the nameserver that it started');
  await using nameserver = await startNameserver('powerdns', { zones: [{ name: zone }] });
  await chown(nameserver.zoneFile(zone), 0, 0);
  await nameserver.restart();
  const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
  expectOnly(report, 'update-servfail', /database is not writable/);
});

for (const make of makeNames)
  test(`what stands in the way of the check's name on ${makes[make].title}`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    const zones = [
      { name: 'cname.test', records: [`${checkLabel} IN CNAME www.elsewhere.test.`] },
      // Nothing may stand below a DNAME, the address of a nameserver neither (RFC 6672 §2.4).
      { name: 'dname.test', records: [foreignSoa, '@ IN NS ns.elsewhere.test.', '@ IN DNAME elsewhere.test.'] },
      { name: 'delegated.test', records: [`${checkLabel} IN NS ns.elsewhere.test.`] },
      { name: 'wild-alias.test', records: ['* IN CNAME www.elsewhere.test.'] },
      { name: 'wild-text.test', records: ['* IN TXT ABCDEFGH'] },
    ];
    await using nameserver = await startNameserver(make, {
      zones,
      // PowerDNS looks for DNAME only where it is told to.
      rewriteConfiguration: (text) => (make === 'powerdns' ? `${text}dname-processing=yes\n` : text),
    });
    const examineOne = (name: string) => examine(describeZone(nameserver.port, name, nameserver.key(name)));

    await t.test('an alias', async () => {
      const report = await examineOne('cname.test');
      expectOnly(report, 'alias-in-the-way', /is an alias \(CNAME\) for www\.elsewhere\.test\./, /Remove the alias/);
    });
    await t.test('a DNAME at the apex', async () => {
      expectOnly(await examineOne('dname.test'), 'dname-in-the-way', /A DNAME at dname\.test\. redirects/);
    });
    await t.test('a delegation', async () => {
      const report = await examineOne('delegated.test');
      expectOnly(report, 'delegation-in-the-way', /delegated away by the NS records at dyndns-check-tmp/);
    });
    await t.test('a wildcard is not in the way, alias or not', async () => {
      expectHealth(await examineOne('wild-alias.test'));
      expectHealth(await examineOne('wild-text.test'));
    });
  });

for (const make of makeNames)
  test(`checks at the same time do not disturb each other on ${makes[make].title}`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    const description = describeZone(nameserver.port, zone, nameserver.key(zone));
    const reports = await Promise.all(Array.from({ length: 8 }, () => examine(description)));
    for (const report of reports) expectHealth(report);
    assert.equal(new Set(reports.map(({ content }) => content)).size, reports.length);
    await expectNothingLeft(nameserver, zone);
  });

for (const make of makeNames)
  test(`what a killed check has left on ${makes[make].title} is removed, and nothing else`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    const { status } = await nameserver.update(zone, [
      `update add ${checkName} 60 TXT "LEFTOVER"`,
      `update add ${checkName} 60 TXT "of somebody else"`,
    ]);
    assert.equal(status, 'NOERROR');
    const limits = { ...defaultDoctorLimits, removalMs: 300 };
    const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)), { limits });
    expectOnly(report, 'leftovers-removed', /LEFTOVER/, /killed/);
    assert.equal(report.status, 'warning');
    assert.deepEqual(await nameserver.values(checkName, 'TXT'), ['"of somebody else"']);
  });

test('a zone whose serial stands still', async (t) => {
  if (!requirePeer(t, ...makes.powerdns.peers)) return;
  await using nameserver = await startNameserver('powerdns', { zones: [{ name: zone }] });
  const { DatabaseSync } = await import('node:sqlite');
  using database = new DatabaseSync(nameserver.zoneFile(zone));
  database.exec(`UPDATE domainmetadata SET content = 'NONE' WHERE kind = 'SOA-EDIT-DNSUPDATE'`);
  const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
  expectFinding(report, 'serial-unchanged', /its serial stayed 1/, /SOA-EDIT-DNSUPDATE INCREASE/);
});
