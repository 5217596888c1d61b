import { Rcode, TsigError, Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { SoaRdata } from '../dns/rdata.ts';
import type { TsigKey } from '../dns/tsig.ts';
import { type Answer, isTold, lineFinding, type Told } from './answer.ts';
import type { Finding } from './finding.ts';
import type { Questioner, QueryManner } from './questioner.ts';
import { diagnoseSignature } from './signature-diagnosis.ts';
import { type Elsewhere, judgeElsewhere, judgeZone, likelyZones, type ZoneVerdict } from './zone-verdict.ts';

/** What the first question to the nameserver, for the zone's SOA, brought to light. */
export type ZoneLook =
  | { readonly kind: 'well'; readonly soa: SoaRdata; readonly answer: Extract<Answer, { kind: 'proven' }> }
  | { readonly kind: 'ill'; readonly findings: readonly Finding[] };

/** The zone as it is configured, and a name under which no zone exists. */
export interface ZoneLookSubject {
  readonly nowSeconds: () => number;
  readonly zone: Name;
  readonly key: TsigKey;
  readonly absentZone: Name;
}

/**
 * Asks for the zone's SOA, signed; and where something is wrong, goes on asking until it can be told what.
 *
 * A wrong zone name and an unknown key often come together, since a key is called like its zone unless told otherwise. So
 * an answer that finds fault with the key is followed by a question without one.
 */
export async function lookAtZone(questioner: Questioner, subject: ZoneLookSubject): Promise<ZoneLook> {
  const { zone } = subject;
  const answer = await questioner.query(zone, Type.SOA);
  if (!isTold(answer)) return ill(lineFinding(answer, 'query'));
  if (answer.kind === 'tsig-error' || (answer.kind === 'unsigned' && answer.message.rcode === Rcode.NOTAUTH))
    return lookPastKey(questioner, subject, answer);
  const verdict = judgeZone(answer.message, zone);
  if (verdict.kind !== 'served') return ill(await zoneFinding(questioner, subject, verdict, {}));
  if (answer.kind === 'unsigned') return ill({ code: 'unsigned-answer' });
  return { kind: 'well', soa: verdict.soa, answer };
}

async function lookPastKey(questioner: Questioner, subject: ZoneLookSubject, answer: Told): Promise<ZoneLook> {
  const keyFinding = await diagnoseSignature(questioner, subject, answer);
  if (answer.kind === 'tsig-error' && answer.error === TsigError.BADTIME) return ill(keyFinding);
  const unsigned = await questioner.query(subject.zone, Type.SOA, { key: 'none' });
  if (unsigned.kind !== 'unsigned') return ill(keyFinding);
  const verdict = judgeZone(unsigned.message, subject.zone);
  // A refusal or a failure may be meant for those who come without a key.
  const isTelling = verdict.kind === 'part-of' || (verdict.kind === 'elsewhere' && !isRefusal(verdict.rcode));
  if (!isTelling) return ill(keyFinding);
  return ill(await zoneFinding(questioner, subject, verdict, { key: 'none' }), keyFinding);
}

async function zoneFinding(
  questioner: Questioner,
  subject: ZoneLookSubject,
  verdict: Exclude<ZoneVerdict, { kind: 'served' }>,
  manner: QueryManner,
): Promise<Finding> {
  switch (verdict.kind) {
    case 'part-of':
      return { code: 'other-zone', suggestion: verdict.zone.toString() };
    case 'not-loaded':
      return { code: 'zone-not-loaded' };
    case 'odd':
      return { code: 'unexpected-answer', rcode: verdict.rcode, operation: 'query' };
    case 'elsewhere':
      return judgeElsewhere(verdict, {
        likelyZone: await findLikelyZone(questioner, subject, manner),
        isKnownToUpdates: await isKnownToUpdates(questioner, subject, verdict),
      });
  }
}

async function findLikelyZone(
  questioner: Questioner,
  { zone, key }: ZoneLookSubject,
  manner: QueryManner,
): Promise<Name | undefined> {
  for (const candidate of likelyZones(zone, key.name)) {
    const answer = await questioner.query(candidate, Type.SOA, manner);
    if (!isTold(answer)) return undefined;
    const verdict = judgeZone(answer.message, candidate);
    if (verdict.kind === 'served') return candidate;
    if (verdict.kind === 'part-of') return verdict.zone;
  }
  return undefined;
}

/**
 * Whether updates tell our zone from one that does not exist: BIND then says REFUSED to the one and NOTAUTH to the other,
 * also where it lets nobody ask. The updates are empty and change nothing.
 */
async function isKnownToUpdates(
  questioner: Questioner,
  { zone, absentZone }: ZoneLookSubject,
  { rcode }: Elsewhere,
): Promise<boolean> {
  if (!isRefusal(rcode)) return false;
  const ours = await questioner.update(zone, [], []);
  const absent = await questioner.update(absentZone, [], []);
  if (!isTold(ours) || !isTold(absent)) return false;
  return absent.message.rcode === Rcode.NOTAUTH && ours.message.rcode !== Rcode.NOTAUTH;
}

function isRefusal(rcode: number): boolean {
  return rcode === Rcode.REFUSED || rcode === Rcode.NOTAUTH;
}

function ill(...findings: readonly Finding[]): ZoneLook {
  return { kind: 'ill', findings };
}
