import { hash } from 'node:crypto';

/** 160 bits, as many as SHA-1 has and nobody can try. */
export const secretOctets = 20;
export const idOctets = 7;

const prefix = 'dyn';
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62²⁷ is more than 2¹⁶⁰. */
const digitCount = 27;
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const idLength = 10;

/**
 * How the secret of any token looks, in any case: so that it is known in a text where it does not belong. It may stand between letters:
 * `%3A` before it in a URL ends in one.
 */
export const secretShape = new RegExp(`${prefix}[0-9a-z]{${digitCount}}`, 'i');

/**
 * The text of a token's secret: letters and digits only, and no more than 30, so that it fits into the password field of any router.
 *
 * @param octets  {@link secretOctets} random ones; different octets give different texts
 */
export function secretText(octets: Uint8Array): string {
  if (octets.length !== secretOctets) throw new RangeError(`a secret is made of ${secretOctets} octets`);
  let number = BigInt(`0x${Buffer.from(octets).toString('hex')}`);
  let text = '';
  for (let count = 0; count < digitCount; count += 1) {
    text = digits.charAt(Number(number % 62n)) + text;
    number /= 62n;
  }
  return prefix + text;
}

/** The ID of a token, which is no secret. @param octets  {@link idOctets} random ones */
export function tokenId(octets: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(octets.subarray(0, idOctets)).toString('hex')}`);
  let text = '';
  for (let count = 0; count < idLength; count += 1) {
    text += base32.charAt(Number(number & 31n));
    number >>= 5n;
  }
  return text;
}

/** What is kept of a secret: 64 hex digits. */
export function digestOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}
