import type { Fault } from '../updates/fault.ts';
import type { Severity } from './classification.ts';
import { type AnyZoneReport, findingsOf, hasPassed, type Report, reportStatus } from './report.ts';

/** One line a zone in the original's words; what is wrong, and what to do, for one that failed. */
export function seedCheckLines({ zones }: Report): readonly string[] {
  return zones.map(seedCheckLine);
}

function seedCheckLine(report: AnyZoneReport): string {
  const { status, zone, label, content } = report;
  if (status !== 'failed') {
    const passed = 'INFO: The update check passed:';
    // A zone of our own without a key is not changed by DNS.
    if (label === undefined || content === undefined)
      return `${passed} The zone '${zone}' is hosted here, and ${databaseWords(report)}.`;
    return `${passed} A TXT record '${label}' with the content '${content}' could be updated on the zone '${zone}'.`;
  }
  const errors = findingsOf(report).filter(({ severity }) => severity === 'error');
  return `CHECK_ERROR: The update check of the zone '${zone}' failed: ${errors.map(words).join(' ')}`;
}

/** The step has a note where the database was seen. */
function databaseWords({ steps }: AnyZoneReport): string {
  const wasSeen = steps.some(({ step, note }) => step === 'database' && note !== undefined);
  return wasSeen ? 'its database takes changes' : 'its database was not seen, so nothing is known of it';
}

/** The warnings, one line each, in the same manner; the original had none. */
export function warningLines({ zones }: Report): readonly string[] {
  return zones.flatMap((report) => linesOf(report, 'warning', 'WARNING'));
}

/** What else is to be said of zones that are hosted here: hints, and what the zone above needs. */
export function hostedLines({ zones }: Report): readonly string[] {
  return zones.flatMap((report) => {
    if (report.primary !== 'embedded') return [];
    const records = report.parentRecords.map(({ owner, type, value }) => `${owner} ${type} ${value}`);
    const needs = `INFO: The zone above '${report.zone}' needs these records: ${records.join('; ')}`;
    return [...linesOf(report, 'hint', 'INFO'), ...(records.length > 0 ? [needs] : [])];
  });
}

function linesOf(report: AnyZoneReport, wanted: Severity, word: string): readonly string[] {
  return findingsOf(report)
    .filter(({ severity }) => severity === wanted)
    .map((finding) => `${word}: The zone '${report.zone}': ${words(finding)}`);
}

function words({ cause, remedy }: { readonly cause: string; readonly remedy: string }): string {
  return `${cause} ${remedy}`;
}

/**
 * The report as the HTTP server wants it: the lines, and the fault that decides over the status.
 *
 * Of zones on other nameservers there is one line each, as the original had it; of zones of our own, all that was found.
 */
export function seedCheckReport(report: Report): {
  readonly lines: readonly string[];
  readonly passed: boolean;
  readonly fault?: Fault;
} {
  const hosted = { zones: report.zones.filter(({ primary }) => primary === 'embedded') };
  const lines = [...seedCheckLines(report), ...warningLines(hosted), ...hostedLines(hosted)];
  const failed = report.zones.find(({ status }) => status === 'failed');
  const nameserver = failed?.primary === 'rfc2136' ? failed.nameserver : 'built in';
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
