import { Class, Opcode, rcodeName, Type, tsigErrorName } from '../dns/codes.ts';
import { DnsDecodeError } from '../dns/errors.ts';
import { decodeMessage, encodeMessage, makeQuery, type Message } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { type RequestMac, signRequest, type TsigKey, verifyResponse } from '../dns/tsig.ts';
import { type PackedRecords, unpackRecords } from '../zone/packed-records.ts';

/** A NOTIFY that was sent, as far as its answer has to match it. */
export interface SentNotify {
  readonly id: number;
  readonly zone: Name;
  /** Both or neither. */
  readonly signedBy: { readonly key: TsigKey; readonly mac: RequestMac } | undefined;
}

/**
 * Writes a NOTIFY request: opcode 4, AA, the zone as a question of type SOA, and the new SOA record as its answer, as a hint that
 * nobody has to believe (RFC 1996 §3.7).
 *
 * @param soa  the zone's SOA record as it is now
 */
export function encodeNotify(
  request: { readonly id: number; readonly zone: Name; readonly soa: PackedRecords; readonly key: TsigKey | undefined },
  nowSeconds: number,
): { readonly wire: Uint8Array; readonly sent: SentNotify } {
  const { id, zone, soa, key } = request;
  const answers = unpackRecords(soa).map(({ type, ttlSeconds, rdata }) => ({
    name: zone,
    type,
    class: Class.IN,
    ttl: ttlSeconds,
    rdata,
  }));
  const query = makeQuery({ id, name: zone, type: Type.SOA });
  const wire = encodeMessage({ ...query, opcode: Opcode.NOTIFY, aa: true, answers });
  if (key === undefined) return { wire, sent: { id, zone, signedBy: undefined } };
  const signed = signRequest(wire, key, nowSeconds);
  return { wire: signed.wire, sent: { id, zone, signedBy: { key, mac: signed.mac } } };
}

/** What a datagram is to a NOTIFY. */
export type NotifyAnswer =
  | { readonly kind: 'answered'; readonly rcode: number } // whatever it says, the secondary knows (RFC 1996 §4.8)
  | { readonly kind: 'rejected'; readonly reason: string } // our key is not accepted; anybody may have sent this
  | { readonly kind: 'other' }; // nothing to do with it

/**
 * Whether a datagram answers a NOTIFY: by ID and question (RFC 1996 §3.6), and, where that was signed, by its TSIG (RFC 8945 §5.4).
 * Where it came from is for the caller to compare.
 */
export function matchNotifyAnswer(wire: Uint8Array, sent: SentNotify, nowSeconds: number): NotifyAnswer {
  if (wire.length < 2 || ((wire[0]! << 8) | wire[1]!) !== sent.id) return { kind: 'other' };
  if (sent.signedBy === undefined) return matchMessage(decoded(wire), sent);
  const { key, mac } = sent.signedBy;
  const verdict = verifyResponse(wire, key, mac, nowSeconds);
  switch (verdict.kind) {
    case 'verified':
      return matchMessage(verdict.message, sent);
    case 'peer-error':
      return { kind: 'rejected', reason: `it answers ${tsigErrorName(verdict.error)}` };
    case 'unsigned':
      return { kind: 'rejected', reason: `it answers ${rcodeName(verdict.message.rcode)}, and does not sign` };
    case 'forged':
    case 'malformed':
      return { kind: 'other' };
  }
}

function matchMessage(message: Message | undefined, { zone }: SentNotify): NotifyAnswer {
  if (message === undefined || !message.qr || message.opcode !== Opcode.NOTIFY) return { kind: 'other' };
  const [question] = message.questions;
  // A server that knows no NOTIFY may give the header back and nothing else.
  const isOurs = question === undefined || (question.type === Type.SOA && question.name.equals(zone));
  return isOurs ? { kind: 'answered', rcode: message.rcode } : { kind: 'other' };
}

function decoded(wire: Uint8Array): Message | undefined {
  try {
    return decodeMessage(wire);
  } catch (error) {
    if (error instanceof DnsDecodeError) return undefined;
    throw error;
  }
}
