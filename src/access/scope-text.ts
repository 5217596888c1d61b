import { parseType, Type, typeName } from '../dns/codes.ts';
import { maxNameOctets } from '../dns/name.ts';
import { type Address, addressFromOctets, parseAddress } from '../updates/address.ts';
import { parseHostname } from '../updates/hostname.ts';
import { administratorsTypes, type NamePattern, type Network, type Scope } from './scope.ts';

/** A piece of a scope as people write it, or what is wrong with it: a sentence without a full stop. */
export type ScopePiece<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'wrong'; readonly reason: string };

export const scopeBounds = { patterns: 100, types: 32, networks: 64 } as const;

/** RFC 4291 §2.5.5.2. */
const mappedPrefixBits = 96;
const longestQuoted = 60;

/** What stands in the list of types for the challenges of certificates. */
const acmeWord = 'acme';
const zoneMark = 'zone:';
/** A name of 254 characters, the dot at the end included, behind the longer mark. */
const longestPattern = zoneMark.length + 254;

/**
 * Reads `home.example.com` (that name), `*.home.example.com` (every name below it) or `zone:example.com` (the apex and every name below it).
 *
 * @param text  in ASCII: names of other letters are turned into A-labels before
 */
export function parsePattern(text: string): ScopePiece<NamePattern> {
  if (text.length > longestPattern) return wrong(`a pattern of ${text.length} characters is longer than any name`);
  if (/[^ -~]/.test(text))
    return wrong(`${JSON.stringify(text)} is not plain ASCII; write a name of other letters in its A-labels (xn--…)`);
  const isZone = text.toLowerCase().startsWith(zoneMark);
  const written = isZone ? text.slice(zoneMark.length) : text;
  const isBelow = !isZone && written.startsWith('*.');
  const parsed = parseHostname(isBelow ? written.slice(2) : written);
  if (parsed.kind === 'invalid' || parsed.hostname.isWildcard)
    return wrong(
      `${JSON.stringify(text)} is no pattern of names; write home.example.com, *.home.example.com for all names below it, or zone:example.com`,
    );
  if (isBelow && parsed.hostname.wire.length + 2 > maxNameOctets)
    return wrong(`"${text}" covers nothing: no name below ${written.slice(2)} is short enough to be one`);
  return { kind: 'value', value: { kind: isZone ? 'zone' : isBelow ? 'below' : 'exact', name: parsed.hostname } };
}

export function patternText({ kind, name }: NamePattern): string {
  const text = name.toString().slice(0, -1);
  switch (kind) {
    case 'exact':
      return text;
    case 'below':
      return `*.${text}`;
    case 'zone':
      return `${zoneMark}${text}`;
  }
}

/** What a list of types allows. */
export type AllowedTypes = Pick<Scope, 'types' | 'allowsAcme'>;

/** Reads `A`, `aaaa`, `TYPE65280` and the word `acme`, which stands for TXT at `_acme-challenge.` of each name. */
export function parseTypes(texts: readonly string[]): ScopePiece<AllowedTypes> {
  const types = new Set<number>();
  let allowsAcme = false;
  for (const text of texts) {
    if (text.toLowerCase() === acmeWord) {
      allowsAcme = true;
      continue;
    }
    const type = parseType(text.toUpperCase());
    if (type === undefined)
      return wrong(`${quoted(text)} is no type of records; write A, AAAA, TXT or acme, for example`);
    if (administratorsTypes.has(type)) return wrong(`${typeName(type)} records are for the administrator alone`);
    if (isMetaType(type)) return wrong(`${typeName(type)} is no type that a name can have records of`);
    types.add(type);
  }
  if (types.size > scopeBounds.types) return wrong(`more than ${scopeBounds.types} types are too many`);
  if (types.size === 0 && !allowsAcme) return wrong('a token that may change no type of records is good for nothing');
  return { kind: 'value', value: { types: [...types].toSorted((a, b) => a - b), allowsAcme } };
}

export function typeTexts({ types, allowsAcme }: AllowedTypes): readonly string[] {
  const names = types.map(typeName);
  return allowsAcme ? [...names, acmeWord] : names;
}

/** RFC 6895 §3.1: OPT, those of queries alone, and 0. */
function isMetaType(type: number): boolean {
  return type === 0 || type === Type.OPT || (type >= 128 && type <= 255);
}

export type NetworkPiece =
  | { readonly kind: 'value'; readonly value: Network }
  /** `around`: the network, where it was an address within it. */
  | { readonly kind: 'wrong'; readonly reason: string; readonly around?: Network };

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or one address; an IPv4-mapped network (`::ffff:192.0.2.0/120`) is the IPv4 network. */
export function parseNetwork(text: string): NetworkPiece {
  const [addressText = '', lengthText, ...more] = text.split('/');
  const address = parseAddress(addressText);
  if (!address || more.length > 0)
    return wrong(`${quoted(text)} is no network; write 192.0.2.0/24 or 2001:db8::/32, without a zone index`);
  const bits = address.octets.length * 8;
  // A mapped address has become one of IPv4, but its length was counted from the beginning of an IPv6 address.
  const before = address.family === 4 && addressText.includes(':') ? mappedPrefixBits : 0;
  const length = lengthText === undefined ? bits : Number(lengthText) - before;
  if (lengthText !== undefined && (!/^(0|[1-9]\d{0,2})$/.test(lengthText) || length < 0 || length > bits))
    return wrong(`${quoted(text)} is no network; its length is ${before} to ${before + bits}`);
  const first = firstAddress(address, length);
  if (first.text !== address.text) {
    const around = { address: first, length };
    return { ...wrong(`"${text}" is an address within a network; the network is ${networkText(around)}`), around };
  }
  return { kind: 'value', value: { address, length } };
}

export function networkText({ address, length }: Network): string {
  return length === address.octets.length * 8 ? address.text : `${address.text}/${length}`;
}

/** The address with the bits behind the first `length` cleared. */
function firstAddress({ octets }: Address, length: number): Address {
  return addressFromOctets(
    octets.map((octet, index) => octet & ~(0xff >> Math.min(Math.max(length - index * 8, 0), 8)) & 0xff),
  );
}

/** What was written may be anything, and of any length. */
function quoted(text: string): string {
  return JSON.stringify(text.length <= longestQuoted ? text : `${text.slice(0, longestQuoted)}…`);
}

function wrong(reason: string): { readonly kind: 'wrong'; readonly reason: string } {
  return { kind: 'wrong', reason };
}
