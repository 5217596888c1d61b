import { TsigError, Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { TsigAlgorithm, TsigKey } from '../dns/tsig.ts';
import { type Answer, rcodeWords, type Told } from './answer.ts';
import { measureSkewByFudge, widestFudgeSeconds } from './clock-measurement.ts';
import type { Finding } from './finding.ts';
import type { Questioner } from './questioner.ts';

/** What came of asking with one algorithm, as far as the signature goes. */
export interface Trial {
  readonly algorithm: TsigAlgorithm;
  readonly result: 'accepted' | 'wrong-mac' | 'rejected';
}

/** The strongest first, so that the weak ones are tried only where nothing else will do. */
const algorithms: readonly TsigAlgorithm[] = [
  'hmac-sha512',
  'hmac-sha384',
  'hmac-sha256',
  'hmac-sha224',
  'hmac-sha1',
  'hmac-md5',
];

/**
 * Finds out why a nameserver does not accept our signature.
 *
 * BADKEY stands for a wrong name and for a wrong algorithm alike, and PowerDNS gives no reason at all. So the same
 * question goes out with every other algorithm, and with a fudge of 18 hours: what is accepted then tells.
 *
 * @param answer  what the nameserver said to the first question: a TSIG error, or NOTAUTH without one
 */
export async function diagnoseSignature(
  questioner: Questioner,
  { zone, key, nowSeconds }: { readonly zone: Name; readonly key: TsigKey; readonly nowSeconds: () => number },
  answer: Told,
): Promise<Finding> {
  if (answer.kind === 'tsig-error' && answer.error === TsigError.BADTIME) {
    const { serverTimeSeconds } = answer;
    const aheadSeconds =
      serverTimeSeconds === undefined ? await skewByFudge(questioner, zone) : nowSeconds() - serverTimeSeconds;
    return { code: 'clock-skew', aheadSeconds };
  }
  const trials: Trial[] = [];
  for (const algorithm of [key.algorithm, ...algorithms.filter((other) => other !== key.algorithm)]) {
    const trialKey: TsigKey = { ...key, algorithm };
    const reply = await questioner.query(zone, Type.SOA, { key: trialKey, fudgeSeconds: widestFudgeSeconds });
    const result = trialResult(reply);
    if (result === 'accepted' && algorithm === key.algorithm)
      return { code: 'clock-skew', aheadSeconds: await skewByFudge(questioner, zone) };
    trials.push({ algorithm, result });
    if (result === 'accepted') break;
  }
  return judgeTrials(trials, answer, key.algorithm);
}

/** The MAC is judged before the time (RFC 8945 §5.2), so BADTIME means that name, algorithm and secret are right. */
function trialResult(reply: Answer): Trial['result'] {
  if (reply.kind === 'proven') return 'accepted';
  if (reply.kind !== 'tsig-error') return 'rejected';
  if (reply.error === TsigError.BADTIME) return 'accepted';
  return reply.error === TsigError.BADSIG ? 'wrong-mac' : 'rejected';
}

export function judgeTrials(trials: readonly Trial[], answer: Told, configured: TsigAlgorithm): Finding {
  const accepted = trials.find(({ result }) => result === 'accepted');
  if (accepted) return { code: 'wrong-algorithm', accepted: accepted.algorithm, secretMatches: true };
  if (answer.kind !== 'tsig-error') return { code: 'signature-rejected', rcode: rcodeWords(answer) };
  switch (answer.error) {
    case TsigError.BADSIG:
      return { code: 'wrong-secret' };
    case TsigError.BADKEY: {
      const known = trials.find(({ algorithm, result }) => result === 'wrong-mac' && algorithm !== configured);
      return known
        ? { code: 'wrong-algorithm', accepted: known.algorithm, secretMatches: false }
        : { code: 'unknown-key' };
    }
    default:
      return { code: 'signature-rejected', rcode: rcodeWords(answer) };
  }
}

function skewByFudge(questioner: Questioner, zone: Name): Promise<number | undefined> {
  return measureSkewByFudge(async (shiftSeconds, fudgeSeconds) => {
    const reply = await questioner.query(zone, Type.SOA, { shiftSeconds, fudgeSeconds });
    return reply.kind === 'proven';
  }, widestFudgeSeconds);
}
