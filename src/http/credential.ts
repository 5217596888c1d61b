import type { IncomingMessage } from 'node:http';
import type { SecretSet } from '../access/secrets.ts';
import { parameterError, type Refusal } from './refusal.ts';

/** In a path that has a place for the secret, this says that the secret is in the Authorization header. */
const inHeader = '-';

/**
 * Checks who asks: the secret in the URL or form, or as `Authorization: Bearer` (RFC 6750 §2.1), or in both places.
 *
 * Other Authorization schemes are not ours and count as none: a proxy that asks for a password may pass it on.
 *
 * @param fromUrl  undefined, empty or `-` where the URL brings none
 * @returns undefined when the secret is right
 */
export function checkCredential(
  message: IncomingMessage,
  fromUrl: string | undefined,
  secrets: SecretSet,
): Refusal | undefined {
  const inUrl = fromUrl === '' || fromUrl === inHeader ? undefined : fromUrl;
  const { authorization } = message.headers;
  if (authorization === undefined && inUrl !== undefined) return secrets.matches(inUrl) ? undefined : wrongSecret;
  // Node keeps the first of several; a proxy before us may have judged the last.
  if (countHeader(message, 'authorization') > 1) return parameterError('Send one Authorization header, not several.');
  const bearer = bearerToken(authorization);
  const given = bearer ?? inUrl;
  if (given === undefined) return missingSecret;
  if (bearer !== undefined && inUrl !== undefined && !secrets.areSame(bearer, inUrl)) return contradictorySecrets;
  return secrets.matches(given) ? undefined : wrongSecret;
}

const wrongSecret: Refusal = parameterError('You specified a wrong secret key.', 403);
const missingSecret = parameterError('missing: Field required (secret).');
const contradictorySecrets = parameterError(
  'The secret in the Authorization header and the one in the URL differ.',
  403,
);

function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S.*)$/i.exec(authorization ?? '')?.[1];
}

/** How often a header was sent. */
export function countHeader({ rawHeaders }: IncomingMessage, lowerCaseName: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) count += 1;
  }
  return count;
}
