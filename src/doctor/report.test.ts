import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Subject } from './explain.ts';
import type { AnyFinding, Finding } from './finding.ts';
import {
  findingsOf,
  hasPassed,
  hostedLedger,
  type HostedZoneReport,
  type Report,
  reportStatus,
  ZoneReportBuilder,
} from './report.ts';
import { reportText } from './report-text.ts';
import { hostedLines, seedCheckLines, seedCheckReport, warningLines } from './seed-check-lines.ts';

function subjectOf(zone: string): Subject {
  return {
    zone,
    nameserver: '192.0.2.53',
    port: 53,
    key: zone,
    algorithm: 'hmac-sha512',
    checkName: `NAME.${zone}`,
  };
}

/** The first steps pass, then these findings come. */
function builder(zone: string, findings: readonly Finding[]): ZoneReportBuilder {
  const report = new ZoneReportBuilder(subjectOf(zone), 'NAME', 'RANDOM12');
  report.passed('connection', 'It answers over TCP.');
  report.passed('key', 'The key is accepted.');
  report.passed('zone', 'It is authoritative.');
  report.found(findings);
  return report;
}

const well = builder('well.test.', []).finish();
const drifting = builder('drifting.test.', [{ code: 'clock-drift', aheadSeconds: 75 }]).finish();
const refused = builder('refused.test.', [{ code: 'update-refused', rcode: 'REFUSED' }]).finish();
const silent = builder('silent.test.', [{ code: 'no-answer', operation: 'query' }]).finish();
const absent = builder('absent.test.', [{ code: 'unreachable', reason: 'ECONNREFUSED' }]).finish();

test('the worst step decides over the zone', () => {
  assert.deepEqual(
    [well, drifting, refused, silent].map(({ status }) => status),
    ['passed', 'warning', 'failed', 'failed'],
  );
  assert.deepEqual(
    drifting.steps.map(({ step, status }) => `${step} ${status}`),
    ['connection passed', 'key passed', 'zone passed', 'clock warning', 'update skipped', 'nameservers skipped'],
  );
  assert.equal(hasPassed({ zones: [well, drifting] }), true);
  assert.equal(hasPassed({ zones: [well, refused] }), false);
});

test('a finding is shown in the step where it came up, when that is told', () => {
  const report = builder('late.test.', []);
  report.found([{ code: 'no-answer', operation: 'update' }], 'update');
  const { steps } = report.finish();
  assert.deepEqual(
    steps.filter(({ status }) => status === 'failed').map(({ step }) => step),
    ['update'],
  );
});

test('the status comes from the first error of the first zone that failed, warnings aside', () => {
  assert.equal(reportStatus({ zones: [well, drifting] }), 200);
  assert.equal(reportStatus({ zones: [drifting, refused, silent] }), 502);
  assert.equal(reportStatus({ zones: [absent, refused] }), 503);
  assert.equal(reportStatus({ zones: [silent, absent] }), 504);
});

test('the HTTP server gets a fault of the same status', () => {
  const faultOf = (...zones: Report['zones']) => seedCheckReport({ zones }).fault?.code;
  assert.equal(faultOf(well), undefined);
  assert.equal(faultOf(refused), undefined);
  assert.equal(faultOf(absent), 'unreachable');
  assert.equal(faultOf(silent), 'timeout');
  assert.equal(seedCheckReport({ zones: [drifting] }).passed, true);
  assert.equal(seedCheckReport({ zones: [refused] }).passed, false);
});

test("the original's line, to the letter, and one line for each zone that fails", () => {
  const lines = seedCheckLines({ zones: [well, drifting, refused] });
  const passed = (zone: string) =>
    `INFO: The update check passed: A TXT record 'NAME' with the content 'RANDOM12' could be updated on the zone '${zone}'.`;
  assert.deepEqual(lines.slice(0, 2), [passed('well.test.'), passed('drifting.test.')]);
  assert.match(
    lines[2] ?? '',
    /^CHECK_ERROR: The update check of the zone 'refused\.test\.' failed: The nameserver 192\.0\.2\.53 .*REFUSED\. Allow the key/,
  );
  assert.equal(lines.length, 3);
});

test('warnings have their own lines, also those of a zone that failed', () => {
  const both = builder('both.test.', [{ code: 'clock-drift', aheadSeconds: 75 }, { code: 'update-servfail' }]).finish();
  assert.deepEqual(
    warningLines({ zones: [well, refused, drifting, both] }).map((line) => line.slice(0, 38)),
    ["WARNING: The zone 'drifting.test.': The", "WARNING: The zone 'both.test.': The cl"].map((line) =>
      line.slice(0, 38),
    ),
  );
});

test('a report is data: JSON carries all of it, with the words', () => {
  const { zones } = JSON.parse(JSON.stringify({ zones: [drifting] })) as Report;
  assert.deepEqual(zones, [drifting]);
  const [finding] = findingsOf(drifting);
  assert.ok(finding);
  assert.deepEqual(Object.keys(finding).sort(), ['aheadSeconds', 'cause', 'code', 'remedy', 'severity']);
});

