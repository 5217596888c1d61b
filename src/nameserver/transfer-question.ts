import { Class, className, Rcode, Type } from '../dns/codes.ts';
import type { Message } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';

/** What a transfer is to bring. */
export type TransferQuestion =
  | { readonly kind: 'whole'; readonly zone: Name } // AXFR
  | { readonly kind: 'since'; readonly zone: Name; readonly serial: number } // IXFR
  | { readonly kind: 'malformed'; readonly rcode: number; readonly reason: string };

/**
 * Reads what a transfer query asks for.
 *
 * One question (RFC 5936 §2.1.2); with IXFR, the authority section says by the SOA record of the zone which version the
 * client has (RFC 1995 §3). Another class than IN is no zone of ours: NOTAUTH.
 */
export function readTransferQuestion({ questions, authorities }: Message): TransferQuestion {
  const [question] = questions;
  if (question === undefined || questions.length !== 1)
    return malformed(Rcode.FORMERR, `The query has ${questions.length} questions where one is right`);
  const { name: zone, type } = question;
  if (question.class !== Class.IN)
    return malformed(Rcode.NOTAUTH, `Zones of class ${className(question.class)} are not served`);
  if (type === Type.AXFR) return { kind: 'whole', zone };
  const versions = authorities.filter((record) => record.type === Type.SOA && record.class === Class.IN);
  const [version] = versions;
  if (versions.length !== 1 || version?.rdata.kind !== 'SOA' || !version.name.equals(zone))
    return malformed(
      Rcode.FORMERR,
      `The query does not say by one SOA record which version of ${zone.toString()} it is for`,
    );
  return { kind: 'since', zone, serial: version.rdata.serial };
}

function malformed(rcode: number, reason: string): TransferQuestion {
  return { kind: 'malformed', rcode, reason };
}
