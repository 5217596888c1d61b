import type { WireWriter } from '../writer.ts';
import type { EntryFields } from './entry-fields.ts';

/** RFC 1876 §2: the equator and the prime meridian. */
const middle = 0x8000_0000;
/** RFC 1876 §2: altitudes count from 100,000 m below the reference spheroid. */
const altitudeBaseCentimetres = 10_000_000;
/** RFC 1876 §3: what is left out. */
const defaultCentimetres = { size: 100, horizontal: 1_000_000, vertical: 1000 };

/**
 * Reads where something is: latitude, longitude, altitude, and optionally size and precisions (RFC 1876 §3), and writes
 * them in the 16 octets of version 0: version, size, horizontal and vertical precision (an octet each), latitude,
 * longitude, altitude (32 bits each).
 */
export function writeLocation(fields: EntryFields, writer: WireWriter): void {
  const latitude = readAngle(fields, 'the latitude', 90, 'N', 'S');
  const longitude = readAngle(fields, 'the longitude', 180, 'E', 'W');
  const altitude = readCentimetres(
    fields,
    'the altitude',
    -altitudeBaseCentimetres,
    0xffff_ffff - altitudeBaseCentimetres,
  );
  const optional = (what: string, centimetres: number): number =>
    sizeOctet(fields.remaining === 0 ? centimetres : readCentimetres(fields, what, 0, 9_000_000_000));
  const size = optional('the size', defaultCentimetres.size);
  const horizontal = optional('the horizontal precision', defaultCentimetres.horizontal);
  const vertical = optional('the vertical precision', defaultCentimetres.vertical);
  for (const octet of [0, size, horizontal, vertical]) writer.writeU8(octet);
  for (const number of [latitude, longitude, altitude + altitudeBaseCentimetres]) writer.writeU32(number);
}

/** Degrees, and optionally minutes and seconds; thousandths of a second of arc from the middle. */
function readAngle(fields: EntryFields, what: string, most: number, positive: string, negative: string): number {
  const fault = (): Error =>
    fields.fault(
      `${fields.excerpt()} does not belong into ${what}`,
      `Write up to ${most} degrees, then minutes and seconds below 60 if need be, then ${positive} or ${negative}`,
    );
  let thousandths = 0;
  for (const unit of [3_600_000, 60_000, 1000]) {
    const written = fields.peekWord(what);
    if (unit < 3_600_000 && !/^[0-9]/.test(written)) break;
    const isRight = unit === 1000 ? /^[0-9]{1,2}(?:\.[0-9]{1,3})?$/.test(written) : /^[0-9]{1,3}$/.test(written);
    if (!isRight || (unit < 3_600_000 && Number(written) >= 60)) throw fault();
    thousandths += Math.round(Number(written) * unit);
    if (thousandths > most * 3_600_000) throw fault();
    fields.skip();
  }
  const hemisphere = fields.peekWord(what).toUpperCase();
  if (hemisphere !== positive && hemisphere !== negative) throw fault();
  fields.skip();
  return hemisphere === positive ? middle + thousandths : middle - thousandths;
}

function readCentimetres(fields: EntryFields, what: string, least: number, most: number): number {
  const written = fields.peekWord(what);
  const centimetres = /^-?[0-9]{1,8}(?:\.[0-9]{1,2})?m?$/i.test(written) ? Math.round(parseFloat(written) * 100) : NaN;
  if (!(centimetres >= least && centimetres <= most)) {
    throw fields.fault(
      `${fields.excerpt()} cannot be ${what}`,
      'Write metres, with two decimals at most, such as -2.50m',
    );
  }
  fields.skip();
  return centimetres;
}

/** RFC 1876 §2: a digit in the upper four bits, the power of ten it is multiplied with in the lower four. */
function sizeOctet(centimetres: number): number {
  let base = centimetres;
  let power = 0;
  while (base >= 10) {
    base = Math.floor(base / 10);
    power += 1;
  }
  return (base << 4) | power;
}
