import { setTimeout as delay } from 'node:timers/promises';

import type { Name } from '../../dns/name.ts';
import type { Endpoint } from '../../primary/rfc2136/connection.ts';
import type { Questioning } from '../plain-question.ts';
import { askSerial, isSerialAtLeast, type SerialAnswer } from '../serial-question.ts';
import type { HostedFinding } from './hosted-finding.ts';
import type { DescribedNameserver } from './hosted-zone-description.ts';

export interface SecondariesSubject {
  readonly zone: Name;
  /** The zone's nameservers but for the primary, with all addresses that are known. */
  readonly nameservers: readonly DescribedNameserver[];
  /** Who is told of changes, whether the zone names them or not. */
  readonly notify: readonly Endpoint[];
  readonly ownSerial: number;
  readonly nameserverPort: (name: string, address: string) => number;
  readonly questioning: Questioning;
  /** How long a secondary may take to catch up. */
  readonly propagationMs: number;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
}

/** One address of one secondary. */
export interface AskedSecondary {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly answer: SerialAnswer;
}

export interface SecondariesLook {
  readonly secondaries: readonly AskedSecondary[];
  readonly findings: readonly HostedFinding[];
}

const firstPauseMs = 100;
const longestPauseMs = 1_000;

/** Asks every secondary, at all its addresses, whether it has the zone, and how far it has followed. */
export async function examineSecondaries(subject: SecondariesSubject): Promise<SecondariesLook> {
  const { nameservers, nameserverPort, notify, monotonicMs, propagationMs } = subject;
  const named = nameservers.flatMap(({ name: each, addresses }) => {
    const name = each.toString();
    return addresses.map((address) => ({ name, address, port: nameserverPort(name, address) }));
  });
  const isNamed = (place: Endpoint) =>
    named.some(({ address, port }) => address === place.address && port === place.port);
  const told = notify
    .filter((place) => !isNamed(place))
    .map(({ address, port }) => ({ name: 'of dns.notify', address, port }));
  const deadlineMs = monotonicMs() + propagationMs;
  const secondaries = await Promise.all(
    [...named, ...told].map(async ({ name, address, port }) => {
      const answer = await askUntilCurrent({ address, port }, deadlineMs, subject);
      return { name, address, port, answer };
    }),
  );
  const homeless = nameservers.filter(({ addresses }) => addresses.length === 0);
  return {
    secondaries,
    findings: [
      ...homeless.map(({ name }) => ({ code: 'secondary-without-address' as const, name: name.toString() })),
      ...secondaries.flatMap((secondary) => judgeSecondary(secondary, subject.ownSerial) ?? []),
    ],
  };
}

/** A secondary learns of a change a moment after it; so one that is behind is asked again for a while. */
async function askUntilCurrent(
  place: Endpoint,
  deadlineMs: number,
  { zone, ownSerial, questioning, monotonicMs, signal }: SecondariesSubject,
): Promise<SerialAnswer> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const answer = await askSerial(place, zone, questioning);
    const isBehind = answer.kind === 'serial' && !isSerialAtLeast(answer.serial, ownSerial);
    if (!isBehind || signal.aborted || monotonicMs() + pauseMs > deadlineMs) return answer;
    await delay(pauseMs);
  }
}

export function judgeSecondary(
  { name, address, answer }: Pick<AskedSecondary, 'name' | 'address' | 'answer'>,
  ownSerial: number,
): HostedFinding | undefined {
  switch (answer.kind) {
    case 'serial': {
      const { serial } = answer;
      if (isSerialAtLeast(serial, ownSerial)) return undefined;
      return { code: 'secondary-behind', name, address, serial, ownSerial, changes: (ownSerial - serial) >>> 0 };
    }
    case 'silent':
      return { code: 'secondary-silent', name, address, reason: answer.reason };
    case 'lame':
      return { code: 'secondary-lame', name, address, answer: answer.answer };
  }
}
