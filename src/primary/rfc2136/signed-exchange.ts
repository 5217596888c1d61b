import { Opcode, Rcode, rcodeName, TsigError } from '../../dns/codes.ts';
import type { Message } from '../../dns/message.ts';
import type { Name } from '../../dns/name.ts';
import { type RequestMac, type ResponseVerdict, signRequest, type TsigKey, verifyResponse } from '../../dns/tsig.ts';
import type { Clock } from '../../updates/clock.ts';
import type { Fault } from '../../updates/fault.ts';
import type { PrimaryObserver } from '../primary-observer.ts';
import type { Nameserver } from './nameserver.ts';

/** A question to the primary about one zone, before it has an ID and a signature. */
export interface Enquiry {
  readonly encode: (id: number) => Uint8Array;
  readonly opcode: number;
  readonly repeatable: boolean;
  readonly deadlineMs: number;
}

/** `mayHaveTakenEffect` is true where the nameserver may have acted although we have no proven answer. */
export type Reply =
  | { readonly kind: 'reply'; readonly message: Message }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly mayHaveTakenEffect: boolean };

/** How one zone is reached: where, with which key. */
export interface ZoneAccess {
  readonly server: Nameserver;
  readonly zone: Name;
  readonly key: TsigKey;
  /** The server's address, for messages. */
  readonly nameserver: string;
  readonly clock: Clock;
  readonly observer: PrimaryObserver;
}

/**
 * Sends one message signed with the zone's key and judges what comes back.
 *
 * A reply is a response to this very request, with this opcode, proven by the same key (RFC 8945 §5.4). The rcode is for
 * the caller to read. Anything else is a fault.
 */
export async function exchangeSigned(access: ZoneAccess, enquiry: Enquiry): Promise<Reply> {
  const { clock, observer } = access;
  const startedAtMs = clock.monotonicMs();
  const reply = await exchange(access, enquiry);
  const operation = enquiry.opcode === Opcode.UPDATE ? 'update' : 'query';
  const result = reply.kind === 'reply' ? rcodeName(reply.message.rcode) : reply.fault.code;
  observer.primaryAnswered(operation, result, (clock.monotonicMs() - startedAtMs) / 1000);
  return reply;
}

async function exchange(access: ZoneAccess, enquiry: Enquiry): Promise<Reply> {
  const { clock, key, server } = access;
  const lane = enquiry.opcode === Opcode.UPDATE ? server.updates : server.queries;
  const result = await lane.exchange<RequestMac>({
    make: (id) => {
      const signed = signRequest(enquiry.encode(id), key, clock.unixSeconds());
      return { wire: signed.wire, token: signed.mac };
    },
    repeatable: enquiry.repeatable,
    deadlineMs: enquiry.deadlineMs,
  });
  if (result.kind === 'failed') return { kind: 'failed', fault: result.fault, mayHaveTakenEffect: result.sent };
  return judge(verifyResponse(result.wire, key, result.token, clock.unixSeconds()), access, enquiry.opcode);
}

function judge(verdict: ResponseVerdict, access: ZoneAccess, opcode: number): Reply {
  const { nameserver } = access;
  switch (verdict.kind) {
    case 'verified':
      return judgeForm(verdict.message, access, opcode);
    case 'peer-error':
      return { kind: 'failed', fault: tsigFault(verdict, access), mayHaveTakenEffect: !verdict.authenticated };
    case 'unsigned':
      return judgeUnsigned(verdict.message, access, opcode);
    case 'forged':
      return doubtful({ code: 'unproven', nameserver, reason: verdict.reason });
    case 'malformed':
      return doubtful({ code: 'not-dns', nameserver, reason: verdict.reason });
  }
}

function judgeForm(message: Message, { nameserver }: ZoneAccess, opcode: number): Reply {
  const reason = oddity(message, opcode);
  return reason === undefined ? { kind: 'reply', message } : doubtful({ code: 'not-dns', nameserver, reason });
}

function oddity(message: Message, opcode: number): string | undefined {
  if (!message.qr) return 'it sent a request where an answer was due';
  if (message.opcode !== opcode) return 'its answer is to another kind of request';
  return message.tc ? 'its answer over TCP is cut short' : undefined;
}

/**
 * An unsigned refusal is the word of many a nameserver that does not look at the signature of what it refuses. It is
 * believed as far as it means failure, and never as a success.
 */
function judgeUnsigned(message: Message, access: ZoneAccess, opcode: number): Reply {
  const { nameserver, zone } = access;
  if (message.rcode === Rcode.NOERROR || !message.qr)
    return doubtful({ code: 'unproven', nameserver, reason: 'it is not signed' });
  const operation = opcode === Opcode.UPDATE ? 'update' : 'query';
  return doubtful({ code: 'refused', nameserver, zone: zone.toString(), rcode: message.rcode, operation });
}

function tsigFault(verdict: Extract<ResponseVerdict, { kind: 'peer-error' }>, access: ZoneAccess): Fault {
  const { nameserver, zone, key, clock } = access;
  switch (verdict.error) {
    case TsigError.BADKEY:
      return { code: 'unknown-key', nameserver, zone: zone.toString(), key: key.name.toString() };
    case TsigError.BADTIME: {
      const theirSeconds = verdict.serverTimeSeconds;
      const aheadSeconds = theirSeconds === undefined ? undefined : clock.unixSeconds() - theirSeconds;
      return { code: 'clock-skew', nameserver, aheadSeconds };
    }
    default:
      return { code: 'wrong-signature', nameserver, key: key.name.toString() };
  }
}

function doubtful(fault: Fault): Reply {
  return { kind: 'failed', fault, mayHaveTakenEffect: true };
}
