import { createCipheriv, createDecipheriv } from 'node:crypto';

/** The secret of a TSIG key has to be kept whole, so it is kept encrypted: AES-256-GCM (NIST SP 800-38D). */

export const keyFileOctets = 32;
export const nonceOctets = 12;
const tagOctets = 16;
const cipher = 'aes-256-gcm';

/**
 * @param key    {@link keyFileOctets} octets
 * @param nonce  {@link nonceOctets} random octets, never used twice with one key
 * @param about  whose secret it is: it can be decrypted as that and as no other's
 * @returns nonce, ciphertext and tag, in base64
 */
export function encryptSecret(secret: Uint8Array, key: Uint8Array, nonce: Uint8Array, about: string): string {
  const encryption = createCipheriv(cipher, key, nonce, { authTagLength: tagOctets });
  encryption.setAAD(Buffer.from(about));
  const ciphertext = Buffer.concat([encryption.update(secret), encryption.final()]);
  return Buffer.concat([nonce, ciphertext, encryption.getAuthTag()]).toString('base64');
}

/** @returns undefined when it was encrypted with another key, or is somebody else's, or was altered */
export function decryptSecret(encrypted: string, key: Uint8Array, about: string): Uint8Array | undefined {
  const octets = Buffer.from(encrypted, 'base64');
  if (octets.length <= nonceOctets + tagOctets) return undefined;
  const decryption = createDecipheriv(cipher, key, octets.subarray(0, nonceOctets), { authTagLength: tagOctets });
  decryption.setAAD(Buffer.from(about));
  decryption.setAuthTag(octets.subarray(octets.length - tagOctets));
  try {
    return Buffer.concat([
      decryption.update(octets.subarray(nonceOctets, octets.length - tagOctets)),
      decryption.final(),
    ]);
  } catch {
    return undefined;
  }
}
