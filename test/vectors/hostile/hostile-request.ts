/**
 * A request that must change nothing, with the exact status and line that it gets: a mistake, a trick or an attack.
 */
export interface HostileRequest {
  readonly name: string;
  /** The octets on the wire, one character each. */
  readonly octets: string;
  readonly status: number;
  /** The whole body, without its newline; for HEAD undefined, because there is none. */
  readonly line: string | undefined;
}

/** Stands for whatever must never come back or be written down: wrong secrets, values that nobody asked for. */
export const canary = 'c4n4ryValue';

/** What the requests are made for. The client's own address is 127.0.0.1, which is a trusted proxy. */
export interface HostileSurroundings {
  /** The right secret: letters of both cases and digits. */
  readonly secret: string;
  /** The second right secret. */
  readonly otherSecret: string;
  /** A zone that is configured, in lower case and without the trailing dot; its parent is not. */
  readonly zone: string;
}

export const lineEnd = '\r\n';

/** A request with nothing wrong in its framing. Headers that are given come after Host. */
export function request(method: string, target: string, headers: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${method} ${target} HTTP/1.1`, 'Host: dyndns.example.com', ...headers, ...length, 'Connection: close'];
  return `${head.join(lineEnd)}${lineEnd}${lineEnd}${Buffer.from(body).toString('latin1')}`;
}

export const get = (target: string, ...headers: string[]): string => request('GET', target, headers);
export const form = 'Content-Type: application/x-www-form-urlencoded';

export const wrongSecret = 'PARAMETER_ERROR: You specified a wrong secret key.';
export const missingSecret = 'PARAMETER_ERROR: missing: Field required (secret).';
export const nameRequired = 'DNS_NAME_ERROR: Value "fqdn" is required.';
export const noSuchPage =
  'PARAMETER_ERROR: There is no such page; the pages are /, /update-by-path, /update-by-query, /delete-by-path, /check, /nic/update, /checkip and /api.';
export const wrongPath =
  'PARAMETER_ERROR: There is no such page; write /update-by-path/SECRET/FQDN, and up to two addresses after it.';
export const notHttp = 'PARAMETER_ERROR: The request is not valid HTTP.';

export const extra = (name: string): string =>
  `PARAMETER_ERROR: extra_forbidden: Extra inputs are not permitted (${name}).`;
export const repeated = (name: string): string => `PARAMETER_ERROR: The argument "${name}" was given more than once.`;
export const malformed = (name: string): string =>
  `PARAMETER_ERROR: The argument "${name}" is not valid percent-encoded UTF-8.`;
export const badLabel = (label: string, name: string): string =>
  `DNS_NAME_ERROR: The label '${label}' of the DNS name '${name}' is invalid.`;
export const numeric = (label: string, name: string): string =>
  `DNS_NAME_ERROR: The TLD '${label}' of the DNS name '${name}' must be not purely numeric.`;
export const outside = (name: string): string =>
  `DNS_NAME_ERROR: The fully qualified domain name '${name}' could not be split into a record and a zone name.`;
export const badAddress = (text: string): string => `IP_ADDRESS_ERROR: Invalid IP address '${text}'.`;

export const mustBeEncoded = 'PARAMETER_ERROR: The URL has a character that must be percent-encoded.';

export type Row = readonly [name: string, octets: string, status: number, line: string | undefined];

/** The same row under another name. */
export const named = (name: string, [, octets, status, line]: Row): Row => [name, octets, status, line];

/** The same row with another answer. */
export const told = (line: string, [name, octets, status]: Row): Row => [name, octets, status, line];

export const rows = (table: readonly Row[]): HostileRequest[] =>
  table.map(([name, octets, status, line]) => ({ name, octets, status, line }));

export function lastLabel(zone: string): string {
  return zone.slice(zone.lastIndexOf('.') + 1);
}

export function encodeAll(text: string): string {
  return Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');
}

export function encodeTwice(text: string): string {
  return encodeAll(text).replaceAll('%', '%25');
}
