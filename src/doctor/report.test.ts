import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Subject } from './explain.ts';
import type { Finding } from './finding.ts';
import { findingsOf, hasPassed, type Report, reportStatus, ZoneReportBuilder } from './report.ts';
import { reportText } from './report-text.ts';
import { seedCheckLines, seedCheckReport, warningLines } from './seed-check-lines.ts';

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
