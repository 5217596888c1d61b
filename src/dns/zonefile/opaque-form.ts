import { Type } from '../codes.ts';
import { WireWriter } from '../writer.ts';
import {
  certificateType,
  dnssecAlgorithm,
  nextHashedOwner,
  salt,
  signatureTime,
  typeBitmap,
  typeCovered,
} from './dnssec-fields.ts';
import { maxTtlSeconds } from './duration.ts';
import type { EntryFields } from './entry-fields.ts';
import { writeLocation } from './location.ts';
import { ZonefileSyntaxError } from './mistake.ts';
import type { RdataForm } from './rdata-form.ts';
import { writeServiceParameters } from './service-parameters.ts';

/** Reads one field, or several, and writes what they are on the wire. */
type Part = (fields: EntryFields, writer: WireWriter) => void;

const maxRdataOctets = 0xffff;

const u8 =
  (what: string): Part =>
  (fields, writer) =>
    writer.writeU8(fields.number(what, 0xff));
const u16 =
  (what: string): Part =>
  (fields, writer) =>
    writer.writeU16(fields.number(what, 0xffff));
const u32 =
  (what: string): Part =>
  (fields, writer) =>
    writer.writeU32(fields.number(what, 0xffff_ffff));
const ttl: Part = (fields, writer) => writer.writeU32(fields.duration('the original TTL', maxTtlSeconds));
const name =
  (what: string): Part =>
  (fields, writer) =>
    writer.writeUncompressedName(fields.domainName(what));
const string =
  (what: string): Part =>
  (fields, writer) =>
    writer.writeCharacterString(fields.characterString(what));
const strings =
  (what: string): Part =>
  (fields, writer) => {
    do writer.writeCharacterString(fields.characterString(what));
    while (fields.remaining > 0);
  };
const text =
  (what: string): Part =>
  (fields, writer) =>
    writer.writeOctets(fields.text(what, maxRdataOctets));
const hex =
  (what: string): Part =>
  (fields, writer) =>
    writer.writeOctets(restAsHex(fields, what));
const base64 =
  (what: string): Part =>
  (fields, writer) =>
    writer.writeOctets(restAsBase64(fields, what));

const target = [name('the target')];
const twoNames = [name('the mailbox'), name('the second name')];
const preferenceAndName = [u16('the preference'), name('the host')];
const delegationSigner = [u16('the key tag'), dnssecAlgorithm, u8('the digest type'), hex('the digest')];
const publicKey = [u16('the flags'), u8('the protocol'), dnssecAlgorithm, base64('the public key')];
const certificateUsage = [
  u8('the certificate usage'),
  u8('the selector'),
  u8('the matching type'),
  hex('the certificate association data'),
];
const serviceBinding = [u16('the priority'), name('the target'), writeServiceParameters];

/**
 * The types that are opaque here, and that zone files hold in a form of their own all the same. What is not among them
 * has to be written as RFC 3597 §5 has it.
 */
