import { Type } from './codes.ts';
import { RdataCursor } from './rdata-cursor.ts';
import { areServiceParameters } from './service-parameters-check.ts';
import { isSubstitution } from './substitution-check.ts';

/** Goes over one field, or several. @returns whether they are what the type wants */
type Field = (cursor: RdataCursor) => boolean;

const octets =
  (count: number): Field =>
  (cursor) =>
    cursor.skip(count);
const name: Field = (cursor) => cursor.name();
const string: Field = (cursor) => cursor.string();
/** Whatever is left, be it nothing. */
const anything: Field = (cursor) => cursor.skip(cursor.remaining);
/** Whatever is left, an octet at least. */
const something: Field = (cursor) => cursor.remaining > 0 && anything(cursor);
const strings: Field = (cursor) => {
  do if (!cursor.string()) return false;
  while (cursor.remaining > 0);
  return true;
};

/** A digest as long as its kind has it; one of a kind that is not known has one octet at least, or as many as are said. */
const digest =
  (kindAt: number, lengths: ReadonlyMap<number, number>, least = 1): Field =>
  (cursor) => {
    const length = lengths.get(cursor.octets[kindAt] ?? -1);
    return (length === undefined ? cursor.remaining >= least : cursor.remaining === length) && anything(cursor);
  };

/** SHA-1, SHA-256, GOST R 34.11-94 and SHA-384: RFC 4034 §A.2, RFC 4509 §2.1, RFC 5933 §4, RFC 6605 §2. */
const delegationSigner: Field[] = [octets(4), digest(3, new Map([[1, 20], [2, 32], [3, 32], [4, 48]]))]; // prettier-ignore
const publicKey: Field[] = [octets(4), something];
const certificateUsage: Field[] = [octets(3), something];

/** RFC 4034 §4.1.2: windows in rising order, each of 1 to 32 octets, the last of which is not zero. */
const typeBitmap: Field = (cursor) => {
  let before = -1;
  while (cursor.remaining > 0) {
    const window = cursor.next!;
    const length = cursor.octets[cursor.at + 1] ?? 0;
    if (window <= before || length < 1 || length > 32 || !cursor.skip(2 + length)) return false;
    if (cursor.octets[cursor.at - 1] === 0) return false;
    before = window;
  }
  return true;
};

/** An address or a name, as the kind of gateway has it (RFC 4025 §2.3, RFC 8777 §4.2.3). */
const gateway =
  (kindOf: (rdata: Uint8Array) => number | undefined): Field =>
  (cursor) => {
    switch (kindOf(cursor.octets)) {
      case 0:
        return true;
      case 1:
        return cursor.skip(4);
      case 2:
        return cursor.skip(16);
      case 3:
        return cursor.name();
      default:
        return anything(cursor);
    }
  };

/** RFC 1876 §2: version 0, sizes whose two digits are digits, and degrees that there are. */
const location: Field = (cursor) => {
  const { octets: all } = cursor;
  if (all.length !== 16 || all[0] !== 0) return false;
  if (!all.subarray(1, 4).every(isSize)) return false;
  const view = new DataView(all.buffer, all.byteOffset);
  const isWithin = (at: number, degrees: number) => Math.abs(view.getUint32(at) - 2 ** 31) <= degrees * 3_600_000;
  return isWithin(4, 90) && isWithin(8, 180) && anything(cursor);
};

/** A digit, and the power of ten that it is to be multiplied by. */
function isSize(octet: number): boolean {
  return octet >> 4 <= 9 && (octet & 0xf) <= 9 && (octet >> 4 > 0 || octet === 0);
}

/** RFC 1035 §3.4.2; BIND wants no zero at the end of the bitmap, and no more than 65,536 bits. */
const services: Field = (cursor) => {
  const isRight = cursor.remaining === 0 || cursor.octets.at(-1) !== 0;
  return cursor.remaining <= 8192 && isRight && anything(cursor);
};

/** RFC 2535 §5.2: of the first 128 types, save type 0, without zeros at the end. */
const oldTypeBitmap: Field = (cursor) => {
  if (cursor.remaining === 0) return true;
  return cursor.next! < 0x80 && cursor.remaining <= 16 && cursor.octets.at(-1) !== 0 && anything(cursor);
};

