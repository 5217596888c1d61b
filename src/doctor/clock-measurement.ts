import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import { defaultFudgeSeconds } from '../dns/tsig.ts';
import type { Answer } from './answer.ts';
import type { Finding } from './finding.ts';
import type { Questioner } from './questioner.ts';

/** From here on a clock is worth a warning, though signatures still hold (the fudge is 300 seconds). */
const driftSeconds = 60;

/** The Fudge field has 16 bits: a little more than 18 hours. */
export const widestFudgeSeconds = 0xffff;

/** By how much a signature is dated back to see whether the nameserver only repeats our own time. */
const testShiftSeconds = -7;

/**
 * Measures how far our clock is ahead of the nameserver's, in seconds, when signatures are accepted.
 *
 * BIND and Knot date their answers by their own clock. PowerDNS repeats the time that we wrote, so that every clock looks
 * right by it; there the fudge is narrowed until the nameserver refuses.
 *
 * @param answer  a proven answer that came just now to a question signed in the ordinary manner
 */
export async function measureSkew(
  questioner: Questioner,
  zone: Name,
  answer: Extract<Answer, { kind: 'proven' }>,
  nowSeconds: () => number,
): Promise<number | undefined> {
  const aheadSeconds = nowSeconds() - answer.signedAtSeconds;
  if (Math.abs(aheadSeconds) > 1) return aheadSeconds;
  const askedAtSeconds = nowSeconds();
  const repetition = await questioner.query(zone, Type.SOA, { shiftSeconds: testShiftSeconds });
  if (repetition.kind !== 'proven') return aheadSeconds;
  const isOwnTime = Math.abs(repetition.signedAtSeconds - (askedAtSeconds + testShiftSeconds)) > 1;
  if (isOwnTime) return aheadSeconds;
  return measureSkewByFudge(async (shiftSeconds, fudgeSeconds) => {
    const reply = await questioner.query(zone, Type.SOA, { shiftSeconds, fudgeSeconds });
    return reply.kind === 'proven';
  }, defaultFudgeSeconds);
}

/** The warning that a skew within the fudge deserves, if any. */
export function judgeSkew(aheadSeconds: number | undefined): Finding | undefined {
  if (aheadSeconds === undefined || Math.abs(aheadSeconds) < driftSeconds) return undefined;
  return { code: 'clock-drift', aheadSeconds };
}

/**
 * Measures the skew by what is accepted: the smallest fudge that does is its size, and shifting our time by that much in
 * the right direction makes even a small fudge do.
 *
 * @param accepts  whether a question signed at our time plus the shift, with that fudge, is accepted
 * @returns seconds that our clock is ahead, to about one; undefined where even the widest fudge is not accepted
 */
export async function measureSkewByFudge(
  accepts: (shiftSeconds: number, fudgeSeconds: number) => Promise<boolean>,
  mostSeconds: number,
): Promise<number | undefined> {
  if (await accepts(0, 1)) return 0;
  if (!(await accepts(0, mostSeconds))) return undefined;
  let tooSmall = 1;
  let enough = mostSeconds;
  while (enough - tooSmall > 1) {
    const middle = (tooSmall + enough) >> 1;
    if (await accepts(0, middle)) enough = middle;
    else tooSmall = middle;
  }
  return (await accepts(enough, 2)) ? -enough : enough;
}
