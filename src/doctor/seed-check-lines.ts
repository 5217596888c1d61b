import type { Fault } from '../updates/fault.ts';
import { findingsOf, hasPassed, type Report, reportStatus, type ZoneReport } from './report.ts';

/** One line a zone in the original's words; what is wrong, and what to do, for one that failed. */
export function seedCheckLines({ zones }: Report): readonly string[] {
  return zones.map(seedCheckLine);
}

function seedCheckLine(report: ZoneReport): string {
  const { status, zone, label, content } = report;
  if (status !== 'failed')
    return `INFO: The update check passed: A TXT record '${label}' with the content '${content}' could be updated on the zone '${zone}'.`;
  const errors = findingsOf(report).filter(({ severity }) => severity === 'error');
  return `CHECK_ERROR: The update check of the zone '${zone}' failed: ${errors.map(words).join(' ')}`;
}

/** A zone that is hosted here has no other nameserver that could be examined. */
export function hostedZoneLine(zone: string): string {
  return `INFO: The zone '${zone}' is on the built-in nameserver, which this check does not examine yet.`;
}

/** The warnings, one line each, in the same manner; the original had none. */
export function warningLines({ zones }: Report): readonly string[] {
  return zones.flatMap((report) =>
    findingsOf(report)
      .filter(({ severity }) => severity === 'warning')
      .map((finding) => `WARNING: The zone '${report.zone}': ${words(finding)}`),
  );
}

function words({ cause, remedy }: { readonly cause: string; readonly remedy: string }): string {
  return `${cause} ${remedy}`;
}

/** The report as the HTTP server wants it: the lines, and the fault that decides over the status. */
export function seedCheckReport(report: Report): {
  readonly lines: readonly string[];
  readonly passed: boolean;
  readonly fault?: Fault;
} {
  const lines = seedCheckLines(report);
  const nameserver = report.zones.find(({ status }) => status === 'failed')?.nameserver ?? '';
  switch (reportStatus(report)) {
    case 503:
      return { lines, passed: false, fault: { code: 'unreachable', nameserver, reason: 'the check found it so' } };
    case 504:
      return { lines, passed: false, fault: { code: 'timeout', nameserver } };
    case 502:
    case 200:
      return { lines, passed: hasPassed(report) };
  }
}
