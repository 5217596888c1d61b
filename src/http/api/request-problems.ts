import type { AuthenticationFault } from '../../access/authenticator.ts';
import type { Mistake, Problem } from './problem.ts';

/** The problems that the API itself finds, each worded in this one place. */

const challenge = 'Bearer realm="dyndns"';

export function invalidRequest(errors: readonly Mistake[]): Problem {
  const [first] = errors;
  const where = first?.pointer ?? first?.parameter ?? '';
  const more = errors.length > 1 ? ` There are ${errors.length} mistakes; \`errors\` lists them.` : '';
  return {
    code: 'invalid-request',
    status: 400,
    detail: `${where === '' ? 'The request' : where}: ${first?.detail ?? 'it is not what is expected'}.${more}`,
    remedy: 'Correct what `errors` lists; /api/openapi.json says what is expected.',
    errors,
  };
}

export const notJson: Problem = {
  code: 'not-json',
  status: 400,
  detail: 'The body is not one JSON text in UTF-8.',
  remedy: 'Send one JSON object.',
};

export const noSuchResource: Problem = {
  code: 'no-such-resource',
  status: 404,
  detail: 'The API has nothing at this path.',
  remedy: 'See /api for what there is.',
};

export function methodNotAllowed(allow: string): Problem {
  return {
    code: 'method-not-allowed',
    status: 405,
    detail: `The method of the request is not one of ${allow}.`,
    remedy: 'See /api for what can be done with this resource.',
    allow,
  };
}

export const unsupportedMediaType: Problem = {
  code: 'unsupported-media-type',
  status: 415,
  detail: 'The body is not said to be JSON.',
  remedy: 'Send a JSON object, with the header Content-Type: application/json.',
};

export function contentTooLarge(mostOctets: number): Problem {
  return {
    code: 'content-too-large',
    status: 413,
    detail: `The body is larger than ${mostOctets} octets.`,
    remedy: 'Ask for less at once.',
  };
}

export const invalidCursor: Problem = {
  code: 'invalid-cursor',
  status: 400,
  detail: 'The cursor is not one that this list has given.',
  remedy: 'Take the cursor from `next_cursor` as it is, or begin without one.',
  errors: [{ parameter: 'cursor', detail: 'it is none that this list has given' }],
};

export const credentialMissing: Problem = {
  code: 'credential-missing',
  status: 401,
  detail: 'The request has no credential in its Authorization header.',
  remedy: 'Send Authorization: Bearer and the secret of the configuration or of a token.',
  challenge,
};

export const severalCredentials: Problem = {
  code: 'credential-ambiguous',
  status: 400,
  detail: 'The request has several Authorization headers.',
  remedy: 'Send one.',
};

/** Who is known and may not come in gets 403; for whom another secret may help, 401. */
export function credentialProblem(reason: AuthenticationFault, retryAfterSeconds: number | undefined): Problem {
  const invalid = { status: 401, challenge: `${challenge}, error="invalid_token"` };
  switch (reason) {
    case 'wrong':
      return {
        code: 'credential-wrong',
        ...invalid,
        detail: 'The credential is nobody’s.',
        remedy: 'Compare it with the secret of the configuration, or ask for a new token.',
      };
    case 'expired':
      return {
        code: 'credential-expired',
        ...invalid,
        detail: 'The token has expired, or its secret has been replaced.',
        remedy: 'Use the newest secret, or have the administrator extend the token.',
      };
    case 'revoked':
      return {
        code: 'credential-revoked',
        ...invalid,
        detail: 'The token has been revoked.',
        remedy: 'Ask the administrator for a new one.',
      };
    case 'blocked':
      return {
        code: 'credential-blocked',
        status: 403,
        detail: 'The administrator has blocked the token.',
        remedy: 'Ask the administrator why.',
      };
    case 'network':
      return {
        code: 'credential-network',
        status: 403,
        detail: 'The token may not be used from this address.',
        remedy: 'Use it from a network of its scope, or have the scope widened.',
      };
    case 'plain-http':
      return {
        code: 'credential-plain-http',
        status: 403,
        detail: 'The token may not be used where others can read it on its way.',
        remedy: 'Use HTTPS, and have the proxy in front listed under http.trusted_proxies.',
      };
    case 'guessing':
      return {
        code: 'credential-guessing',
        status: 429,
        detail: 'Too many wrong credentials came from this network.',
        remedy: 'Wait, and find out which device has an old secret.',
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      };
  }
}

export const administratorsOnly: Problem = {
  code: 'administrators-only',
  status: 403,
  detail: 'This is for the administrator, not for tokens.',
  remedy: 'Use the secret of the configuration.',
};

export const outgoingSecret: Problem = {
  code: 'outgoing-secret',
  status: 403,
  detail: 'The token has a newer secret, and the one before it rotates nothing.',
  remedy: 'Send the newest secret, or ask the administrator for one.',
};

/** Also for what there is and the credential may not see: who may not see it is not told that it exists. */
export function unknown(what: 'host' | 'name' | 'token' | 'records', text: string): Problem {
  const nouns = { host: 'host', name: 'name', token: 'token', records: 'RRset' };
  return {
    code: `unknown-${what}`,
    status: 404,
    detail: `There is no ${nouns[what]} ${text} that this credential may see.`,
    remedy: 'Compare it with what the list has, or ask with another credential.',
  };
}

export const versionMismatch: Problem = {
  code: 'version-mismatch',
  status: 412,
  detail: 'It is not, or not any more, the version that If-Match or If-None-Match asks for.',
  remedy: 'Get it again, look at what has changed, and send the ETag that it has now.',
};

export const changedMeanwhile: Problem = {
  code: 'changed-meanwhile',
  status: 409,
  detail: 'Others changed it each time between our looking and our changing; nothing was changed by this request.',
  remedy: 'Send it again.',
};

/** @param reason  a sentence without a full stop */
export function cannotBeSo(reason: string): Problem {
  return {
    code: 'cannot-be-so',
    status: 409,
    detail: `It was not done: ${reason}.`,
    remedy: 'Ask for something that goes together with what is there.',
  };
}

export const noDatabase: Problem = {
  code: 'no-database',
  status: 501,
  detail: 'The service has no database, and so no tokens, hosts and history.',
  remedy: 'Give it one: `database` in the configuration.',
};

export const internalFault: Problem = {
  code: 'internal',
  status: 500,
  detail: 'A fault inside dyndns; its log says more.',
  remedy: 'Report it, with the lines of the log.',
};
