import type { Rdata } from '../../dns/rdata.ts';
import type { Hostname } from '../../updates/hostname.ts';

/** RFC 8555 §8.4. */
const challengeLabel = '_acme-challenge';

/** RFC 1035 §3.3: a character string has at most 255 octets. */
const mostOctets = 255;

/** RFC 1035 §2.3.4: 255 octets, of which the label takes its own and one. */
const longestSubject = 255 - challengeLabel.length - 1;

/** How long others may remember a challenge, in seconds: it is there for minutes. */
export const challengeTtlSeconds = 60;

/** Where the challenge of a name is looked for; undefined where the name is too long for it. For `*.x` it is that of `x`. */
export function challengeName(hostname: Hostname): Hostname | undefined {
  const subject = hostname.isWildcard ? hostname.parent() : hostname;
  if (!subject || subject.wire.length > longestSubject) return undefined;
  return subject.prepend(challengeLabel) as Hostname;
}

/** The values of challenges are base64url; what else people put there is still text, without control characters. */
const printableText = /^[\x20-\x7e]*$/;

/** A TXT record of one string; undefined where that would be too long, or has more than printable ASCII. */
export function textRdata(text: string): Rdata | undefined {
  const octets = Buffer.from(text, 'utf8');
  return octets.length > mostOctets || !printableText.test(text) ? undefined : { kind: 'TXT', strings: [octets] };
}
