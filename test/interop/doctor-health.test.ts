import assert from 'node:assert/strict';
import { test } from 'node:test';

import { seedCheckLines } from '../../src/doctor/seed-check-lines.ts';
import { makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { describeZone, examine, expectHealth, expectNothingLeft } from './doctor-examination.ts';

const zone = 'dyn.example.test';

for (const make of makeNames)
  test(`a healthy zone on ${makes[make].title} passes, and nothing is left in it`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    const before = await nameserver.serial(zone);
    const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
    expectHealth(report);
    assert.equal(report.serial, before + 2, 'once for the record, once for its removal');
    assert.deepEqual(report.nameservers, [
      { name: `ns.${zone}.`, address: '127.0.0.1', port: nameserver.port, serial: before + 2 },
    ]);
    assert.ok(Math.abs(report.aheadSeconds ?? NaN) <= 1);
    assert.match(
      seedCheckLines({ zones: [report] }).join('\n'),
      /^INFO: The update check passed: A TXT record 'dyndns-check-tmp-a841278b-f089-4164-b8e6-f90514e573ec' with the content '[A-Z0-9]{8}' could be updated on the zone 'dyn\.example\.test\.'\.$/,
    );
    await expectNothingLeft(nameserver, zone);
  });
