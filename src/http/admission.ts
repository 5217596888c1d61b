import type { FastifyRequest } from 'fastify';

import type { AuthenticationFault } from '../access/authenticator.ts';
import type { Asker } from '../updates/asker.ts';
import { authenticationTexts } from './credential.ts';
import type { Desk } from './desk.ts';
import { delayGuess } from './guess-delay.ts';
import { isPrefetch } from './prefetch.ts';
import { presentedCredentials } from './presented-credentials.ts';
import { parameterError, type Refusal, refusalTo } from './refusal.ts';

/** Who asks, or why nobody is asked any further; a dialect has its own words for it. */
export type Admission =
  | { readonly kind: 'admitted'; readonly asker: Asker; readonly userName: string | undefined }
  /** No credential at all; no wrong try. */
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'refused';
      readonly reason: AuthenticationFault | 'several-headers' | 'contradiction' | 'prefetch';
      /** For the log, and for people where the dialect shows them sentences. */
      readonly refusal: Refusal;
    };

/**
 * Finds out who asks, by whatever credential the request brings. Whoever only looks ahead is not admitted: he must not change anything.
 *
 * @param fromArguments  the secret in query, form or path, or in a header of the dialect's own, and the user name there
 * @param schemes        those of the Authorization header that are looked at
 */
export async function admit(
  desk: Desk,
  request: FastifyRequest,
  fromArguments: { readonly secret: string | undefined; readonly userName?: string | undefined },
  schemes: 'none' | 'all' = 'all',
): Promise<Admission> {
  if (isPrefetch(request.raw.headers)) return refused('prefetch', prefetched);
  const { authenticator } = desk.services.current();
  const presented = presentedCredentials(request.raw, fromArguments, schemes);
  switch (presented.kind) {
    case 'none':
      return { kind: 'anonymous' };
    case 'several-headers':
      return refused('several-headers', severalHeaders);
    case 'two':
      if (!authenticator.areSame(presented.inHeader, presented.inArguments))
        return refused('contradiction', contradiction);
      break;
    case 'one':
      break;
  }
  const secret = presented.kind === 'two' ? presented.inHeader : presented.secret;
  const authentication = authenticator.authenticate(secret, desk.origin(request));
  if (authentication.kind === 'known')
    return { kind: 'admitted', asker: authentication.asker, userName: presented.userName };
  const { reason, retryAfterSeconds, delayMs } = authentication;
  if (delayMs !== undefined) await delayGuess(delayMs, request.raw);
  const refusal = refusalTo(
    authentication,
    parameterError(authenticationTexts[reason], reason === 'guessing' ? 429 : 401),
  );
  return refused(reason, retryAfterSeconds === undefined ? refusal : { ...refusal, retryAfterSeconds });
}

function refused(reason: Extract<Admission, { kind: 'refused' }>['reason'], refusal: Refusal): Admission {
  return { kind: 'refused', reason, refusal };
}

const prefetched = parameterError('The request is marked as a prefetch or preview, so nothing was changed.', 403);
const severalHeaders = parameterError('Send one Authorization header, not several.');
const contradiction = parameterError('The secret in the Authorization header and the one in the URL differ.', 401);
