/** An IP address as the service keeps it: only {@link parseAddress} and {@link addressFromOctets} make one. */
export interface Address {
  readonly family: 4 | 6;
  /** 4 or 16 octets, network order. */
  readonly octets: Uint8Array;
  /** Dotted decimal, or the canonical text of RFC 5952 §4. */
  readonly text: string;
}

/** What an address is for (IANA special-purpose registries; RFC 6890), as far as it matters to a dynamic update. */
export type AddressScope =
  | 'unspecified'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'private'
  | 'carrier-grade-nat'
  | 'global';

/**
 * Reads one IP address, strictly: four decimal octets without leading zeros, or RFC 4291 §2.2 text without a zone index.
 *
 * @returns undefined when the text is no address; an IPv4-mapped IPv6 address comes back unwrapped, as IPv4
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  const octets = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  return octets && addressFromOctets(octets);
}

/** Makes an address of 4 or 16 octets; IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) is unwrapped. */
export function addressFromOctets(octets: Uint8Array): Address {
  if (octets.length === 16 && isMapped(octets)) return addressFromOctets(octets.slice(12));
  return { family: octets.length === 4 ? 4 : 6, octets, text: addressText(octets) };
}

/** The text of 4 or 16 octets just as they stand in a record; nothing is unwrapped. */
export function addressText(octets: Uint8Array): string {
  if (octets.length === 4) return `${octets[0]}.${octets[1]}.${octets[2]}.${octets[3]}`;
  if (octets.length !== 16) throw new RangeError(`an address has 4 or 16 octets, not ${octets.length}`);
  return ipv6Text(octets);
}

/** The scope of an address; documentation ranges count as global, so that examples can be tried. */
export function addressScope(address: Address): AddressScope {
  return address.family === 4 ? ipv4Scope(address.octets) : ipv6Scope(address.octets);
}

/** Numeric order within a family; IPv4 before IPv6. */
export function compareAddresses(a: Address, b: Address): number {
  return a.family - b.family || Buffer.compare(a.octets, b.octets);
}

export type AddressOrigin = 'explicit' | 'connection';

export type AddressVerdict =
  | { readonly kind: 'taken'; readonly warning?: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Decides whether a name may point to this address.
 *
 * An address that nobody can be reached at is refused whoever names it. One that we took from the connection is doubted
 * more than one that the client wrote down: loopback there means a proxy whose word we were not told to trust.
 *
 * @param isTrustedProxy  whether this is the address of one of our own proxies
 */
export function judgeAddress(address: Address, origin: AddressOrigin, isTrustedProxy = false): AddressVerdict {
  const scope = addressScope(address);
  switch (scope) {
    case 'unspecified':
    case 'multicast':
    case 'link-local':
    case 'broadcast':
      return { kind: 'refused', reason: `it is ${article(scope)} ${scope} address, which no other machine can reach` };
    case 'loopback':
      return origin === 'explicit' ? { kind: 'taken' } : { kind: 'refused', reason: ownProxyReason };
    case 'private':
    case 'carrier-grade-nat':
      if (origin === 'connection' && isTrustedProxy) return { kind: 'refused', reason: ownProxyReason };
      return origin === 'explicit'
        ? { kind: 'taken' }
        : { kind: 'taken', warning: `the connection came from the ${scope} address ${address.text}` };
    case 'global':
      if (origin === 'connection' && isTrustedProxy) return { kind: 'refused', reason: ownProxyReason };
      return { kind: 'taken' };
  }
}

const ownProxyReason =
  'it is the address of this service or its proxy, not of the client; name the address in the request, or let the ' +
  'proxy send X-Forwarded-For and list it under http.trusted_proxies';

function article(scope: string): string {
  return /^[aeiou]/.test(scope) ? 'an' : 'a';
}

/** Octet by octet, since every request brings one or two of them. */
function parseIpv4(text: string): Uint8Array | undefined {
  const octets = new Uint8Array(4);
  let place = 0;
  /** -1 until it has a digit. */
  let octet = -1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === dot) {
      if (octet < 0 || place === 3) return undefined;
      octets[place] = octet;
      place += 1;
      octet = -1;
      continue;
    }
    const digit = code - zero;
    if (digit < 0 || digit > 9 || octet === 0) return undefined;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return undefined;
  }
  if (place < 3 || octet < 0) return undefined;
  octets[3] = octet;
  return octets;
}

const dot = 0x2e;
const zero = 0x30;

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  const octets = new Uint8Array(16);
  for (const [index, group] of groups.entries()) {
    octets[index * 2] = group >> 8;
    octets[index * 2 + 1] = group & 0xff;
  }
  return octets;
}

/** Groups of four hex digits; the very last one may be dotted decimal and then counts as two. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(parseInt(part, 16));
      continue;
    }
    const octets = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (!octets) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    groups.push((a << 8) | b, (c << 8) | d);
  }
  return groups;
}

/** RFC 5952 §4: lower case, no leading zeros, the longest run of two or more zero groups as `::`, the first if equal. */
function ipv6Text(octets: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((octets[i * 2] ?? 0) << 8) | (octets[i * 2 + 1] ?? 0));
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > bestLength) [bestStart, bestLength] = [start, end - start];
    if (end > start) start = end;
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (bestStart < 0) return text(groups);
  return `${text(groups.slice(0, bestStart))}::${text(groups.slice(bestStart + bestLength))}`;
}

function isMapped(octets: Uint8Array): boolean {
  return octets[10] === 0xff && octets[11] === 0xff && octets.subarray(0, 10).every((octet) => octet === 0);
}

function ipv4Scope(octets: Uint8Array): AddressScope {
  const [a = 0, b = 0] = octets;
  if (a === 0) return 'unspecified';
  if (a === 127) return 'loopback';
  if (a === 169 && b === 254) return 'link-local';
  if (a >= 224 && a <= 239) return 'multicast';
  if (octets.every((octet) => octet === 255)) return 'broadcast';
  if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return 'private';
  if (a === 100 && b >= 64 && b <= 127) return 'carrier-grade-nat';
  return 'global';
}

function ipv6Scope(octets: Uint8Array): AddressScope {
  const [a = 0, b = 0] = octets;
  if (octets.subarray(0, 15).every((octet) => octet === 0)) {
    if (octets[15] === 0) return 'unspecified';
    if (octets[15] === 1) return 'loopback';
  }
  if (a === 0xff) return 'multicast';
  if (a === 0xfe && (b & 0xc0) === 0x80) return 'link-local';
  if ((a & 0xfe) === 0xfc || (a === 0xfe && (b & 0xc0) === 0xc0)) return 'private';
  return 'global';
}
