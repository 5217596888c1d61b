import { Rcode, Type } from '../dns/codes.ts';
import type { Message } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { equalRdata, type Rdata } from '../dns/rdata.ts';

/** The label below a zone's apex that the original's check has always written to. */
export const checkLabel = 'dyndns-check-tmp-a841278b-f089-4164-b8e6-f90514e573ec';

const contentAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const contentLength = 8;

/** Eight letters and digits. A little uneven, as 36 does not divide 256; it only has to differ from other checks'. */
export function checkContent(randomOctets: (count: number) => Uint8Array): string {
  return Array.from(randomOctets(contentLength), (octet) =>
    contentAlphabet.charAt(octet % contentAlphabet.length),
  ).join('');
}

export function contentRdata(content: string): Rdata {
  return { kind: 'TXT', strings: [Buffer.from(content, 'latin1')] };
}

/** What stands at the check's name, by an answer to the question for its TXT records. */
export type NameReading =
  | { readonly kind: 'read'; readonly rdatas: readonly Rdata[]; readonly aliasTarget: string | undefined }
  | { readonly kind: 'redirected'; readonly owner: string }
  | { readonly kind: 'delegated'; readonly owner: string }
  | { readonly kind: 'not-authoritative' }
  | { readonly kind: 'refused'; readonly rcode: number };

/** A name that does not exist, or has other records only, reads as no TXT records. */
export function readName(message: Message, name: Name, zone: Name): NameReading {
  const { rcode, aa, answers, authorities } = message;
  if (rcode !== Rcode.NOERROR && rcode !== Rcode.NXDOMAIN) return { kind: 'refused', rcode };
  const dname = answers.find((record) => record.type === Type.DNAME && name.isAtOrBelow(record.name));
  if (dname) return { kind: 'redirected', owner: dname.name.toString() };
  const referral = authorities.find(
    (record) => record.type === Type.NS && name.isAtOrBelow(record.name) && record.name.labelCount > zone.labelCount,
  );
  if (referral && !aa) return { kind: 'delegated', owner: referral.name.toString() };
  if (!aa) return { kind: 'not-authoritative' };
  const alias = answers.find((record) => record.rdata.kind === 'CNAME' && record.name.equals(name));
  const aliasTarget = alias?.rdata.kind === 'CNAME' ? alias.rdata.target.toString() : undefined;
  const rdatas = answers.flatMap(({ name: owner, type, rdata }) =>
    type === Type.TXT && owner.equals(name) ? [rdata] : [],
  );
  return { kind: 'read', rdatas, aliasTarget };
}

export function includesContent(rdatas: readonly Rdata[], content: string): boolean {
  const wanted = contentRdata(content);
  return rdatas.some((rdata) => equalRdata(rdata, wanted));
}

/** The contents among the records that have the form of a check's. */
export function checkContents(rdatas: readonly Rdata[]): string[] {
  return rdatas.flatMap((rdata) => {
    const text =
      rdata.kind === 'TXT' && rdata.strings.length === 1 ? Buffer.from(rdata.strings[0] ?? []).toString('latin1') : '';
    return /^[A-Z0-9]{8}$/.test(text) ? [text] : [];
  });
}
