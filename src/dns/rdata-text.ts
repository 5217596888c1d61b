import type { Name } from './name.ts';
import type { Rdata, SoaRdata } from './rdata.ts';

/**
 * The presentation form of RDATA, as a zone file writes it after the type (RFC 1035 §5.1); `\# length hex` for opaque
 * RDATA (RFC 3597 §5). AAAA addresses are in the form of RFC 5952.
 *
 * @param nameText  how names are written; absolute when absent
 */
export function rdataToText(rdata: Rdata, nameText: (name: Name) => string = String): string {
  switch (rdata.kind) {
    case 'A':
      return rdata.address.join('.');
    case 'AAAA':
      return ipv6Text(rdata.address);
    case 'TXT':
      return rdata.strings.map(quoted).join(' ');
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return nameText(rdata.target);
    case 'SOA':
      return soaText(rdata, nameText);
    case 'MX':
      return `${rdata.preference} ${nameText(rdata.exchange)}`;
    case 'SRV':
      return `${rdata.priority} ${rdata.weight} ${rdata.port} ${nameText(rdata.target)}`;
    case 'CAA':
      return `${rdata.flags} ${rdata.tag} ${quoted(rdata.value)}`;
    case 'opaque':
      return opaqueText(rdata.octets);
  }
}

function soaText(soa: SoaRdata, nameText: (name: Name) => string): string {
  const { mname, rname, serial, refresh, retry, expire, minimum } = soa;
  return [nameText(mname), nameText(rname), serial, refresh, retry, expire, minimum].join(' ');
}

/** RFC 3597 §5: the token `\#`, the length in decimal, then the octets in hexadecimal. */
function opaqueText(octets: Uint8Array): string {
  return octets.length === 0 ? '\\# 0' : `\\# ${octets.length} ${hex(octets)}`;
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** RFC 1035 §5.1: a quoted string, `"` and `\` escaped, octets outside printable ASCII as \DDD. */
function quoted(octets: Uint8Array): string {
  return `"${Array.from(octets, quotedOctet).join('')}"`;
}

function quotedOctet(octet: number): string {
  if (octet < 0x20 || octet >= 0x7f) return `\\${String(octet).padStart(3, '0')}`;
  const character = String.fromCharCode(octet);
  return character === '"' || character === '\\' ? `\\${character}` : character;
}

/** RFC 5952 §4: lower case, no leading zeros, the first of the longest runs of two or more zero groups as "::". */
function ipv6Text(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => (address[index * 2]! << 8) | address[index * 2 + 1]!);
  const run = longestZeroRun(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return text(groups);
  return `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}
