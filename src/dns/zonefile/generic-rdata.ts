import { DnsDecodeError } from '../errors.ts';
import { readRdata, type Rdata, writeRdata } from '../rdata.ts';
import { WireReader } from '../reader.ts';
import { WireWriter } from '../writer.ts';
import { isRdataOfType } from '../rdata-check.ts';
import type { EntryFields } from './entry-fields.ts';
import { ZonefileSyntaxError } from './mistake.ts';

const maxRdataOctets = 0xffff;
const remedy = 'Write \\#, the number of octets, and two hexadecimal digits an octet, such as \\# 4 C0000201';

/** The token that begins RDATA in the form for unknown types (RFC 3597 §5). */
export const genericMark = '\\#';

/**
 * Reads RDATA that is written as `\# length hexadecimal`, which every type may be, a known one too; it is read as its
 * type then, and has to be right for it (RFC 3597 §5). A name in it has to be whole, since there is no message that a
 * compression pointer could point into (§4).
 *
 * @param fields  from the `\#` on
 * @throws ZonefileSyntaxError
 */
export function readGenericRdata(fields: EntryFields, type: number, dnsClass: number): Rdata {
  const { offset } = fields;
  fields.skip();
  fields.example = remedy;
  const length = fields.number('the number of octets', maxRdataOctets);
  const digits = length === 0 ? '' : fields.rest('the octets in hexadecimal');
  fields.expectEnd('data of no octets');
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(digits))
    throw new ZonefileSyntaxError(offset, 'These octets are not hexadecimal', remedy);
  if (digits.length !== length * 2) {
    throw new ZonefileSyntaxError(
      offset,
      `${length} octets are announced here, and ${digits.length / 2} follow`,
      remedy,
    );
  }
  const octets = Uint8Array.from(Buffer.from(digits, 'hex'));
  try {
    const rdata = readRdata(new WireReader(octets), type, dnsClass, octets.length);
    const writer = new WireWriter(maxRdataOctets);
    writeRdata(writer, type, rdata, false);
    if (Buffer.compare(writer.finish(), octets) === 0) return checked(rdata, type, offset);
    throw new ZonefileSyntaxError(offset, 'A name in these octets is compressed', 'Write it in full');
  } catch (error) {
    if (!(error instanceof DnsDecodeError)) throw error;
    throw new ZonefileSyntaxError(
      offset,
      `These octets are not what the type wants: ${error.message}`,
      'Correct them, or write the record in its own form',
    );
  }
}

/** Types that the codec does not look into may be known to those who transfer the zone. */
function checked(rdata: Rdata, type: number, offset: number): Rdata {
  if (rdata.kind !== 'opaque' || isRdataOfType(type, rdata.octets)) return rdata;
  throw new ZonefileSyntaxError(
    offset,
    'These octets are not what the type wants',
    'Correct them, or write the record in its own form',
  );
}
