import { isIP } from 'node:net';
import { z } from 'zod';
import { NameSyntaxError } from '../dns/errors.ts';
import { Name } from '../dns/name.ts';
import { parseTsigAlgorithm, type TsigAlgorithm } from '../dns/tsig.ts';
import { toAsciiName } from '../idn/ascii-name.ts';
import { type HostnameFault, parseHostname } from '../updates/hostname.ts';
import { decodeBase64 } from './base64.ts';
import type { ListenAddress } from './config.ts';
import type { Field } from './fields.ts';
import { parseListenAddress, networkAsWritten } from './network-address.ts';
import { isHarmless, quoted, shortened } from './quoted.ts';

const text = z.string();

/** The original's form of a number in quotes counts as the number, as it did there. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  const unquoted = (value: unknown): unknown =>
    typeof value === 'string' && /^[0-9]{1,10}$/.test(value) ? Number(value) : value;
  return z.preprocess(unquoted, z.int().min(min).max(max));
}

/** One value, or a list of them. */
export function oneOrMore<Value>(element: z.ZodType<Value>, min: number, max: number): z.ZodType<Value[]> {
  const list = z.array(element).min(min).max(max);
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), list);
}

type Parsed<Value> = { kind: 'value'; value: Value } | { kind: 'wrong'; what: string };

/** A text that a parser of ours turns into a value, or says what is wrong with it. */
export function parsedText<Value>(parse: (written: string) => Parsed<Value>): z.ZodType<Value> {
  return text.transform((written, context) => {
    const parsed = parse(written);
    if (parsed.kind === 'value') return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.what });
    return z.NEVER;
  });
}

const secretText = parsedText<string>((written) => {
  if (/[^A-Za-z0-9]/.test(written)) return { kind: 'wrong', what: 'has other characters than letters and digits' };
  if (written.length < 8)
    return { kind: 'wrong', what: `has only ${written.length} character${written.length === 1 ? '' : 's'}` };
  return { kind: 'value', value: written };
});

const filePath = text.min(1);

/** What stands for the built-in nameserver where another's address could stand. */
export const embedded = 'embedded';

const nameserverAddress = parsedText<string>((written) => {
  if (isIP(written) !== 0 || written === embedded) return { kind: 'value', value: written };
  const shown = quoted(written);
  if (parseListenAddress(written))
    return { kind: 'wrong', what: `is ${shown}, but the port has a key of its own (port: 53)` };
  return { kind: 'wrong', what: `is ${shown}, which is no IP address` };
});

/** A name of a zone or a host; U-labels are turned into A-labels. */
export const domainName = parsedText<Name>((written) => {
  const ascii = toAsciiName(written);
  if (ascii.kind === 'invalid') return { kind: 'wrong', what: `is ${quoted(written)}, where ${ascii.reason}` };
  const verdict = parseHostname(ascii.text);
  if (verdict.kind === 'invalid')
    return { kind: 'wrong', what: `is ${quoted(written)}, ${describeFault(verdict.fault, isHarmless(written))}` };
  if (verdict.hostname.isWildcard)
    return { kind: 'wrong', what: `is ${quoted(written)}, which begins with a wildcard` };
  return { kind: 'value', value: verdict.hostname };
});

function describeFault(fault: HostnameFault, isShown: boolean): string {
  switch (fault.kind) {
    case 'empty':
      return 'which is empty';
    case 'label':
      return fault.label === ''
        ? 'where two dots have nothing between them'
        : isShown
          ? `whose label ${JSON.stringify(shortened(fault.label))} is invalid`
          : 'which is no domain name';
    case 'numeric-top-level':
      return 'whose last label is a number';
    case 'too-long':
      return 'which is longer than 253 characters';
  }
}

/** The name of a key has the grammar of domain names and no more (RFC 8945 §4.2). */
const keyName = parsedText<Name>((written) => {
  const ascii = toAsciiName(written);
  if (ascii.kind === 'invalid') return { kind: 'wrong', what: `is ${quoted(written)}, where ${ascii.reason}` };
  const name = parseKeyName(ascii.text);
  return name
    ? { kind: 'value', value: name }
    : { kind: 'wrong', what: `is ${quoted(written)}, which is no domain name` };
});

/** @returns lower case; undefined when the text is no domain name, or the root */
export function parseKeyName(written: string): Name | undefined {
  try {
    const name = Name.parse(written).toLowerCase();
    return name.labelCount === 0 ? undefined : name;
  } catch (error) {
    if (error instanceof NameSyntaxError) return undefined;
    throw error;
  }
}

export const tsigAlgorithms: readonly TsigAlgorithm[] = [
  'hmac-sha512',
  'hmac-sha384',
  'hmac-sha256',
  'hmac-sha224',
  'hmac-sha1',
  'hmac-md5',
];

const tsigAlgorithm = parsedText<TsigAlgorithm>((written) => {
  const algorithm = parseTsigAlgorithm(written);
  return algorithm
    ? { kind: 'value', value: algorithm }
    : { kind: 'wrong', what: `is ${quoted(written, /^hmac[-_]/i)}, which is not known` };
});

const tsigSecret = parsedText<Uint8Array>((written) => {
  const octets = decodeBase64(written.trim());
  return octets ? { kind: 'value', value: octets } : { kind: 'wrong', what: 'is not base64' };
});

export const listenAddress = parsedText<ListenAddress>((written) => {
  const address = parseListenAddress(written);
  return address
    ? { kind: 'value', value: address }
    : { kind: 'wrong', what: `is ${quoted(written)}, which is no address with a port` };
});

