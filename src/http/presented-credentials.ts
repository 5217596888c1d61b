import type { IncomingMessage } from 'node:http';
import { countHeader } from './count-header.ts';

/** What a request presents to prove who asks. */
export type Presented =
  | { readonly kind: 'none' }
  /** `userName` only where there was one: of Basic, or beside a password in the query. */
  | { readonly kind: 'one'; readonly secret: string; readonly userName: string | undefined }
  /** Two Authorization headers: a proxy before us may have judged the other. */
  | { readonly kind: 'several-headers' }
  /** Header and arguments; whether they are the same is for whoever can compare them in constant time. */
  | {
      readonly kind: 'two';
      readonly inHeader: string;
      readonly inArguments: string;
      readonly userName: string | undefined;
    };

/**
 * Reads `Authorization: Basic` (RFC 7617, the password as secret), `Bearer` (RFC 6750 §2.1) or `Token`, and puts it beside what the arguments
 * hold. Other schemes are not ours and count as none: a proxy that asks for a password may pass it on.
 *
 * @param schemes        `bearer`: where a proxy's own password may come along beside a secret in the URL; `none`: where the header is for others
 * @param fromArguments  the secret in query, form or path, and the user name there; undefined or empty where there is none
 */
export function presentedCredentials(
  message: IncomingMessage,
  fromArguments: { readonly secret: string | undefined; readonly userName?: string | undefined },
  schemes: 'none' | 'bearer' | 'all' = 'all',
): Presented {
  const { authorization } = message.headers;
  const inArguments = fromArguments.secret === '' ? undefined : fromArguments.secret;
  const argumentUser = fromArguments.userName === '' ? undefined : fromArguments.userName;
  if (authorization !== undefined && countHeader(message, 'authorization') > 1) return { kind: 'several-headers' };
  const inHeader =
    authorization === undefined || schemes === 'none' ? undefined : readAuthorization(authorization, schemes);
  if (!inHeader) return inArguments === undefined ? { kind: 'none' } : one(inArguments, argumentUser);
  const userName = inHeader.userName ?? argumentUser;
  if (inArguments === undefined) return one(inHeader.secret, userName);
  return { kind: 'two', inHeader: inHeader.secret, inArguments, userName };
}

function one(secret: string, userName: string | undefined): Presented {
  return { kind: 'one', secret, userName };
}

interface HeaderCredential {
  readonly secret: string;
  readonly userName: string | undefined;
}

/** Undefined where it is none of ours, or empty. */
function readAuthorization(header: string, schemes: 'bearer' | 'all'): HeaderCredential | undefined {
  const [, scheme = '', value = ''] = /^([a-z]+) +(\S.*)$/i.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { secret: value, userName: undefined };
    case 'token':
      return schemes === 'all' ? { secret: value, userName: undefined } : undefined;
    case 'basic':
      return schemes === 'all' ? readBasic(value) : undefined;
    default:
      return undefined;
  }
}

/** RFC 7617 §2: the first colon ends the user name, and the password may have more of them. */
function readBasic(value: string): HeaderCredential | undefined {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const secret = colon < 0 ? '' : text.slice(colon + 1);
  if (secret === '') return undefined;
  return { secret, userName: colon === 0 ? undefined : text.slice(0, colon) };
}
