import * as fc from 'fast-check';

import { Class, Type } from '../../src/dns/codes.ts';
import { DnsDecodeError } from '../../src/dns/errors.ts';
import { readRdata } from '../../src/dns/rdata.ts';
import { WireReader } from '../../src/dns/reader.ts';
import { opaqueForms } from '../../src/dns/zonefile/opaque-form.ts';
import { readRecords } from '../../src/dns/zonefile/read-zone.ts';
import { Name } from '../../src/dns/name.ts';

/** RDATA of a type that is opaque to the codec, right or nearly so. */
export interface OpaqueRdata {
  readonly type: number;
  readonly octets: Uint8Array;
}

/** RDATA in hexadecimal for types that have no other form here, and for forms whose example is cut short. */
const samples: readonly (readonly [type: number, ...rdatas: string[]])[] = [
  [Type.NULL, '01', '00'],
  [Type.WKS, 'c00002010601', 'c000020106', 'c0000201060000ff'],
  [19, '0431323334', '0b3132333435363738393031'],
  [20, '0431323334', '04313233340131', '00'],
  [22, '470005', '01'],
  [23, '0161016200'],
  [Type.SIG, '00010803000000000000000000000000000101610001', '0001080300000000000000000000000000010000'],
  [Type.KEY, 'c0000308', '010003080102', '010003d0'],
  [27, '01310232340133', '000000'],
  [Type.NXT, '016100400000', '01610060', '01610140', '00'],
  [31, '01'],
  [32, '01'],
  [34, '0131', '01313233', '0041'],
  [
    38,
    '0020010db8000000000000000000000001',
    '4000000000000000010161016200',
    '800161016200',
    '41000000000000000101610000',
  ],
  [40, '010101', '0101010202'],
  [42, '', '00011803c00002', '00028801200001100120', '0001180000020000'],
  [Type.DS, `00010802${'01'.repeat(32)}`, `00010801${'01'.repeat(20)}`, `00010804${'01'.repeat(48)}`, '0001080901'],
  [Type.CDS, `00010802${'01'.repeat(32)}`, '0000000000'],
  [Type.SSHFP, `0101${'01'.repeat(20)}`, `0402${'01'.repeat(32)}`, '010301'],
  [45, '01000201', '010102c000020101', '01030201610001', `010202${'01'.repeat(16)}01`, '010000'],
  [Type.RRSIG, '00010803000000000000000000000000000101610001'],
  [Type.NSEC, '016100000140', '01610006400000000003', '01610000'],
  [Type.DNSKEY, '010003080102', '01000308'],
  [Type.CDNSKEY, '010003080102', '0000030000'],
  [
    Type.NSEC3,
    '0100000100140101010101010101010101010101010101010101000140',
    '010000010201021401010101010101010101010101010101010101010001',
    '01000001000101000140',
  ],
  [Type.NSEC3PARAM, '0100000100', '0100000102aabb'],
  [Type.TLSA, '03010101', `030101${'01'.repeat(32)}`, '030101'],
  [Type.SMIMEA, '03010101'],
  [55, '0402000401020304050607080161016200', '040200040102030405060708', '0402000001020304'],
  [56, '0161', '01610162'],
  [57, '010003080102', '00000000'],
  [58, '0161000162016300', '0000'],
  [Type.OPENPGPKEY, '01'],
  [Type.CSYNC, '0000000100030001400000', '000000010003000140', '000000010003'],
  [Type.ZONEMD, `000000010101${'01'.repeat(48)}`, `000000010102${'01'.repeat(64)}`, `0000000101f0${'01'.repeat(12)}`],
  [
    Type.SVCB,
    '000000',
    '00010161000001000302683200030002ffff',
    '0001000000000200010001000302683200',
    '00010000040004c0000201',
  ],
  [
    Type.HTTPS,
    '000100',
    '0001000001000302683200020000',
    '00010000060010' + '01'.repeat(16),
    '000100000500010a',
    '0001000007000101',
    '00010000070010' + Buffer.from('/dns-query{?dns}').toString('hex'),
  ],
  [66, '003b01003500', '003b0100350161016200'],
  [67, '01'],
  [68, '01'],
  [104, '00010000000000000001'],
  [105, '0001c0000201'],
  [106, '00010000000000000001'],
  [107, '00010161016200'],
  [108, '010203040506'],
  [109, '0102030405060708'],
  [Type.URI, '0001000161', '00010001'],
  [258, '0161', '01610162'],
  [259, '00000000000000010200', '000000000000000102036162630102'],
  [260, '0000', '0001c0000201', `0002${'01'.repeat(16)}`, '0083016100', '0084'],
  [261, '0161', '03613d62'],
  [262, '0161'],
  [32768, `00010801${'01'.repeat(20)}`],
  [32769, `00010802${'01'.repeat(32)}`],
  [65280, '', '01'],
];

const origin = Name.parse('example.');
const written: readonly OpaqueRdata[] = [...opaqueForms].flatMap(([type, { example }]) => {
  const read = readRecords(`x 60 IN TYPE${type} ${example}`, { origin });
  return read.kind === 'records'
    ? read.records.map(({ rdata }) => ({ type, octets: rdata.kind === 'opaque' ? rdata.octets : new Uint8Array(0) }))
    : [];
});
const listed = samples.flatMap(([type, ...rdatas]) =>
  rdatas.map((hex): OpaqueRdata => ({ type, octets: Uint8Array.from(Buffer.from(hex, 'hex')) })),
);

const octet = fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 63, 64, 128, 192, 255), fc.integer({ min: 0, max: 255 }));

/** One octet more, one less, one other, or none of these. */
export const arbitraryOpaqueRdata: fc.Arbitrary<OpaqueRdata> = fc
  .tuple(fc.constantFrom(...listed, ...written), fc.nat(6), fc.nat(), octet)
  .map(([{ type, octets }, dice, place, value]) => {
    const at = place % (octets.length + 1);
    const before = octets.subarray(0, at);
    const after = octets.subarray(at);
    if (dice === 0) return { type, octets: Uint8Array.of(...before, value, ...after) };
    if (dice === 1) return { type, octets: Uint8Array.of(...before, ...after.subarray(1)) };
    if (dice === 2) return { type, octets: before };
    if (dice < 6) return { type, octets: Uint8Array.of(...before, value, ...after.subarray(1)) };
    return { type, octets };
  });

/** Those that a message can bring: the codec looks into names that may be compressed, and refuses the message otherwise. */
export const arbitraryReadableRdata = arbitraryOpaqueRdata.filter(({ type, octets }) => {
  try {
    readRdata(new WireReader(octets), type, Class.IN, octets.length);
    return true;
  } catch (error) {
    if (error instanceof DnsDecodeError) return false;
    throw error;
  }
});