test('at a terminal: every step with a sign and a word, and what to do', () => {
  const text = reportText({ zones: [well, refused] }, (_emphasis, part) => part);
  assert.equal(
    text,
    `well.test.  192.0.2.53 port 53, key well.test. (hmac-sha512)
  ✓ passed  connection   It answers over TCP.
  ✓ passed  key          The key is accepted.
  ✓ passed  zone         It is authoritative.
  - skipped clock
  - skipped update
  - skipped nameservers

refused.test.  192.0.2.53 port 53, key refused.test. (hmac-sha512)
  ✓ passed  connection   It answers over TCP.
  ✓ passed  key          The key is accepted.
  ✓ passed  zone         It is authoritative.
  - skipped clock
  ✗ failed  update       The nameserver 192.0.2.53 lets the key refused.test. ask, but not change
                         the zone refused.test.: it answers the update with REFUSED.
                         → Allow the key to change the zone: update-policy or allow-update on BIND;
                           an acl with the key and action update on Knot; dnsupdate=yes,
                           allow-dnsupdate-from and TSIG-ALLOW-DNSUPDATE on PowerDNS.
  - skipped nameservers

Updates do not work in 1 of 2 zones.
`,
  );
});

test('the last line at a terminal', () => {
  const lastLine = (...zones: Report['zones']) =>
    reportText({ zones }, (emphasis, part) => `<${emphasis}>${part}`)
      .trimEnd()
      .split('\n')
      .at(-1);
  assert.equal(lastLine(well), '<good>Updates work in the zone.');
  assert.equal(lastLine(well, drifting), '<good>Updates work in all 2 zones; 1 zone with a warning.');
  assert.equal(lastLine(refused, silent), '<bad>Updates do not work in 2 of 2 zones.');
});

/** A zone that is hosted here, with some of the steps and these findings. */
function hosted(findings: readonly AnyFinding[], isDatabaseSeen = true): HostedZoneReport {
  const ledger = hostedLedger(() => subjectOf('ours.test.'));
  ledger.passed('service', 'It runs, and answers at 127.0.0.1 port 5300.');
  if (isDatabaseSeen) ledger.passed('database', 'dyndns.db can be written, is sound, and its disk has 12.4 GiB free.');
  ledger.passed('key', 'It has none, so nobody changes the zone by DNS.');
  ledger.skipped('update', 'Not tried, as the zone has no key.');
  ledger.passed('delegation', 'test. delegates it to ns1.ours.test., as the zone has it.');
  ledger.found(findings);
  const parentRecords = [
    { owner: 'ours.test.', type: 'NS', value: 'ns1.ours.test.' },
    { owner: 'ns1.ours.test.', type: 'A', value: '192.0.2.53' },
  ] as const;
  return {
    primary: 'embedded',
    zone: 'ours.test.',
    ...ledger.finish(),
    serial: 1_795_654_434,
    parentRecords,
    nameservers: [],
  };
}

const listening = { code: 'listens-locally', places: ['127.0.0.1 port 5300'] } as const;

test('a hint spoils nothing, and is told without a warning', () => {
  const report = hosted([listening]);
  assert.equal(report.status, 'passed');
  const { lines, passed } = seedCheckReport({ zones: [report] });
  assert.equal(passed, true);
  assert.deepEqual(
    lines.map((line) => line.slice(0, 55)),
    [
      "INFO: The update check passed: The zone 'ours.test.' is",
      "INFO: The zone 'ours.test.': It answers at 127.0.0.1 po",
      "INFO: The zone above 'ours.test.' needs these records: ",
    ],
  );
  assert.equal(hostedLines({ zones: [well] }).length, 0);
});

test('of a database that was not seen nothing is said but that', () => {
  const hidden = hosted([{ code: 'database-hidden', path: 'dyndns.db' }], false);
  const [unseen, seen] = seedCheckLines({ zones: [hidden, hosted([])] });
  assert.match(unseen ?? '', / is hosted here, and its database was not seen, so nothing is known of it\.$/);
  assert.match(seen ?? '', / is hosted here, and its database takes changes\.$/);
});

test('/check tells the warnings of zones that are hosted here, and of no others', () => {
  const report = hosted([{ code: 'not-delegated', parent: 'test.' }]);
  const { lines } = seedCheckReport({ zones: [drifting, report] });
  assert.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['INFO', 'INFO', 'WARNING', 'INFO'],
  );
});

test('a service that does not run is 503', () => {
  const report = hosted([{ code: 'service-not-running', places: ['127.0.0.1 port 5300'] }]);
  assert.equal(reportStatus({ zones: [report] }), 503);
  assert.match(seedCheckLines({ zones: [report] })[0] ?? '', /^CHECK_ERROR: .*The service is not running/);
});

test('at a terminal: a zone of our own, and the records for the zone above, to be copied', () => {
  assert.equal(
    reportText({ zones: [hosted([listening])] }, (_emphasis, part) => part),
    `ours.test.  hosted here, serial 1795654434
  ✓ passed  service      It runs, and answers at 127.0.0.1 port 5300.
  ✓ passed  database     dyndns.db can be written, is sound, and its disk has 12.4 GiB free.
  ✓ passed  key          It has none, so nobody changes the zone by DNS.
  - skipped update       Not tried, as the zone has no key.
  i hint    reach        It answers at 127.0.0.1 port 5300, where only this machine can ask: just
                         right for trying it out.
                         → When the world shall find ours.test. here, give dns.listen this machine's
                           address and port 53. docs/operator/embedded.md leads there.
  ✓ passed  delegation   test. delegates it to ns1.ours.test., as the zone has it.
  - skipped secondaries

  The zone above needs these records:

    ours.test.      NS    ns1.ours.test.
    ns1.ours.test.  A     192.0.2.53

Updates work in the zone.
`,
  );
});
