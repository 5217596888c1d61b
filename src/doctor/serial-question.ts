import { Rcode, rcodeName, Type } from '../dns/codes.ts';
import type { Message } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import type { Endpoint } from '../primary/rfc2136/connection.ts';
import { askPlainly, type PlainAnswer, type Questioning } from './plain-question.ts';

/** What a nameserver of the zone says of its serial. */
export type SerialAnswer =
  | { readonly kind: 'serial'; readonly serial: number }
  /** `reason` is the operating system's word, or `no answer`. */
  | { readonly kind: 'silent'; readonly reason: string }
  /** `answer` completes "it does not serve the zone: …". */
  | { readonly kind: 'lame'; readonly answer: string };

/** Asks one nameserver for the zone's serial, over UDP as resolvers do, then over TCP where that stays unanswered. */
export async function askSerial(endpoint: Endpoint, zone: Name, questioning: Questioning): Promise<SerialAnswer> {
  return judgeSerialAnswer(await askPlainly(endpoint, { name: zone, type: Type.SOA }, questioning), zone);
}

export function judgeSerialAnswer(answer: PlainAnswer, zone: Name): SerialAnswer {
  switch (answer.kind) {
    case 'told':
      return judgeSerial(answer.message, zone);
    case 'not-dns':
      return { kind: 'lame', answer: `it seems to be ${answer.peer}` };
    case 'silent':
      return answer;
  }
}

export function judgeSerial(message: Message, zone: Name): SerialAnswer {
  if (message.rcode !== Rcode.NOERROR) return { kind: 'lame', answer: `it answers ${rcodeName(message.rcode)}` };
  if (!message.aa) return { kind: 'lame', answer: 'it answers without authority' };
  for (const { name, rdata } of message.answers)
    if (rdata.kind === 'SOA' && name.equals(zone)) return { kind: 'serial', serial: rdata.serial };
  return { kind: 'lame', answer: 'it answers without the SOA of the zone' };
}

/** RFC 1982 §3.2; half way round, where the RFC leaves it undefined, counts as behind. */
export function isSerialAtLeast(serial: number, other: number): boolean {
  return (serial - other) >>> 0 < 0x8000_0000;
}
