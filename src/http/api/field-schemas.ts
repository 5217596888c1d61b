import { z } from 'zod';
import { parseType, Type, typeName } from '../../dns/codes.ts';
import { toAsciiName } from '../../idn/ascii-name.ts';
import { addressText, parseAddress } from '../../updates/address.ts';
import { type Hostname, type HostnameFault, parseHostname } from '../../updates/hostname.ts';

/** The fields that several resources have, as they are sent and as they are answered. */

/** RFC 2181 §8: a TTL has 31 bits. */
const mostTtlSeconds = 0x7fff_ffff;
export const mostPageEntries = 500;
const mostNameCharacters = 1024;

export const emptySchema = z.strictObject({});

/** A name from outside: U-labels are taken, a trailing dot is optional. */
export const hostnameSchema = z
  .string()
  .max(mostNameCharacters)
  .transform((text, context): Hostname => {
    const ascii = toAsciiName(text);
    if (ascii.kind === 'invalid') return wrong(context, `the label "${ascii.label}" is invalid: ${ascii.reason}`);
    const parsed = parseHostname(ascii.text);
    return parsed.kind === 'hostname' ? parsed.hostname : wrong(context, hostnameReason(parsed.fault));
  })
  .meta({ description: 'A host name, in Unicode or as A-labels; the dot at its end may be left out.' });

/** As it is answered: lower case, A-labels, without the dot at the end. */
export const nameTextSchema = z
  .string()
  .meta({ description: 'A name in lower-case A-labels, without the dot at its end.', examples: ['home.example.com'] });

export function nameText(name: { toString(): string }): string {
  const text = name.toString();
  return text === '.' ? text : text.slice(0, -1);
}

export const typeSchema = z
  .string()
  .max(16)
  .transform((text, context): number => {
    const type = parseType(text);
    if (type === undefined) return wrong(context, 'it is no type of records; write A, AAAA or TXT, for example');
    if (!isOfRecords(type)) return wrong(context, `${typeName(type)} is no type whose records can be set here`);
    return type;
  })
  .meta({ description: 'A type of records: `A`, `AAAA`, `TXT`, `CAA` …, or `TYPE` and a number.' });

export const typeTextSchema = z.string().meta({ description: 'A type of records.', examples: ['AAAA'] });

/** Meta types (RFC 6895 §3.1) have no records, and those of DNSSEC and SOA are made by whoever serves the zone. */
function isOfRecords(type: number): boolean {
  const made: readonly number[] = [Type.SOA, Type.RRSIG, Type.NSEC, Type.NSEC3, Type.NSEC3PARAM, Type.SIG, Type.NXT];
  return type !== 0 && type !== Type.OPT && (type < 128 || type > 255) && !made.includes(type);
}

export const ttlSchema = z
  .int()
  .min(0)
  .max(mostTtlSeconds)
  .meta({ description: 'Seconds. What lies outside of the configured bounds is clamped to them, with a warning.' });

export const ttlTextSchema = z.int().min(0).max(mostTtlSeconds).meta({ description: 'Seconds.' });

/** Written like an IPv6 address. */
export const interfaceIdSchema = z
  .string()
  .max(64)
  .transform((text, context): Uint8Array => {
    const address = parseAddress(text);
    return address?.family === 6
      ? address.octets
      : wrong(context, 'it is no interface ID; write its 128 bits like an address, such as ::1:2:3:4');
  })
  .meta({ description: 'The bits behind an IPv6 prefix, written like an address: `::211:32ff:fe12:3456`.' });

export function interfaceIdText(octets: Uint8Array): string {
  return addressText(octets);
}

/** RFC 3339, UTC, whole seconds or milliseconds. */
export const timeTextSchema = z
  .string()
  .meta({ format: 'date-time', description: 'RFC 3339, in UTC.', examples: ['2026-11-26T08:00:00Z'] });

export const timeSchema = z.iso
  .datetime({ offset: true })
  .transform((text) => Math.floor(Date.parse(text) / 1000))
  .meta({ description: 'RFC 3339, with Z or an offset.' });

export function timeText(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

export const versionSchema = z.int().min(1).meta({ description: 'Counts the changes; the ETag in quotes.' });

export const warningsSchema = z
  .array(z.string())
  .meta({ description: 'What should be known although it was done, such as a TTL that was clamped; sentences.' });

export const dryRunQuery = {
  dry_run: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: '`true`: nothing is changed; the answer tells what would be.' }),
};

export const pageQuery = {
  cursor: z
    .string()
    .optional()
    .meta({ description: '`next_cursor` of the page before; without it, the list is told from its beginning.' }),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'it is no number from 1 to 500')
    .transform(Number)
    .refine((limit) => limit <= mostPageEntries, 'it is no number from 1 to 500')
    .optional()
    .meta({ description: `Entries of one page: 1 to ${mostPageEntries}; 100 when absent.` }),
};

export const defaultPageEntries = 100;

export const nextCursorSchema = z
  .string()
  .nullable()
  .meta({ description: 'Where the list goes on: for `cursor`. Null at its end.' });

function wrong(context: z.core.$RefinementCtx, message: string): never {
  context.issues.push({ code: 'custom', message, input: context.value });
  return z.NEVER;
}

export function hostnameReason(fault: HostnameFault): string {
  switch (fault.kind) {
    case 'empty':
      return 'it is empty';
    case 'label':
      return `the label "${fault.label}" is invalid; letters, digits, hyphens and underscores may stand in it`;
    case 'numeric-top-level':
      return `its last label "${fault.label}" is a number`;
    case 'too-long':
      return 'it is longer than 253 characters';
  }
}
