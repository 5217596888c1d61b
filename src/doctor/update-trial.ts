import { setTimeout as delay } from 'node:timers/promises';

import { Rcode, rcodeName, Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { UpdateOperation } from '../dns/update.ts';
import { isTold, lineFinding, rcodeWords, type Told } from './answer.ts';
import { checkContents, contentRdata, includesContent, type NameReading, readName } from './check-record.ts';
import type { AnyFinding } from './finding.ts';
import type { Questioner } from './questioner.ts';

/** What is written where, and the time that it may take. */
export interface UpdateTrialSubject {
  readonly zone: Name;
  readonly checkName: Name;
  readonly content: string;
  /** How long the record may take to show after the nameserver has said NOERROR. */
  readonly appearanceMs: number;
  /** How long at the most any check leaves its record standing, and tries to remove it. */
  readonly removalMs: number;
  readonly monotonicMs: () => number;
  /** Finds out what lies behind an answer to the update that is not NOERROR. */
  readonly diagnoseRefusal: (answer: Told) => Promise<AnyFinding>;
}

/** The record is remembered by nobody, and its TTL is the same for all checks, since they share an RRset. */
const ttlSeconds = 1;
const pollEveryMs = 100;

/**
 * Writes a TXT record with random content to the check's name, reads it back, removes it, and sees that it is gone.
 *
 * Checks that run at the same time share the name, not the record: each adds its own value and removes that value alone
 * (RFC 2136 §2.5.1, §2.5.4), and looks for no other. Whatever goes wrong after the update has been sent, the removal is
 * tried until it is seen to have worked. What a killed check has left is removed by the next, once it has stood longer than
 * any living check leaves it.
 */
export async function tryUpdate(questioner: Questioner, subject: UpdateTrialSubject): Promise<readonly AnyFinding[]> {
  const before = await look(questioner, subject);
  if (before.kind === 'ill') return [before.finding];
  const written = await write(questioner, subject, before.aliasTarget);
  if (written.kind === 'refused') return [written.finding];
  const startedMs = subject.monotonicMs();
  let shown: Shown = { findings: written.kind === 'unknown' ? [written.finding] : [], others: [] };
  let removed: readonly AnyFinding[] = [];
  try {
    if (written.kind === 'accepted') shown = await readBack(questioner, subject);
  } finally {
    removed = await remove(questioner, subject, written.kind === 'unknown' ? 3 : 1);
  }
  const cleared = await clearLeftovers(questioner, subject, shown.others, startedMs + subject.removalMs);
  return [...shown.findings, ...removed, ...cleared];
}

type Look =
  | {
      readonly kind: 'well';
      readonly holds: boolean;
      readonly contents: readonly string[];
      readonly aliasTarget: string | undefined;
    }
  | { readonly kind: 'ill'; readonly finding: AnyFinding };

async function look(questioner: Questioner, { zone, checkName, content }: UpdateTrialSubject): Promise<Look> {
  const answer = await questioner.query(checkName, Type.TXT);
  if (!isTold(answer)) return { kind: 'ill', finding: lineFinding(answer, 'query') };
  if (answer.kind === 'unsigned') return { kind: 'ill', finding: { code: 'unsigned-answer' } };
  if (answer.kind === 'tsig-error')
    return { kind: 'ill', finding: { code: 'signature-rejected', rcode: rcodeWords(answer) } };
  const reading = readName(answer.message, checkName, zone);
  if (reading.kind !== 'read') return { kind: 'ill', finding: readingFinding(reading) };
  const { rdatas, aliasTarget } = reading;
  return { kind: 'well', holds: includesContent(rdatas, content), contents: checkContents(rdatas), aliasTarget };
}

function readingFinding(reading: Exclude<NameReading, { kind: 'read' }>): AnyFinding {
  switch (reading.kind) {
    case 'redirected':
      return { code: 'dname-in-the-way', owner: reading.owner };
    case 'delegated':
      return { code: 'delegation-in-the-way', owner: reading.owner };
    case 'not-authoritative':
      return { code: 'not-authoritative' };
    case 'refused':
      return { code: 'unexpected-answer', rcode: rcodeName(reading.rcode), operation: 'query' };
  }
}

type Written =
  | { readonly kind: 'accepted' }
  /** Nothing was written. */
  | { readonly kind: 'refused'; readonly finding: AnyFinding }
  /** It may have been. */
  | { readonly kind: 'unknown'; readonly finding: AnyFinding };

async function write(
  questioner: Questioner,
  subject: UpdateTrialSubject,
  aliasTarget: string | undefined,
): Promise<Written> {
  const { zone, checkName: name, content } = subject;
  const addition: UpdateOperation = {
    kind: 'add',
    name,
    type: Type.TXT,
    ttl: ttlSeconds,
    rdata: contentRdata(content),
  };
  // A CNAME that a query shows may come from a wildcard, which is not in an update's way (RFC 2136 §1.1.3).
  const noAlias = { kind: 'rrset-absent', name, type: Type.CNAME } as const;
  const answer = await questioner.update(zone, [noAlias], [addition]);
  if (!isTold(answer)) return { kind: 'unknown', finding: lineFinding(answer, 'update') };
  const { rcode } = answer.message;
  if (rcode === Rcode.NOERROR)
    return answer.kind === 'proven' ? { kind: 'accepted' } : { kind: 'unknown', finding: { code: 'unsigned-answer' } };
  if (rcode === Rcode.YXRRSET)
    return { kind: 'refused', finding: { code: 'alias-in-the-way', target: aliasTarget ?? 'another name' } };
  const finding = await subject.diagnoseRefusal(answer);
  return { kind: answer.kind === 'proven' ? 'refused' : 'unknown', finding };
}

/** How the record appeared, and the contents of the records beside it. */
interface Shown {
  readonly findings: readonly AnyFinding[];
  readonly others: readonly string[];
}

async function readBack(questioner: Questioner, subject: UpdateTrialSubject): Promise<Shown> {
  const deadlineMs = subject.monotonicMs() + subject.appearanceMs;
  for (let isFirst = true; ; isFirst = false) {
    const seen = await look(questioner, subject);
    if (seen.kind === 'ill') return { findings: [seen.finding], others: [] };
    if (seen.holds) {
      // As the name exists now, nothing beside our record can come from a wildcard (RFC 4592 §3.3.1).
      const others = seen.contents.filter((content) => content !== subject.content);
      return { findings: isFirst ? [] : [{ code: 'applied-late' }], others };
    }
    if (subject.monotonicMs() >= deadlineMs) return { findings: [{ code: 'not-applied' }], others: [] };
    await delay(pollEveryMs);
  }
}

/**
 * Removes our record until it is seen to be gone; repeating a removal does no harm.
 *
 * @param absences  how often in a row it has to be seen absent: where the answer to the update got lost, the nameserver
 *                  may yet carry it out
 */
async function remove(
  questioner: Questioner,
  subject: UpdateTrialSubject,
  absences: number,
): Promise<readonly AnyFinding[]> {
  const { zone, checkName, content, removalMs, monotonicMs } = subject;
  const deadlineMs = monotonicMs() + removalMs;
  questioner.grantMs(removalMs);
  for (let absent = 0; ;) {
    await questioner.update(zone, [], [removal(checkName, content)]);
    const seen = await look(questioner, subject);
    absent = seen.kind === 'well' && !seen.holds ? absent + 1 : 0;
    if (absent >= absences) return [];
    if (monotonicMs() >= deadlineMs) return [{ code: 'left-behind', content }];
    await delay(pollEveryMs);
  }
}

async function clearLeftovers(
  questioner: Questioner,
  subject: UpdateTrialSubject,
  others: readonly string[],
  deadlineMs: number,
): Promise<readonly AnyFinding[]> {
  let standing = others;
  while (standing.length > 0 && subject.monotonicMs() < deadlineMs) {
    await delay(pollEveryMs);
    const seen = await look(questioner, subject);
    if (seen.kind === 'ill') return [];
    standing = standing.filter((content) => seen.contents.includes(content));
  }
  if (standing.length === 0) return [];
  const removals = standing.map((content) => removal(subject.checkName, content));
  await questioner.update(subject.zone, [], removals);
  return [{ code: 'leftovers-removed', contents: standing }];
}

function removal(name: Name, content: string): UpdateOperation {
  return { kind: 'delete-record', name, type: Type.TXT, rdata: contentRdata(content) };
}
