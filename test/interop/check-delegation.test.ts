import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { HostedZoneReport } from '../../src/doctor/report.ts';
import { freePort } from '../support/free-port.ts';
import { launchService } from '../support/launch-service.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey } from '../support/test-key.ts';
import { examineHosted, expectOnlyFinding, foundIn, stepsOf } from './hosted-examination.ts';
import { configurationOf } from './seed-service.ts';

const parent = 'example.test';

/** What the zone above says of each of our zones. Each of them has one nameserver, `ns1`, at 127.0.0.1. */
const delegations = {
  well: ['well NS ns1.well', 'ns1.well A 127.0.0.1'],
  // The zone above is not always one label up.
  'deep.down': ['deep.down NS ns1.deep.down', 'ns1.deep.down A 127.0.0.1'],
  absent: [],
  elsewhere: ['elsewhere NS ns.hoster.test.'],
  glueless: ['glueless NS ns1.glueless'],
  misplaced: ['misplaced NS ns1.misplaced', 'ns1.misplaced A 127.9.9.9'],
  partial: ['partial NS ns1.partial', 'ns1.partial A 127.0.0.1'],
  lame: ['lame NS ns1.lame', 'lame NS old', 'ns1.lame A 127.0.0.1', 'old A 127.0.0.1'],
} as const;
type Label = keyof typeof delegations;

test('the zone above delegates each of our zones in another way', async (t) => {
  if (!requirePeer(t, ...makes.knot.peers)) return;
  // Knot also takes delegations that are wrong.
  await using above = await startNameserver('knot', {
    zones: [{ name: parent, records: Object.values(delegations).flat() }],
  });
  const servicePort = await freePort();
  const zones = Object.keys(delegations).map((label) => ({
    name: `${label}.${parent}`,
    tsig_key: makeTestKey(label).secret,
    records: `@ NS ns1\nns1 A 127.0.0.1\n${label === 'partial' ? '@ NS ns2\nns2 A 127.0.0.1\n' : ''}`,
  }));
  const configuration = configurationOf(zones, {
    dns: { listen: `127.0.0.1:${servicePort}` },
    database: 'sqlite:zones.db',
  });
  await using service = await launchService({ configuration, readyWhen: 'ready' });
  const world = {
    parentPort: above.port,
    servicePort,
    ports: { [`ns.${parent}.`]: above.port, [`old.${parent}.`]: above.port },
  };
  const reports = await examineHosted(service, world);
  const reportOf = (label: Label): HostedZoneReport => {
    const report = reports.find(({ zone }) => zone === `${label}.${parent}.`);
    assert.ok(report);
    return report;
  };

  await t.test('as the zone has it', () => {
    for (const label of ['well', 'deep.down'] as const) {
      const report = reportOf(label);
      assert.deepEqual(foundIn(report), []);
      assert.ok(
        stepsOf(report).every((step) => step.endsWith(' passed')),
        stepsOf(report).join(),
      );
      assert.equal(report.status, 'passed');
      const { note } = report.steps.find(({ step }) => step === 'delegation') ?? {};
      assert.equal(note, `${parent}. delegates it to ns1.${label}.${parent}., as the zone has it.`);
    }
  });

  await t.test('not at all', () => {
    const report = reportOf('absent');
    expectOnlyFinding(
      report,
      { code: 'not-delegated', parent: `${parent}.` },
      /does not delegate absent\.example\.test\. yet/,
    );
    assert.equal(report.status, 'warning');
    assert.deepEqual(report.parentRecords, [
      { owner: `absent.${parent}.`, type: 'NS', value: `ns1.absent.${parent}.` },
      { owner: `ns1.absent.${parent}.`, type: 'A', value: '127.0.0.1' },
    ]);
  });

  await t.test('to somebody else, who has no address', () => {
    const [elsewhere, lame, ...others] = foundIn(reportOf('elsewhere'));
    assert.deepEqual(elsewhere, {
      code: 'delegated-elsewhere',
      parent: `${parent}.`,
      nameservers: ['ns.hoster.test.'],
    });
    assert.equal(lame?.code, 'delegation-lame');
    assert.deepEqual(others, []);
  });

  await t.test('without the glue that it needs', () => {
    const name = `ns1.glueless.${parent}.`;
    const finding = { code: 'glue-missing', parent: `${parent}.`, name, addresses: ['127.0.0.1'] } as const;
    expectOnlyFinding(
      reportOf('glueless'),
      finding,
      /no address for ns1\.glueless/,
      /ns1\.glueless\.example\.test\. 127\.0\.0\.1$/,
    );
  });

  await t.test('with glue that is wrong', () => {
    const name = `ns1.misplaced.${parent}.`;
    const finding = {
      code: 'glue-differs',
      parent: `${parent}.`,
      name,
      given: ['127.9.9.9'],
      expected: ['127.0.0.1'],
    } as const;
    expectOnlyFinding(reportOf('misplaced'), finding, /is at 127\.9\.9\.9 \(glue\), and the zone says 127\.0\.0\.1/);
  });

  await t.test('to one of two nameservers', () => {
    const missing = [`ns2.partial.${parent}.`];
    const finding = { code: 'delegation-differs', parent: `${parent}.`, missing, surplus: [] } as const;
    expectOnlyFinding(reportOf('partial'), finding, /ns2\.partial\.example\.test\. is missing there/);
  });

  await t.test('to somebody who does not serve it', () => {
    const name = `old.${parent}.`;
    assert.deepEqual(foundIn(reportOf('lame')), [
      { code: 'delegation-differs', parent: `${parent}.`, missing: [], surplus: [name] },
      {
        code: 'delegation-lame',
        parent: `${parent}.`,
        name,
        address: '127.0.0.1',
        answer: 'it answers without authority',
      },
    ]);
  });

  await t.test('and when its nameserver is down, that is said, and nothing else', async () => {
    await above.stop();
    const [report] = await examineHosted(service, world);
    expectOnlyFinding(report, { code: 'parent-not-found', reason: 'ECONNREFUSED' }, /the resolver says ECONNREFUSED/);
  });
});
