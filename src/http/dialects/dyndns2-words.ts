import type { Fault } from '../../updates/fault.ts';
import { isChanged, type NameOutcome } from '../../updates/outcome.ts';
import type { Admission } from '../admission.ts';
import type { Answer } from '../answer.ts';
import { faultStatus } from '../status.ts';

/**
 * The words of dyndns2, as clients match them: some the whole body, some the beginning of a line, some any part of the text. So a body is
 * these words and nothing else, without a newline at its end, and none of them stands in any other text of the dialect.
 */
export type Word = 'nohost' | 'notfqdn' | 'numhost' | 'badauth' | 'abuse' | 'dnserr' | '911';

/** Seconds after which trying again is no nuisance. */
const retryAfterSeconds = 60;

/** One line of an answer. */
export interface Line {
  readonly text: string;
  /** Where waiting helps. */
  readonly retryAfterSeconds?: number;
}

export function wordLine(word: Word): Line {
  return word === '911' ? { text: word, retryAfterSeconds } : { text: word };
}

/** @param values  addresses and prefix that the name has now; @param isElsewhereChanged  whether what follows it has changed */
export function outcomeLine(outcome: NameOutcome, values: readonly string[], isElsewhereChanged: boolean): Line {
  if (outcome.kind === 'failed') return faultLine(outcome.fault);
  const word = isChanged(outcome) || isElsewhereChanged ? 'good' : 'nochg';
  return { text: values.length === 0 ? word : `${word} ${values.join(',')}` };
}

export function faultLine(fault: Fault): Line {
  switch (fault.code) {
    case 'unknown-zone':
    case 'not-permitted':
    case 'too-many-names':
    case 'static':
      return { text: 'nohost' };
    case 'throttled':
      return { text: '911', retryAfterSeconds: fault.retryAfterSeconds };
    case 'contested':
      return { text: '911', retryAfterSeconds };
    case 'unconfirmed':
      return { text: '911', retryAfterSeconds };
    case 'alias':
    case 'over-limit':
    case 'version-mismatch':
    case 'not-stored':
    case 'too-large':
    case 'busy':
    case 'unreachable':
    case 'disconnected':
    case 'timeout':
    case 'not-dns':
    case 'unproven':
    case 'unknown-key':
    case 'wrong-signature':
    case 'clock-skew':
    case 'refused':
    case 'not-authoritative':
    case 'not-applied':
    case 'unsuitable-address':
      return faultStatus(fault) >= 503 ? { text: '911', retryAfterSeconds } : { text: 'dnserr' };
  }
}

/** One line for each host, in order; what is the matter with all of them alike is told once, and with 503 where waiting helps. */
export function linesAnswer(lines: readonly Line[]): Answer {
  if (!lines.every(({ text }) => text === '911'))
    return { status: 200, text: lines.map(({ text }) => text).join('\n') };
  const waits = lines.map((line) => line.retryAfterSeconds ?? retryAfterSeconds);
  return { status: 503, text: '911', retryAfterSeconds: Math.max(...waits) };
}

/** GNU wget and uclient-fetch send their password only after they have been asked for it. */
export const unauthorised: Answer = {
  status: 401,
  text: 'badauth',
  headers: { 'www-authenticate': 'Basic realm="dyndns", charset="UTF-8"' },
};

export function admissionAnswer({ reason, refusal }: Extract<Admission, { kind: 'refused' }>): Answer {
  switch (reason) {
    case 'blocked':
      return { status: 200, text: 'abuse' };
    case 'guessing':
      return { status: 503, text: '911', retryAfterSeconds: refusal.retryAfterSeconds ?? retryAfterSeconds };
    case 'prefetch':
    case 'several-headers':
      return { status: refusal.status, text: refusal.text };
    case 'contradiction':
    case 'wrong':
    case 'expired':
    case 'revoked':
    case 'network':
    case 'plain-http':
      return unauthorised;
  }
}