export const opaqueForms: ReadonlyMap<number, RdataForm> = new Map<number, RdataForm>([
  [Type.MD, form('host.example.com.', target)],
  [Type.MF, form('host.example.com.', target)],
  [Type.MB, form('host.example.com.', target)],
  [Type.MG, form('host.example.com.', target)],
  [Type.MR, form('host.example.com.', target)],
  [Type.MINFO, form('requests.example.com. errors.example.com.', twoNames)],
  [Type.HINFO, form('"hardware" "system"', [string('the hardware'), string('the operating system')])],
  [Type.RP, form('admin.example.com. text.example.com.', twoNames)],
  [Type.AFSDB, form('1 server.example.com.', [u16('the subtype'), name('the host')])],
  [Type.RT, form('10 host.example.com.', preferenceAndName)],
  [Type.PX, form('10 one.example.com. two.example.com.', [u16('the preference'), ...twoNames])],
  [Type.LOC, form('52 22 23.000 N 4 53 32.000 E -2.00m 0m 10000m 10m', [writeLocation])],
  [
    Type.NAPTR, // RFC 3403 §4.1
    form('100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .', [
      u16('the order'),
      u16('the preference'),
      string('the flags'),
      string('the services'),
      string('the regular expression'),
      name('the replacement'),
    ]),
  ],
  [Type.KEY, form('512 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0d…', publicKey)],
  [Type.KX, form('10 host.example.com.', preferenceAndName)],
  [
    Type.CERT, // RFC 4398 §2.2
    form('PKIX 1 8 MIIB…', [certificateType, u16('the key tag'), dnssecAlgorithm, base64('the certificate')]),
  ],
  [Type.DNAME, form('example.net.', target)],
  [Type.DS, form('60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118', delegationSigner)],
  [Type.CDS, form('60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118', delegationSigner)],
  [
    Type.SSHFP, // RFC 4255 §3.2
    form('4 2 0123456789abcdef…', [u8('the algorithm'), u8('the fingerprint type'), hex('the fingerprint')]),
  ],
  [
    Type.RRSIG, // RFC 4034 §3.2
    form('A 8 2 3600 20260201000000 20260101000000 12345 example.com. oJB1…', [
      typeCovered,
      dnssecAlgorithm,
      u8('the number of labels'),
      ttl,
      signatureTime('the expiration'),
      signatureTime('the inception'),
      u16('the key tag'),
      name("the signer's name"),
      base64('the signature'),
    ]),
  ],
  [Type.NSEC, form('host.example.com. A MX RRSIG NSEC', [name('the next name'), typeBitmap])],
  [Type.DNSKEY, form('257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0d…', publicKey)],
  [Type.CDNSKEY, form('257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0d…', publicKey)],
  [Type.DHCID, form('AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=', [base64('the digest')])],
  [
    Type.NSEC3, // RFC 5155 §3.3
    form('1 1 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG', [
      u8('the hash algorithm'),
      u8('the flags'),
      u16('the iterations'),
      salt,
      nextHashedOwner,
      typeBitmap,
    ]),
  ],
  [
    Type.NSEC3PARAM, // RFC 5155 §4.3
    form('1 0 12 aabbccdd', [u8('the hash algorithm'), u8('the flags'), u16('the iterations'), salt]),
  ],
  [Type.TLSA, form('3 1 1 0123456789abcdef…', certificateUsage)],
  [Type.SMIMEA, form('3 1 1 0123456789abcdef…', certificateUsage)],
  [Type.OPENPGPKEY, form('mQINBF…', [base64('the key')])],
  [Type.CSYNC, form('66 3 A NS AAAA', [u32('the serial'), u16('the flags'), typeBitmap])],
  [
    Type.ZONEMD, // RFC 8976 §2.3
    form('2026010100 1 1 0123456789abcdef…', [
      u32('the serial'),
      u8('the scheme'),
      u8('the hash algorithm'),
      hex('the digest'),
    ]),
  ],
  [Type.SVCB, form('1 server.example.com. alpn="h2,h3" port=8443', serviceBinding)],
  [Type.HTTPS, form('1 . alpn="h2,h3" ipv4hint=192.0.2.1', serviceBinding)],
  [Type.SPF, form('"v=spf1 mx -all"', [strings('the text')])],
  [Type.URI, form('10 1 "https://www.example.com/"', [u16('the priority'), u16('the weight'), text('the target')])],
]);

function form(example: string, parts: readonly Part[]): RdataForm {
  return {
    example,
    read: (fields) => {
      const writer = new WireWriter(maxRdataOctets);
      for (const part of parts) part(fields, writer);
      return { kind: 'opaque', octets: writer.finish().slice() };
    },
  };
}

/** Hexadecimal digits, with white space between them where the writer likes it. */
function restAsHex(fields: EntryFields, what: string): Uint8Array {
  const { offset } = fields;
  const digits = fields.rest(what);
  if (digits.length % 2 === 0 && /^[0-9A-Fa-f]*$/.test(digits)) return Uint8Array.from(Buffer.from(digits, 'hex'));
  throw new ZonefileSyntaxError(
    offset,
    `What stands for ${what} is not hexadecimal`,
    'Write two hexadecimal digits an octet',
  );
}

function restAsBase64(fields: EntryFields, what: string): Uint8Array {
  const { offset } = fields;
  const digits = fields.rest(what);
  if (digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits))
    return Uint8Array.from(Buffer.from(digits, 'base64'));
  throw new ZonefileSyntaxError(
    offset,
    `What stands for ${what} is not Base64`,
    'Write it in groups of four characters, the last filled up with "="',
  );
}
