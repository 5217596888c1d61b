/** Record types, by the IANA registry's mnemonics (RFC 6895 §3.1). */
export const Type = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  WKS: 11,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  RT: 21,
  SIG: 24,
  KEY: 25,
  PX: 26,
  AAAA: 28,
  LOC: 29,
  NXT: 30,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
} as const;

/** Classes (RFC 1035 §3.2.4–5); NONE and ANY carry meaning in UPDATE (RFC 2136 §1.3). */
export const Class = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

/** Kinds of message (RFC 1035 §4.1.1, RFC 1996, RFC 2136). */
export const Opcode = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5 } as const;

/** Response codes: 0–15 fit the header, BADVERS needs EDNS (RFC 6891 §6.1.3). */
export const Rcode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const;

/** The Error field of a TSIG record (RFC 8945 §3). */
export const TsigError = { NOERROR: 0, BADSIG: 16, BADKEY: 17, BADTIME: 18, BADTRUNC: 22 } as const;

const typeNames = reverse(Type);
const classNames = reverse(Class);
const rcodeNames = reverse(Rcode);
const tsigErrorNames = reverse(TsigError);
const typesByName = new Map<string, number>(Object.entries(Type));
const classesByName = new Map<string, number>(Object.entries(Class));

/** "A", or "TYPE65280" for a type without a mnemonic here (RFC 3597 §5). */
export function typeName(type: number): string {
  return typeNames.get(type) ?? `TYPE${type}`;
}

/** "IN", or "CLASS32" (RFC 3597 §5). */
export function className(dnsClass: number): string {
  return classNames.get(dnsClass) ?? `CLASS${dnsClass}`;
}

/** "NOERROR", or "RCODE11" for a code without a mnemonic here. */
export function rcodeName(rcode: number): string {
  return rcodeNames.get(rcode) ?? `RCODE${rcode}`;
}

/** "BADTIME", or "TSIGERROR99" for a code that RFC 8945 does not know. */
export function tsigErrorName(error: number): string {
  return tsigErrorNames.get(error) ?? `TSIGERROR${error}`;
}

/** The number behind "A", "aaaa" or "TYPE65280"; undefined where the text is neither. */
export function parseType(text: string): number | undefined {
  return parseCode(text, typesByName, /^TYPE(0|[1-9][0-9]{0,4})$/);
}

/** The number behind "IN", "ch" or "CLASS32"; undefined where the text is neither. */
export function parseClass(text: string): number | undefined {
  return parseCode(text, classesByName, /^CLASS(0|[1-9][0-9]{0,4})$/);
}

function parseCode(text: string, byName: ReadonlyMap<string, number>, numbered: RegExp): number | undefined {
  const upper = text.toUpperCase();
  const known = byName.get(upper);
  if (known !== undefined) return known;
  const digits = numbered.exec(upper)?.[1];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  return number <= 0xffff ? number : undefined;
}

function reverse(codes: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(codes).map(([name, number]) => [number, name]));
}
