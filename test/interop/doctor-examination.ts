import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { Name } from '../../src/dns/name.ts';
import { checkLabel } from '../../src/doctor/check-record.ts';
import { type DoctorTools, examineZone } from '../../src/doctor/examine-zone.ts';
import type { FindingCode } from '../../src/doctor/finding.ts';
import { defaultDoctorLimits } from '../../src/doctor/limits.ts';
import { type ExplainedFinding, findingsOf, type ZoneReport } from '../../src/doctor/report.ts';
import type { ExternalZoneDescription } from '../../src/primary/primary-pool.ts';
import { systemClock } from '../../src/updates/clock.ts';
import type { NameserverUnderTest } from '../support/nameserver/primary-server.ts';
import type { TestKey } from '../support/test-key.ts';

/** A zone as a configuration would describe it. */
export function describeZone(port: number, zone: string, key: TestKey): ExternalZoneDescription {
  const { name, algorithm, secret } = key;
  return {
    name: Name.parse(zone),
    primary: {
      kind: 'rfc2136',
      nameserver: '127.0.0.1',
      port,
      key: { name: Name.parse(name), algorithm, secret: Buffer.from(secret, 'base64') },
    },
  };
}

/**
 * Examines a zone as `dyndns check` does, with nameservers that listen where the zone's primary does unless told otherwise.
 *
 * Failures of a nameserver to answer are meant to be waited out, so the deadlines are short; those that a healthy one must
 * keep are as they are.
 */
export function examine(zone: ExternalZoneDescription, tools: Partial<DoctorTools> = {}): Promise<ZoneReport> {
  return examineZone(zone, { ...testTools(zone), ...tools });
}

export function testTools({ primary }: ExternalZoneDescription): DoctorTools {
  return {
    clock: systemClock,
    randomOctets: randomBytes,
    resolveAddresses: () => Promise.resolve([]),
    findNameservers: () => Promise.resolve({ kind: 'none' }),
    nameserverPort: () => primary.port,
    limits: defaultDoctorLimits,
    signal: new AbortController().signal,
  };
}

/** A clock that differs from the machine's, and thus from every nameserver's on it. */
export function clockAhead(seconds: number) {
  return { ...systemClock, unixSeconds: () => systemClock.unixSeconds() + seconds };
}

/** The one finding of this code; its words have to match. */
export function expectFinding(report: ZoneReport, code: FindingCode, ...words: readonly RegExp[]): ExplainedFinding {
  const findings = findingsOf(report);
  const finding = findings.find((each) => each.code === code);
  assert.ok(finding, `no ${code}, but ${JSON.stringify(findings, undefined, 2)}`);
  for (const pattern of words) assert.match(`${finding.cause} ${finding.remedy}`, pattern);
  return finding;
}

/** The only finding of the report. */
export function expectOnly(report: ZoneReport, code: FindingCode, ...words: readonly RegExp[]): ExplainedFinding {
  const finding = expectFinding(report, code, ...words);
  assert.deepEqual(
    findingsOf(report).map((each) => each.code),
    [code],
  );
  return finding;
}

/** No finding at all. */
export function expectHealth(report: ZoneReport): void {
  assert.deepEqual(findingsOf(report), []);
  assert.equal(report.status, 'passed');
  assert.ok(report.steps.every(({ status }) => status === 'passed'));
}

/** Nothing of the check stays in the zone. */
export async function expectNothingLeft(nameserver: NameserverUnderTest, zone: string): Promise<void> {
  assert.deepEqual(await nameserver.values(`${checkLabel}.${zone}`, 'TXT'), []);
}
