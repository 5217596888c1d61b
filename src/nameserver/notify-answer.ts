import { Class, Rcode, Type } from '../dns/codes.ts';
import type { Message } from '../dns/message.ts';
import type { ServedZones } from './served-zones.ts';

/**
 * The rcode for a NOTIFY that has come in (RFC 1996), from whomever: we are primary for all our zones and have nobody to ask, so
 * nothing else is done.
 *
 * As BIND answers: NOERROR for a zone of ours, NOTAUTH for any other; the form of the zone section and its classes are those of
 * UPDATE (FORMERR for 0, ANY and NONE, NOTIMP for others than IN).
 */
export function notifyRcode({ questions }: Message, zones: ServedZones): number {
  const [question] = questions;
  if (question === undefined || questions.length !== 1) return Rcode.FORMERR;
  if (question.class === 0 || question.class === Class.ANY || question.class === Class.NONE) return Rcode.FORMERR;
  if (question.class !== Class.IN) return Rcode.NOTIMP;
  if (question.type !== Type.SOA) return Rcode.FORMERR;
  return zones.get(question.name.key) === undefined ? Rcode.NOTAUTH : Rcode.NOERROR;
}
