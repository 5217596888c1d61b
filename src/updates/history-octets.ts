import { Name } from '../dns/name.ts';
import type { HistoryEntry } from './history-entry.ts';

/** How an entry of the history is kept: its name and time are beside it, the rest is this. */

/** Raised when the form changes; what is older is still read. */
const form = 1;

const outcomes: readonly HistoryEntry['outcome'][] = ['changed', 'failed', 'skipped', 'noted'];

export interface HistoryOctets {
  /** On the wire, in lower case. */
  readonly name: Uint8Array;
  /** Unix time in milliseconds. */
  readonly atMs: number;
  /** Whether nothing has changed by what it tells of. */
  readonly isAttempt: boolean;
  readonly body: Uint8Array;
}

/** The form, the outcome, 2 octets of type, and the texts as JSON in UTF-8. */
export function historyOctets(entry: HistoryEntry): HistoryOctets {
  const { name, type, atMs, outcome, before, after, credential, dialect, source, detail } = entry;
  const texts: unknown[] = [credential, dialect, before, after];
  if (source !== undefined || detail !== undefined) texts.push(source ?? null);
  if (detail !== undefined) texts.push(detail);
  const json = JSON.stringify(texts);
  const body = new Uint8Array(4 + json.length * 3);
  const { written } = encoder.encodeInto(json, body.subarray(4));
  body.set([form, outcomes.indexOf(outcome), type >> 8, type & 0xff]);
  return {
    name: name.toLowerCase().wire,
    atMs,
    isAttempt: outcome === 'failed' || outcome === 'skipped',
    body: body.subarray(0, 4 + written),
  };
}

/** @returns undefined for octets that are no entry in a form that is known */
export function historyEntry({ name, atMs, body }: Omit<HistoryOctets, 'isAttempt'>): HistoryEntry | undefined {
  const [itsForm, outcomeIndex = -1, high = 0, low = 0] = body;
  const outcome = outcomes[outcomeIndex];
  if (itsForm !== form || !outcome) return undefined;
  try {
    const texts: unknown = JSON.parse(decoder.decode(body.subarray(4)));
    if (!Array.isArray(texts)) return undefined;
    const [credential, dialect, before, after, source, detail] = texts as unknown[];
    if (typeof credential !== 'string' || typeof dialect !== 'string' || !areTexts(before) || !areTexts(after))
      return undefined;
    return {
      name: Name.fromWire(name),
      type: (high << 8) | low,
      atMs,
      outcome,
      before,
      after,
      credential,
      dialect,
      source: typeof source === 'string' ? source : undefined,
      detail: typeof detail === 'string' ? detail : undefined,
    };
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
