import { rcodeName, tsigErrorName } from '../dns/codes.ts';
import type { Message } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { type RequestMac, type TsigKey, verifyResponse } from '../dns/tsig.ts';
import { splitTsig } from '../dns/tsig-record.ts';
import type { Delivery } from './dialogue.ts';
import type { Finding, Operation } from './finding.ts';
import { peerKind } from './peer-kind.ts';

/** What came of one question to the nameserver, judged as far as signature and form go. */
export type Answer =
  /** Signed with our key. The time is what it was signed at, by the nameserver's clock, however far from ours. */
  | { readonly kind: 'proven'; readonly message: Message; readonly signedAtSeconds: number }
  | { readonly kind: 'unsigned'; readonly message: Message }
  /** The nameserver names what it has against our signature. */
  | {
      readonly kind: 'tsig-error';
      readonly error: number;
      readonly serverTimeSeconds: number | undefined;
      readonly message: Message;
    }
  | { readonly kind: 'forged'; readonly reason: string }
  | { readonly kind: 'not-dns'; readonly peer: string }
  | Exclude<Delivery, { readonly kind: 'answer' | 'not-dns' }>;

/** What was asked, to compare the answer with. */
export interface Asked {
  readonly opcode: number;
  readonly name: Name;
  readonly type: number;
  /** Absent where the question was not signed. */
  readonly signature?: { readonly key: TsigKey; readonly mac: RequestMac };
}

/**
 * Judges what was delivered: is it DNS, is it the answer to this question, and is it proven?
 *
 * The time of the signature is deliberately not judged here but handed on, since telling how far the clocks are apart is
 * what a doctor is for.
 */
export function judgeDelivery(delivery: Delivery, asked: Asked): Answer {
  if (delivery.kind === 'not-dns') return { kind: 'not-dns', peer: peerKind(delivery.octets) };
  if (delivery.kind !== 'answer') return delivery;
  const split = splitTsig(delivery.wire);
  if (split.kind === 'malformed')
    return { kind: 'not-dns', peer: `a peer whose answer cannot be read: ${split.reason}` };
  const oddity = strangeness(split.message, asked);
  if (oddity !== undefined) return { kind: 'not-dns', peer: oddity };
  if (split.kind === 'unsigned' || !asked.signature) return { kind: 'unsigned', message: split.message };
  const { key, mac } = asked.signature;
  const signedAtSeconds = split.tsig.timeSignedSeconds;
  const verdict = verifyResponse(delivery.wire, key, mac, signedAtSeconds);
  switch (verdict.kind) {
    case 'verified':
      return { kind: 'proven', message: verdict.message, signedAtSeconds };
    case 'peer-error': {
      const { error, serverTimeSeconds, message } = verdict;
      return { kind: 'tsig-error', error, serverTimeSeconds, message };
    }
    case 'unsigned':
      return { kind: 'unsigned', message: verdict.message };
    case 'forged':
      return { kind: 'forged', reason: verdict.reason };
    case 'malformed':
      return { kind: 'not-dns', peer: `a peer whose answer cannot be read: ${verdict.reason}` };
  }
}

/** In words that complete "it seems to be …"; undefined where all is as it should be. */
function strangeness(message: Message, asked: Asked): string | undefined {
  if (!message.qr) return 'something that sends our question back';
  if (message.opcode !== asked.opcode) return 'something that answers another kind of question';
  if (message.tc) return 'a nameserver that cuts its answers short even over TCP';
  const [question, ...others] = message.questions;
  // NSD leaves the question out where it reports an error of the signature.
  if (!question) return undefined;
  const isOurs = others.length === 0 && question.type === asked.type && question.name.equals(asked.name);
  return isOurs ? undefined : 'something that answers another question';
}

/** An answer with content, be it a refusal. */
export type Told = Extract<Answer, { readonly message: Message }>;

export function isTold(answer: Answer): answer is Told {
  return 'message' in answer;
}

/** The finding that a failure of line, form or proof stands for. */
export function lineFinding(answer: Exclude<Answer, Told>, operation: Operation): Finding {
  switch (answer.kind) {
    case 'unreachable':
      return { code: 'unreachable', reason: answer.reason };
    case 'connect-timeout':
      return { code: 'connect-timeout' };
    case 'silence':
      return { code: 'no-answer', operation };
    case 'closed':
      return { code: 'disconnected', operation };
    case 'not-dns':
      return { code: 'not-a-nameserver', peer: answer.peer };
    case 'forged':
      return { code: 'forged-answer', reason: answer.reason };
  }
}

/** "REFUSED", or "NOTAUTH (BADKEY)" where the TSIG record says more. */
export function rcodeWords(answer: Told): string {
  const name = rcodeName(answer.message.rcode);
  return answer.kind === 'tsig-error' ? `${name} (${tsigErrorName(answer.error)})` : name;
}
