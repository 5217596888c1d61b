import type { IncomingMessage } from 'node:http';
import type { AuthenticationFault, Authenticator, Origin } from '../access/authenticator.ts';
import type { Asker } from '../updates/asker.ts';
import { presentedCredentials } from './presented-credentials.ts';
import { parameterError, type Refusal, refusalTo } from './refusal.ts';

/** In a path that has a place for the secret, this says that the secret is in the Authorization header. */
const inHeader = '-';

export type CredentialVerdict =
  | { readonly kind: 'known'; readonly asker: Asker }
  /** So long is waited before it is told: somebody may be trying secrets. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly delayMs?: number };

/**
 * Finds out who asks on the original's URLs: by the secret or a token in the URL or form, or as `Authorization: Bearer` (RFC 6750 §2.1), or in
 * both places.
 *
 * @param fromUrl  undefined, empty or `-` where the URL brings none
 */
export function checkCredential(
  message: IncomingMessage,
  fromUrl: string | undefined,
  origin: Origin,
  authenticator: Authenticator,
): CredentialVerdict {
  const inUrl = fromUrl === inHeader ? undefined : fromUrl;
  const presented = presentedCredentials(message, { secret: inUrl }, 'bearer');
  switch (presented.kind) {
    case 'none':
      return refused(missingSecret);
    case 'several-headers':
      return refused(parameterError('Send one Authorization header, not several.'));
    case 'two':
      if (!authenticator.areSame(presented.inHeader, presented.inArguments)) return refused(contradictorySecrets);
      return judge(presented.inHeader, origin, authenticator);
    case 'one':
      return judge(presented.secret, origin, authenticator);
  }
}

function judge(secret: string, origin: Origin, authenticator: Authenticator): CredentialVerdict {
  const authentication = authenticator.authenticate(secret, origin);
  if (authentication.kind === 'known') return authentication;
  const { reason, retryAfterSeconds, delayMs } = authentication;
  const refusal = refusalTo(
    authentication,
    parameterError(authenticationTexts[reason], reason === 'guessing' ? 429 : 403),
  );
  const told = retryAfterSeconds === undefined ? refusal : { ...refusal, retryAfterSeconds };
  return delayMs === undefined ? refused(told) : { kind: 'refused', refusal: told, delayMs };
}

export const authenticationTexts: Readonly<Record<AuthenticationFault, string>> = {
  wrong: 'You specified a wrong secret key.',
  expired: 'The token has expired.',
  revoked: 'The token has been revoked.',
  blocked: 'The token has been blocked by the administrator.',
  network: 'The token may not be used from this address.',
  'plain-http': 'The token may be used over HTTPS only.',
  guessing: 'Too many wrong secret keys came from this network.',
};

const missingSecret = parameterError('missing: Field required (secret).');
const contradictorySecrets = parameterError(
  'The secret in the Authorization header and the one in the URL differ.',
  403,
);

function refused(refusal: Refusal): CredentialVerdict {
  return { kind: 'refused', refusal };
}
