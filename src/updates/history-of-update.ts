import { type Asker, credentialLabel } from './asker.ts';
import { explainFault, type Fault } from './fault.ts';
import type { SkippedName } from './expansion.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { Hostname } from './hostname.ts';
import type { NameOutcome } from './outcome.ts';
import type { UpdateRequest } from './request.ts';

/** Whose update it is, when, and what the asker should know of it. */
export interface UpdateCircumstances extends Pick<UpdateRequest, 'dialect' | 'asker' | 'warnings'> {
  /** Unix time in milliseconds. */
  readonly atMs: number;
}

/** One entry for each RRset whose values are other ones now. */
export function changedEntries(outcomes: readonly NameOutcome[], circumstances: UpdateCircumstances): HistoryEntry[] {
  const detail = circumstances.warnings?.length ? circumstances.warnings.join('; ') : undefined;
  return outcomes.flatMap((outcome) => {
    if (outcome.kind === 'failed') return [];
    return outcome.records.flatMap(({ type, before, after, changed }) =>
      changed
        ? [{ ...common(outcome.hostname, circumstances), type, outcome: 'changed' as const, before, after, detail }]
        : [],
    );
  });
}

/** What was asked for and is not so; undefined where whoever asks has no business with the name. */
export function failedEntry(
  hostname: Hostname,
  fault: Fault,
  circumstances: UpdateCircumstances,
): HistoryEntry | undefined {
  switch (fault.code) {
    case 'unknown-zone':
    case 'not-permitted':
    case 'too-many-names':
    case 'version-mismatch':
      return undefined;
    default:
      return { ...common(hostname, circumstances), outcome: 'failed', detail: explainFault(fault).cause };
  }
}

/** What was asked for and came to nothing before anything was asked of its zone. @param why  a sentence, or several */
export function turnedAwayEntry(hostname: Hostname, why: string, circumstances: UpdateCircumstances): HistoryEntry {
  return { ...common(hostname, circumstances), outcome: 'failed', detail: why };
}

export function skippedEntry({ hostname, why }: SkippedName, circumstances: UpdateCircumstances): HistoryEntry {
  return { ...common(hostname, circumstances), outcome: 'skipped', detail: why };
}

export function notedEntry(hostname: Hostname, detail: string, circumstances: UpdateCircumstances): HistoryEntry {
  return { ...common(hostname, circumstances), outcome: 'noted', detail };
}

function common(name: Hostname, { asker, dialect, atMs }: UpdateCircumstances) {
  return { name, type: 0, atMs, before: [], after: [], ...origin(asker), dialect };
}

function origin({ credential, source }: Asker) {
  return { credential: credentialLabel(credential), source: source?.text };
}
