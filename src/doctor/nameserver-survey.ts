import { setTimeout as delay } from 'node:timers/promises';

import { Class, Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import { isTold, lineFinding } from './answer.ts';
import type { Finding } from './finding.ts';
import { findAllAddresses, type ResolveAddresses } from './nameserver-addresses.ts';
import type { Questioner } from './questioner.ts';
import { askSerial, isSerialAtLeast, type SerialAnswer } from './serial-question.ts';

export interface SurveySubject {
  readonly zone: Name;
  /** The primary's serial after the last change. */
  readonly primarySerial: number;
  readonly resolveAddresses: ResolveAddresses;
  /** The port that a nameserver of the zone answers at: 53, save in tests. */
  readonly nameserverPort: (name: Name, address: string) => number;
  readonly freshId: () => number;
  /** How long a nameserver may take over one question. */
  readonly answerTimeoutMs: number;
  /** How long a secondary may take to catch up. */
  readonly propagationMs: number;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
}

/** One address of one nameserver of the zone. */
export interface SurveyedNameserver {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly answer: SerialAnswer;
}

export interface Survey {
  readonly nameservers: readonly SurveyedNameserver[];
  readonly findings: readonly Finding[];
}

/** A zone with more nameservers than this is not looked at to the last. */
const maxNameservers = 32;
const firstPauseMs = 100;
const longestPauseMs = 1_000;

/** Asks the primary which nameservers the zone has, and each of them, at all its addresses, for its serial. */
export async function surveyNameservers(questioner: Questioner, subject: SurveySubject): Promise<Survey> {
  const { zone, resolveAddresses } = subject;
  const answer = await questioner.query(zone, Type.NS);
  if (!isTold(answer)) return { nameservers: [], findings: [lineFinding(answer, 'query')] };
  const { answers, additionals } = answer.message;
  const names = answers
    .flatMap((record) =>
      record.rdata.kind === 'NS' && record.class === Class.IN && record.name.equals(zone) ? [record.rdata.target] : [],
    )
    .slice(0, maxNameservers);
  const findings: Finding[] = [];
  const places: { readonly name: Name; readonly address: string }[] = [];
  for (const [name, addresses] of await findAllAddresses(questioner, names, additionals, resolveAddresses)) {
    if (addresses.length === 0) findings.push({ code: 'nameserver-without-address', name: name.toString() });
    for (const address of addresses) places.push({ name, address });
  }
  const deadlineMs = subject.monotonicMs() + subject.propagationMs;
  const nameservers = await Promise.all(places.map((place) => askUntilCurrent(place, deadlineMs, subject)));
  findings.push(...nameservers.flatMap((nameserver) => judgeNameserver(nameserver, subject.primarySerial) ?? []));
  return { nameservers, findings };
}

/** A secondary learns of a change a moment after it; so one that lags is asked again for a while. */
async function askUntilCurrent(
  { name, address }: { readonly name: Name; readonly address: string },
  deadlineMs: number,
  subject: SurveySubject,
): Promise<SurveyedNameserver> {
  const { zone, primarySerial, freshId, answerTimeoutMs: timeoutMs, monotonicMs, signal } = subject;
  const port = subject.nameserverPort(name, address);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const answer = await askSerial({ address, port }, zone, { freshId, timeoutMs });
    const lags = answer.kind === 'serial' && !isSerialAtLeast(answer.serial, primarySerial);
    if (!lags || signal.aborted || monotonicMs() + pauseMs > deadlineMs)
      return { name: name.toString(), address, port, answer };
    await delay(pauseMs);
  }
}

export function judgeNameserver(
  { name, address, answer }: SurveyedNameserver,
  primarySerial: number,
): Finding | undefined {
  switch (answer.kind) {
    case 'serial': {
      const { serial } = answer;
      if (isSerialAtLeast(serial, primarySerial)) return undefined;
      return { code: 'nameserver-lags', name, address, serial, primarySerial };
    }
    case 'silent':
      return { code: 'nameserver-silent', name, address };
    case 'lame':
      return { code: 'nameserver-lame', name, address, answer: answer.answer };
  }
}