/** RFC 3123 §4. */
const prefixes: Field = (cursor) => {
  while (cursor.remaining > 0) {
    const family = cursor.readU16();
    const prefixLength = cursor.next;
    const length = (cursor.octets[cursor.at + 1] ?? 0) & 0x7f;
    if (prefixLength === undefined || !cursor.skip(2 + length)) return false;
    if (length > 0 && cursor.octets[cursor.at - 1] === 0) return false;
    const longest = family === 1 ? 4 : family === 2 ? 16 : 127;
    if (length > longest || (longest < 127 && prefixLength > longest * 8)) return false;
  }
  return true;
};

/** RFC 8005 §5. */
const hostIdentity: Field = (cursor) => {
  const hitLength = cursor.next ?? 0;
  if (!cursor.skip(2)) return false;
  const keyLength = cursor.readU16() ?? 0;
  if (hitLength === 0 || keyLength === 0 || !cursor.skip(hitLength + keyLength)) return false;
  while (cursor.remaining > 0) if (!cursor.name()) return false;
  return true;
};

/** RFC 2874 §3.1: the octets that the prefix leaves, its bits zero in the first of them, and the name of the prefix. */
const addressSuffix: Field = (cursor) => {
  const prefix = cursor.next ?? 255;
  if (prefix > 128 || !cursor.skip(1)) return false;
  const first = cursor.next ?? 0;
  const count = 16 - (prefix >> 3);
  if (count > 0 && first >> (8 - (prefix & 7)) !== 0) return false;
  return cursor.skip(count) && (prefix === 0 || cursor.name());
};

const digits: Field = (cursor) => {
  const from = cursor.at + 1;
  return cursor.string() && cursor.at - from >= 4 && cursor.octets.subarray(from, cursor.at).every(isDigit);
};

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

/** A number of 1 is one in digits (E.164). */
const asynchronousAddress: Field = (cursor) =>
  cursor.remaining >= 2 && (cursor.next !== 1 || cursor.octets.subarray(1).every(isDigit)) && anything(cursor);

/** RFC 2535 §3.1.2: where both bits are set, there is no key. */
const oldKey: Field = (cursor) => (cursor.octets[0]! >> 6 === 3 ? cursor.remaining === 0 : something(cursor));

/** RFC 3403 §4.1: a substitution expression, or none. */
const substitution: Field = (cursor) => {
  const from = cursor.at + 1;
  return cursor.string() && (cursor.at === from || isSubstitution(cursor.octets.subarray(from, cursor.at)));
};

/** RFC 5155 §3.2: a hash has an octet at least; of SHA-1, which is 1, it has 20. */
const hashedName: Field = (cursor) => {
  const length = cursor.next ?? 0;
  return (cursor.octets[0] === 1 ? length === 20 : length > 0) && cursor.string();
};

const zero: Field = (cursor) => cursor.readU16() === 0;

/** Types by number that the codec has no mnemonic for, since zone files here write them as RFC 3597 §5 has it. */
const unnamed = {
  X25: 19, // RFC 1183 §3.1
  ISDN: 20, // RFC 1183 §3.2
  NSAP: 22, // RFC 1706 §5
  'NSAP-PTR': 23, // RFC 1348
  GPOS: 27, // RFC 1712 §3
  EID: 31,
  NIMLOC: 32,
  ATMA: 34,
  A6: 38,
  SINK: 40,
  APL: 42,
  IPSECKEY: 45,
  HIP: 55,
  NINFO: 56,
  RKEY: 57,
  TALINK: 58,
  DSYNC: 66, // RFC 9859 §2
  HHIT: 67,
  BRID: 68,
  NID: 104, // RFC 6742 §2.1
  L32: 105, // RFC 6742 §2.2
  L64: 106, // RFC 6742 §2.3
  LP: 107, // RFC 6742 §2.4
  EUI48: 108, // RFC 7043 §3.1
  EUI64: 109, // RFC 7043 §4.1
  AVC: 258,
  DOA: 259,
  AMTRELAY: 260,
  RESINFO: 261, // RFC 9606 §4
  WALLET: 262,
  TA: 32768,
  DLV: 32769, // RFC 4431 §2
} as const;

