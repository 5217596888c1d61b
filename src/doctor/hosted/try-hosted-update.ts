import { Type } from '../../dns/codes.ts';
import { NameSyntaxError } from '../../dns/errors.ts';
import type { Name } from '../../dns/name.ts';
import type { TsigKey } from '../../dns/tsig.ts';
import type { Endpoint } from '../../primary/rfc2136/connection.ts';
import { rcodeWords } from '../answer.ts';
import { checkLabel } from '../check-record.ts';
import { type DoctorTools, freshId } from '../examine-zone.ts';
import type { AnyFinding } from '../finding.ts';
import { Questioner } from '../questioner.ts';
import { tryUpdate } from '../update-trial.ts';

/** The name that the check writes to; undefined where the zone's own name leaves no room for one below it. */
export function checkNameOf(zone: Name): Name | undefined {
  try {
    return zone.prepend(checkLabel);
  } catch (error) {
    if (error instanceof NameSyntaxError) return undefined;
    throw error;
  }
}

export interface HostedTrial {
  readonly zone: Name;
  readonly checkName: Name;
  readonly key: TsigKey;
  readonly content: string;
  /** Where the service answers. */
  readonly place: Endpoint;
}

/** Tries an update as on any nameserver: a record is added, read back, and removed. */
export async function tryHostedUpdate(
  { zone, checkName, key, content, place }: HostedTrial,
  { clock, limits, randomOctets }: DoctorTools,
): Promise<readonly AnyFinding[]> {
  const { connectTimeoutMs, answerTimeoutMs, examinationMs, appearanceMs, removalMs } = limits;
  await using questioner = new Questioner({
    endpoint: place,
    key,
    clock,
    connectTimeoutMs,
    answerTimeoutMs,
    examinationMs,
    freshId: () => freshId(randomOctets),
  });
  const signed = await questioner.query(zone, Type.SOA);
  if (signed.kind === 'tsig-error')
    return [{ code: 'key-not-in-force', key: key.name.toString(), answer: rcodeWords(signed) }];
  return await tryUpdate(questioner, {
    zone,
    checkName,
    content,
    appearanceMs,
    removalMs,
    monotonicMs: () => clock.monotonicMs(),
    diagnoseRefusal: (answer) => Promise.resolve({ code: 'change-refused', rcode: rcodeWords(answer) }),
  });
}
