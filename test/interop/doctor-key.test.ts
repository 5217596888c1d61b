import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  type MakeName,
  makeNames,
  makes,
  type NameserverUnderTest,
  startNameserver,
} from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey, type TestKey } from '../support/test-key.ts';
import { wrongClock } from '../support/wrong-clock.ts';
import {
  clockAhead,
  describeZone,
  examine,
  expectFinding,
  expectHealth,
  expectNothingLeft,
  expectOnly,
} from './doctor-examination.ts';

const zone = 'dyn.example.test';

/** BIND and Knot give the reason of a rejected signature, PowerDNS none. */
const givesReasons: Record<MakeName, boolean> = { bind: true, knot: true, powerdns: false };

for (const make of makeNames)
  test(`what is wrong with the key is told on ${makes[make].title}`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    const key = nameserver.key(zone);
    const examineWith = (other: TestKey) => examine(describeZone(nameserver.port, zone, other));

    await t.test('a key that the nameserver does not know', async () => {
      const report = await examineWith({ ...key, name: 'stranger.test' });
      if (givesReasons[make])
        expectOnly(report, 'unknown-key', /does not know the key stranger\.test\./, /tsig_key_name/);
      else expectOnly(report, 'signature-rejected', /does not know the key stranger\.test\., or/, /tsig_key_name/);
    });

    await t.test('a wrong secret', async () => {
      const report = await examineWith({ ...key, secret: makeTestKey('other').secret });
      if (givesReasons[make]) expectOnly(report, 'wrong-secret', /another secret/, /into tsig_key/);
      else expectOnly(report, 'signature-rejected', /another secret/, /tsig_key_file names\) with the key/);
    });

    await t.test('a wrong algorithm', async () => {
      const report = await examineWith({ ...key, algorithm: 'hmac-sha256' });
      const finding = expectOnly(
        report,
        'wrong-algorithm',
        /with hmac-sha512, not with hmac-sha256/,
        /Set tsig_algorithm to hmac-sha512, or/,
      );
      assert.equal('accepted' in finding && finding.accepted, 'hmac-sha512');
    });

    await t.test('a wrong algorithm and a wrong secret', async () => {
      const report = await examineWith({ ...key, algorithm: 'hmac-md5', secret: makeTestKey('other').secret });
      if (givesReasons[make])
        expectOnly(report, 'wrong-algorithm', /Set tsig_algorithm to hmac-sha512/, /differs as well/);
      else expectOnly(report, 'signature-rejected', /no algorithm does/);
    });

    await expectNothingLeft(nameserver, zone);
  });

const hourSeconds = 3600;

for (const make of makeNames)
  test(`a wrong clock is told by seconds and direction on ${makes[make].title}`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers, 'faketime')) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    const description = describeZone(nameserver.port, zone, nameserver.key(zone));
    for (const aheadSeconds of [hourSeconds, -400]) {
      const report = await examine(description, { clock: clockAhead(aheadSeconds) });
      const finding = expectOnly(report, 'clock-skew', aheadSeconds > 0 ? /seconds ahead/ : /seconds behind/, /NTP/);
      expectSkew(finding, aheadSeconds);
    }
    const drifting = await examine(description, { clock: clockAhead(-90) });
    expectSkew(expectOnly(drifting, 'clock-drift', /(89|90|91) seconds behind/, /From 300 seconds on/), -90);
    assert.equal(drifting.status, 'warning');
    expectHealth(await examine(description, { clock: clockAhead(30) }));
    await expectNothingLeft(nameserver, zone);
  });

test('a nameserver whose own clock is wrong is told by seconds and direction', async (t) => {
  if (!requirePeer(t, ...makes.knot.peers, ...makes.powerdns.peers, 'faketime')) return;
  for (const make of ['knot', 'powerdns'] as const) {
    await using nameserver = await startWithClock(make, hourSeconds);
    const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
    expectSkew(expectFinding(report, 'clock-skew', /our clock is 3\d\d\d seconds behind/), -hourSeconds);
  }
});

async function startWithClock(make: MakeName, aheadSeconds: number): Promise<NameserverUnderTest> {
  return startNameserver(make, { zones: [{ name: zone }], under: wrongClock(aheadSeconds) });
}

/** The clocks are read to the second, and a second may pass between. */
function expectSkew(finding: object, aheadSeconds: number): void {
  const measured = 'aheadSeconds' in finding ? Number(finding.aheadSeconds) : NaN;
  assert.ok(Math.abs(measured - aheadSeconds) <= 2, `${measured} seconds instead of ${aheadSeconds}`);
}
