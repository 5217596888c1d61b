/**
 * Decodes standard base64 strictly (RFC 4648 §4): its alphabet only, padded, no bits left over (§3.5), no white space.
 *
 * @returns undefined when the text is anything else; an empty text is an empty key, and that is none
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const octets = Buffer.from(text, 'base64');
  return octets.toString('base64') === text ? Uint8Array.from(octets) : undefined;
}