/** The types that are opaque in the codec, and that other nameservers look into. */
const fieldsByType: ReadonlyMap<number, readonly Field[]> = new Map<number, readonly Field[]>([
  [Type.MD, [name]],
  [Type.MF, [name]],
  [Type.MB, [name]],
  [Type.MG, [name]],
  [Type.MR, [name]],
  // RFC 1035 §3.3.10 allows none; Knot refuses a zone with such a record.
  [Type.NULL, [something]],
  [Type.WKS, [octets(5), services]],
  [Type.HINFO, [string, string]],
  [Type.MINFO, [name, name]],
  [Type.RP, [name, name]],
  [Type.AFSDB, [octets(2), name]],
  [unnamed.X25, [digits]],
  [unnamed.ISDN, [string, (cursor) => cursor.remaining === 0 || cursor.string()]],
  [Type.RT, [octets(2), name]],
  [unnamed.NSAP, [something]],
  [unnamed['NSAP-PTR'], [name]],
  [Type.SIG, [octets(18), name, something]],
  [Type.KEY, [octets(4), oldKey]],
  [Type.PX, [octets(2), name, name]],
  [unnamed.GPOS, [string, string, string]],
  [Type.LOC, [location]],
  [Type.NXT, [name, oldTypeBitmap]],
  [unnamed.EID, [something]],
  [unnamed.NIMLOC, [something]],
  [unnamed.ATMA, [asynchronousAddress]],
  [Type.NAPTR, [octets(4), string, string, substitution, name]],
  [Type.KX, [octets(2), name]],
  [Type.CERT, [octets(5), something]],
  [unnamed.A6, [addressSuffix]],
  [Type.DNAME, [name]],
  [unnamed.SINK, [octets(2), something]],
  [unnamed.APL, [prefixes]],
  [Type.DS, delegationSigner],
  [Type.SSHFP, [octets(2), digest(1, new Map([[1, 20], [2, 32]]), 0)]], // prettier-ignore
  [unnamed.IPSECKEY, [octets(3), gateway((rdata) => rdata[1]), something]],
  [Type.RRSIG, [octets(18), name, something]],
  [Type.NSEC, [name, (cursor) => cursor.remaining > 0 && typeBitmap(cursor)]],
  [Type.DNSKEY, publicKey],
  [Type.DHCID, [something]],
  [Type.NSEC3, [octets(4), string, hashedName, typeBitmap]],
  [Type.NSEC3PARAM, [octets(4), string]],
  [Type.TLSA, certificateUsage],
  [Type.SMIMEA, certificateUsage],
  [unnamed.HIP, [hostIdentity]],
  [unnamed.NINFO, [strings]],
  [unnamed.RKEY, [zero, octets(2), something]],
  [unnamed.TALINK, [name, name]],
  [Type.CDS, delegationSigner],
  [Type.CDNSKEY, publicKey],
  [Type.OPENPGPKEY, [something]],
  [Type.CSYNC, [octets(6), typeBitmap]],
  [Type.ZONEMD, [octets(6), digest(5, new Map([[1, 48], [2, 64]]), 12)]], // prettier-ignore
  [Type.SVCB, [octets(2), name, areServiceParameters]],
  [Type.HTTPS, [octets(2), name, areServiceParameters]],
  [unnamed.DSYNC, [octets(5), name]],
  [unnamed.HHIT, [something]],
  [unnamed.BRID, [something]],
  [Type.SPF, [strings]],
  [unnamed.NID, [octets(10)]],
  [unnamed.L32, [octets(6)]],
  [unnamed.L64, [octets(10)]],
  [unnamed.LP, [octets(2), name]],
  [unnamed.EUI48, [octets(6)]],
  [unnamed.EUI64, [octets(8)]],
  [Type.URI, [octets(4), something]],
  [unnamed.AVC, [strings]],
  [unnamed.DOA, [octets(9), string, anything]],
  [unnamed.AMTRELAY, [octets(2), gateway((rdata) => (rdata[1] ?? 0xff) & 0x7f)]],
  [unnamed.RESINFO, [strings]],
  [unnamed.WALLET, [strings]],
  [unnamed.TA, delegationSigner],
  [unnamed.DLV, delegationSigner],
]);

/**
 * Whether RDATA that the codec takes for opaque octets is what its type wants, as far as other nameservers look: one of
 * them refuses a whole zone for one record that is not.
 *
 * A type that nobody knows may hold anything (RFC 3597 §3), and what a fixed field may mean is not looked at.
 */
export function isRdataOfType(type: number, rdata: Uint8Array): boolean {
  const fields = fieldsByType.get(type);
  if (fields === undefined) return true;
  const cursor = new RdataCursor(rdata);
  return fields.every((field) => field(cursor)) && cursor.remaining === 0;
}
