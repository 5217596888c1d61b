import { WireWriter } from '../writer.ts';
import { decodeIpv4, decodeIpv6 } from './address-text.ts';
import type { EntryFields } from './entry-fields.ts';
import { decodeEscape } from './escape.ts';
import { ZonefileSyntaxError } from './mistake.ts';

const backslash = 0x5c;
const comma = 0x2c;
const equalsSign = 0x3d;
/** RFC 9460 §2.2: a value has a length of 16 bits. */
const maxValueOctets = 0xffff;

/** RFC 9460 §14.3.2, and what the registry has received since. */
const keys = new Map<string, number>([
  ['mandatory', 0],
  ['alpn', 1],
  ['no-default-alpn', 2],
  ['port', 3],
  ['ipv4hint', 4],
  ['ech', 5],
  ['ipv6hint', 6],
  ['dohpath', 7],
  ['ohttp', 8],
]);

const alpn = 1;
const noDefaultAlpn = 2;
/** Of the keys from 0 on, the last whose value is written in a form of its own. */
const lastKeyWithForm = 6;

/** A value that is not what its key wants; the caller knows where it stands. */
type WrongValue = string;

/**
 * Reads the parameters of SVCB and HTTPS (RFC 9460 §2.1) and writes them as key, length and value (§2.2), in the order
 * of their keys, of which every one may stand once.
 */
export function writeServiceParameters(fields: EntryFields, writer: WireWriter): void {
  const parameters = new Map<number, Uint8Array>();
  while (fields.remaining > 0) {
    const { offset } = fields;
    const written = fields.pair('a parameter', maxValueOctets);
    const equals = written.indexOf(equalsSign);
    const keyText = latin1(equals < 0 ? written : written.subarray(0, equals));
    const key = keyNumber(keyText);
    if (key === undefined) {
      throw new ZonefileSyntaxError(
        offset,
        'This is no parameter that is known here',
        `Write ${[...keys.keys()].join(', ')} or its number, such as key65280`,
      );
    }
    if (parameters.has(key))
      throw new ZonefileSyntaxError(offset, `${keyText} stands here for the second time`, 'Leave one of them out');
    const value = parameterValue(key, equals < 0 ? undefined : written.slice(equals + 1));
    if (typeof value === 'string')
      throw new ZonefileSyntaxError(offset, `${keyText} has a value that is not right`, value);
    parameters.set(key, value);
  }
  const missing = missingParameter(parameters);
  if (missing !== undefined) throw fields.fault(missing, 'Write it, too');
  for (const [key, value] of [...parameters].sort(([a], [b]) => a - b)) {
    writer.writeU16(key);
    writer.writeU16(value.length);
    writer.writeOctets(value);
  }
}

/** RFC 9460 §2.1: in lower case; a number has no leading zeros, and 65535 is reserved (§14.3.2). */
function keyNumber(text: string): number | undefined {
  const known = keys.get(text);
  if (known !== undefined) return known;
  const digits = /^key(0|[1-9][0-9]{0,4})$/.exec(text)?.[1];
  // The value of a number is what goes over the wire, which is not how people write the values of the first keys.
  const number = digits === undefined ? 0 : Number(digits);
  return number > lastKeyWithForm && number < 0xffff ? number : undefined;
}

/** RFC 9460 §7.1.1, §8: what is needed by another parameter, and is not there. */
function missingParameter(parameters: ReadonlyMap<number, Uint8Array>): string | undefined {
  if (parameters.has(noDefaultAlpn) && !parameters.has(alpn)) return 'no-default-alpn needs alpn beside it';
  const mandatory = parameters.get(0) ?? new Uint8Array(0);
  for (let at = 0; at < mandatory.length; at += 2) {
    if (!parameters.has((mandatory[at]! << 8) | mandatory[at + 1]!))
      return 'A parameter that is mandatory is not there';
  }
  return undefined;
}

function parameterValue(key: number, value: Uint8Array | undefined): Uint8Array | WrongValue {
  switch (key) {
    case 0:
      return mandatoryKeys(value);
    case alpn:
      return protocolIds(value);
    case noDefaultAlpn:
    case 8:
      return value === undefined || value.length === 0 ? new Uint8Array(0) : 'Write it without a value';
    case 3: {
      const port = /^[0-9]{1,5}$/.test(latin1(value)) ? Number(latin1(value)) : Infinity;
      return port <= 0xffff ? Uint8Array.of(port >> 8, port) : 'Write a number from 0 to 65535';
    }
    case 4:
      return addresses(value, decodeIpv4) ?? 'Write IPv4 addresses with commas between them';
    case 5: {
      const base64 = latin1(value);
      const isRight = base64.length > 0 && base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
      return isRight ? Uint8Array.from(Buffer.from(base64, 'base64')) : 'Write the ECH configuration in Base64';
    }
    case 6:
      return addresses(value, decodeIpv6) ?? 'Write IPv6 addresses with commas between them';
    default:
      return value ?? new Uint8Array(0);
  }
}

/** RFC 9460 §8: keys in ascending order, none twice, "mandatory" itself not among them. */
function mandatoryKeys(value: Uint8Array | undefined): Uint8Array | WrongValue {
  const named = latin1(value)
    .split(',')
    .map((text) => keyNumber(text) ?? 0);
  const numbers = [...new Set(named)].sort((a, b) => a - b);
  if (numbers.length !== named.length || numbers[0] === 0) {
    return 'Write names of other parameters with commas between them, each once';
  }
  const writer = new WireWriter(maxValueOctets);
  for (const number of numbers) writer.writeU16(number);
  return writer.finish();
}

/** RFC 9460 §7.1.1: a list (§A.1), each protocol with its length before it. */
function protocolIds(value: Uint8Array | undefined): Uint8Array | WrongValue {
  const items = value === undefined ? undefined : listItems(value);
  if (items === undefined || items.some((item) => item.length === 0 || item.length > 255)) {
    return 'Write names of protocols with commas between them, such as alpn="h2,h3"';
  }
  const writer = new WireWriter(maxValueOctets);
  for (const item of items) writer.writeCharacterString(Uint8Array.from(item));
  return writer.finish();
}

/** RFC 9460 §A.1: commas separate; what is a character-string already is escaped once more for commas and backslashes in an item. */
function listItems(value: Uint8Array): number[][] | undefined {
  let item: number[] = [];
  const items = [item];
  for (let at = 0; at < value.length;) {
    const octet = value[at]!;
    if (octet === comma) {
      item = [];
      items.push(item);
      at += 1;
    } else if (octet === backslash) {
      const next = value[at + 1];
      if (next !== comma && next !== backslash) return undefined;
      item.push(decodeEscape(value, at, value.length) & 0xff);
      at += 2;
    } else {
      item.push(octet);
      at += 1;
    }
  }
  return items;
}

function addresses(
  value: Uint8Array | undefined,
  decode: (octets: Uint8Array, start: number, end: number) => Uint8Array | undefined,
): Uint8Array | undefined {
  const writer = new WireWriter(maxValueOctets);
  for (const text of latin1(value).split(',')) {
    const address = decode(Buffer.from(text, 'latin1'), 0, text.length);
    if (address === undefined) return undefined;
    writer.writeOctets(address);
  }
  return writer.finish();
}

function latin1(octets: Uint8Array | undefined): string {
  return Buffer.from(octets ?? []).toString('latin1');
}
