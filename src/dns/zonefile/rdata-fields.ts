import { typeName } from '../codes.ts';
import { hasShape, type Rdata } from '../rdata.ts';
import { isRdataOfType } from '../rdata-check.ts';
import type { EntryFields } from './entry-fields.ts';
import { genericMark, readGenericRdata } from './generic-rdata.ts';
import { ZonefileSyntaxError } from './mistake.ts';
import { opaqueForms } from './opaque-form.ts';
import { shapedForms } from './rdata-form.ts';

const backslash = 0x5c;

/**
 * Reads the data of a record, all fields that are left: in the form of its type, or in that of RFC 3597 §5.
 *
 * @throws ZonefileSyntaxError, and DnsEncodeError `too-long`
 */
export function readRdataFields(fields: EntryFields, type: number, dnsClass: number): Rdata {
  const form = hasShape(type, dnsClass) ? shapedForms.get(type) : opaqueForms.get(type);
  if (fields.peekWordOctet() === backslash && fields.isWord(genericMark))
    return readGenericRdata(fields, type, dnsClass);
  if (form === undefined) {
    throw fields.fault(
      `The data of ${typeName(type)} records cannot be read in a form of their own here`,
      'Write it as RFC 3597 has it: \\#, the number of octets, and the octets in hexadecimal',
    );
  }
  const { offset } = fields;
  fields.example = `The data of ${typeName(type)} looks like this: ${form.example}`;
  const rdata = form.read(fields);
  fields.expectEnd(`a record of type ${typeName(type)}`);
  // Each field by itself is right; together, those who transfer the zone may still refuse them.
  if (rdata.kind === 'opaque' && !isRdataOfType(type, rdata.octets))
    throw new ZonefileSyntaxError(offset, `This is nothing that ${typeName(type)} records may hold`, fields.example);
  return rdata;
}
