import { Rcode, TsigError } from '../dns/codes.ts';
import { findEdns } from '../dns/edns.ts';
import { DnsDecodeError } from '../dns/errors.ts';
import type { Message } from '../dns/message.ts';
import type { SoaRdata } from '../dns/rdata.ts';
import { addressScope, parseAddress } from '../updates/address.ts';
import { rcodeWords, type Told } from './answer.ts';
import type { Finding } from './finding.ts';

/** What else is known of a nameserver that takes no update of a zone for which it answers with authority. */
export interface RefusalEvidence {
  /** The SOA's MNAME. */
  readonly primary: string;
  /** It says itself that its copy of the zone runs out, as only a secondary's does. */
  readonly expires: boolean;
  /** MNAME's addresses show that the primary is another machine. */
  readonly isPrimaryElsewhere: boolean;
}

/** Tells what a refused update means: a key without the right, a secondary, or a nameserver that cannot. */
export function judgeUpdateRefusal(answer: Told, evidence: RefusalEvidence): Finding {
  const rcode = rcodeWords(answer);
  if (answer.kind === 'tsig-error' && answer.error !== TsigError.BADKEY)
    return { code: 'unexpected-answer', rcode, operation: 'update' };
  const { primary } = evidence;
  const isSecondary = evidence.expires || evidence.isPrimaryElsewhere;
  switch (answer.message.rcode) {
    case Rcode.REFUSED:
      return isSecondary ? { code: 'looks-like-secondary', rcode, primary } : { code: 'update-refused', rcode };
    case Rcode.NOTAUTH: {
      if (isSecondary) return { code: 'looks-like-secondary', rcode, primary };
      // Knot accepts the key for questions, and says BADKEY where no acl lets it update.
      return answer.kind === 'tsig-error' ? { code: 'update-refused', rcode } : { code: 'update-notauth', primary };
    }
    case Rcode.NOTIMP:
      return isSecondary ? { code: 'looks-like-secondary', rcode, primary } : { code: 'update-not-implemented', rcode };
    case Rcode.NOTZONE:
      return { code: 'update-notzone' };
    case Rcode.SERVFAIL:
      return { code: 'update-servfail' };
    default:
      return { code: 'unexpected-answer', rcode, operation: 'update' };
  }
}

/** RFC 7314 §2: option 9, empty in the question, 4 octets of seconds in the answer. */
export const expireOption = 9;

/**
 * Whether an answer for the SOA with the EXPIRE option is a secondary's: its timer counts down from the zone's EXPIRE,
 * while a primary always says just that number (RFC 7314 §3.1, §3.2).
 */
export function countsDownToExpiry(message: Message, soa: SoaRdata): boolean {
  const data = optionsOf(message).find(({ code }) => code === expireOption)?.data;
  if (data?.length !== 4) return false;
  return Buffer.from(data).readUInt32BE() < soa.expire;
}

function optionsOf(message: Message) {
  try {
    return findEdns(message)?.options ?? [];
  } catch (error) {
    if (error instanceof DnsDecodeError) return [];
    throw error;
  }
}

/**
 * Whether the primary's addresses show that the nameserver we talk to is another machine.
 *
 * Addresses of different scope say nothing: a nameserver on our own machine is 127.0.0.1 to us and something else to the
 * world, and behind address translation a private address is the public one of MNAME.
 */
export function isElsewhere(nameserver: string, primaryAddresses: readonly string[]): boolean {
  const here = parseAddress(nameserver);
  const there = primaryAddresses.flatMap((text) => parseAddress(text) ?? []);
  if (!here || there.some(({ text }) => text === here.text)) return false;
  return there.some((address) => address.family === here.family && addressScope(address) === addressScope(here));
}