export const network = parsedText<string>((written) => {
  const parsed = networkAsWritten(written);
  return parsed
    ? { kind: 'value', value: parsed }
    : { kind: 'wrong', what: `is ${quoted(written)}, which is neither an address nor a network` };
});

const databasePath = parsedText<string>((written) => {
  if (/^postgres(?:ql)?:/.test(written))
    return { kind: 'wrong', what: 'asks for PostgreSQL, which is not in this version' };
  const path = /^sqlite:(?<path>.+)$/s.exec(written)?.groups?.['path'];
  return path === undefined ? { kind: 'wrong', what: 'names no SQLite database' } : { kind: 'value', value: path };
});

const nameserver: Field<string> = {
  schema: nameserverAddress,
  expected:
    'it takes the IPv4 or IPv6 address of a nameserver such as 127.0.0.1, not a host name, or the word embedded',
};
const port: Field<number> = { schema: wholeNumber(1, 65535), expected: 'a port is a whole number from 1 to 65535' };

/** The secret of HTTP requests, as the original demanded it. */
export const secretExpected = 'it needs at least 8 characters, letters and digits only';
export const maxSecrets = 2;

export const topFields = {
  secret: {
    schema: oneOrMore(secretText, 1, maxSecrets),
    expected: `${secretExpected}, or is a list of two such secrets while it is being changed`,
    takesNumbersAsText: true,
    isSecret: true,
  } satisfies Field<string[]>,
  secret_file: {
    schema: filePath,
    expected: 'it takes the path of a file that holds the secret',
  } satisfies Field<string>,
  nameserver,
  port,
  dyndns_domain: {
    schema: domainName,
    expected: 'it takes the domain that serves this API, such as dyndns.example.com',
  } satisfies Field<Name>,
  log_level: {
    schema: wholeNumber(0, 50),
    expected: 'it is a whole number from 0 (everything) to 50 (critical only)',
  } satisfies Field<number>,
  database: {
    schema: databasePath,
    expected: 'it takes sqlite: and the path of a file, such as sqlite:/var/lib/dyndns/dyndns.db',
  } satisfies Field<string>,
  token_key_file: {
    schema: filePath,
    expected: 'it takes the path of a file that is made when it is needed, such as /var/lib/dyndns/token.key',
  } satisfies Field<string>,
} as const;

export const httpFields = {
  listen: {
    schema: oneOrMore(listenAddress, 1, 64),
    expected: 'it takes an address with a port such as 127.0.0.1:54321 or [::1]:54321, or a list of them',
  } satisfies Field<ListenAddress[]>,
  trusted_proxies: {
    schema: oneOrMore(network, 0, 1024),
    expected: 'it takes addresses and networks such as 127.0.0.1 or 10.0.0.0/8, or a list of them',
  } satisfies Field<string[]>,
} as const;

/** Changes of names by one token. */
export const throttleFields = {
  burst: {
    schema: wholeNumber(0, 1_000_000),
    expected: 'it is a whole number of changes from 0 (no limit) to 1000000',
  } satisfies Field<number>,
  per_name: {
    schema: wholeNumber(0, 1_000_000),
    expected: 'it is a whole number of changes from 0 to 1000000',
  } satisfies Field<number>,
} as const;

// RFC 2181 §8: a TTL is an unsigned number of 31 bits.
const ttlSeconds: Field<number> = {
  schema: wholeNumber(0, 2 ** 31 - 1),
  expected: 'it is a whole number of seconds from 0 to 2147483647',
};
export const ttlFields = { default: ttlSeconds, min: ttlSeconds, max: ttlSeconds } as const;

/** A key, in a zone or by itself. */
export const keyFields = {
  tsig_key: {
    schema: tsigSecret,
    expected: 'it takes the base64 text that tsig-keygen prints after "secret"',
    takesNumbersAsText: true,
    isSecret: true,
  } satisfies Field<Uint8Array>,
  tsig_key_file: {
    schema: filePath,
    expected: 'it takes the path of a file that holds the key',
  } satisfies Field<string>,
  tsig_key_name: {
    schema: keyName,
    expected: 'it takes the name of the key as the nameserver knows it',
    takesNumbersAsText: true,
  } satisfies Field<Name>,
  tsig_algorithm: {
    schema: tsigAlgorithm,
    expected: `it is one of ${tsigAlgorithms.join(', ')}`,
  } satisfies Field<TsigAlgorithm>,
} as const;

export const zoneFields = {
  name: {
    schema: domainName,
    expected: 'it takes the name of a zone such as dyndns.example.com',
  } satisfies Field<Name>,
  nameserver,
  port,
  ...keyFields,
  records: {
    schema: text,
    expected: 'it takes records as in a zone file, such as `www 3600 IN A 192.0.2.1`',
  } satisfies Field<string>,
  addresses: {
    schema: z.enum(['any', 'public']),
    expected: 'it is any, or public where names may point only to addresses that everybody can reach',
  } satisfies Field<'any' | 'public'>,
  zonefile: { schema: filePath, expected: 'it takes the path of a file that holds records' } satisfies Field<string>,
} as const;

/** What a secret in a file of its own has to be; `undefined` means that it is right. */
export function secretMistake(written: string): string | undefined {
  const result = secretText.safeParse(written);
  return result.success ? undefined : result.error.issues[0]?.message;
}

/** Keys of the design that this version does not have yet. */
export const laterTopKeys: Readonly<Record<string, string>> = {};
export const laterHttpKeys: Readonly<Record<string, string>> = {
  tls: 'http.tls is not in this version; leave it out and put nginx or Caddy in front',
};
export const laterZoneKeys: Readonly<Record<string, string>> = {};
