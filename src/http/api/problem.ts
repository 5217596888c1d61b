import type { FaultCode } from '../../updates/fault.ts';

/** What the API itself finds wrong with a request, before anything is asked of a zone. */
export type RequestProblemCode =
  | 'invalid-request'
  | 'not-json'
  | 'no-such-resource'
  | 'method-not-allowed'
  | 'unsupported-media-type'
  | 'content-too-large'
  | 'invalid-cursor'
  | 'credential-missing'
  | 'credential-wrong'
  | 'credential-expired'
  | 'credential-revoked'
  | 'credential-blocked'
  | 'credential-network'
  | 'credential-plain-http'
  | 'credential-guessing'
  | 'credential-ambiguous'
  | 'administrators-only'
  | 'outgoing-secret'
  | 'unknown-host'
  | 'unknown-name'
  | 'unknown-token'
  | 'unknown-records'
  | 'version-mismatch'
  | 'changed-meanwhile'
  | 'cannot-be-so'
  | 'no-database'
  | 'internal';

export type ProblemCode = RequestProblemCode | FaultCode;

/** One mistake in a request: where it is, and what would be right. */
export interface Mistake {
  /** Into the body (RFC 6901); the empty pointer is the whole of it. */
  readonly pointer?: string;
  /** Of the query or the path. */
  readonly parameter?: string;
  readonly detail: string;
}

/** Why a request was not carried out (RFC 9457). */
export interface Problem {
  readonly code: ProblemCode;
  readonly status: number;
  /** What was wrong, a sentence. */
  readonly detail: string;
  /** What would put it right, a sentence. */
  readonly remedy: string;
  readonly errors?: readonly Mistake[];
  readonly retryAfterSeconds?: number;
  readonly allow?: string;
  /** Of 401 (RFC 9110 §11.6.1). */
  readonly challenge?: string;
  /** For the log alone: by which credential it was asked, where that is known, as `credentialLabel` has it. */
  readonly credential?: string;
  /** The log has it already, as what an update came to. */
  readonly isLogged?: boolean;
}

/** The title of each problem, which is the same whenever it occurs (RFC 9457 §3.1.3). */
export const problemTitles: Readonly<Record<ProblemCode, string>> = {
  'invalid-request': 'The request has mistakes in it',
  'not-json': 'The body is no JSON',
  'no-such-resource': 'There is nothing at this path',
  'method-not-allowed': 'The resource does not have this method',
  'unsupported-media-type': 'The body is not in JSON',
  'content-too-large': 'The body is too large',
  'invalid-cursor': 'The cursor is not one of ours',
  'credential-missing': 'No credential was presented',
  'credential-wrong': 'The credential is wrong',
  'credential-expired': 'The token has expired',
  'credential-revoked': 'The token has been revoked',
  'credential-blocked': 'The token has been blocked',
  'credential-network': 'The token may not be used from this address',
  'credential-plain-http': 'The token may be used over HTTPS only',
  'credential-guessing': 'Too many wrong credentials',
  'credential-ambiguous': 'More than one credential was presented',
  'administrators-only': 'This is for the administrator',
  'outgoing-secret': 'The secret has been replaced',
  'unknown-host': 'There is no such host',
  'unknown-name': 'There is no such name',
  'unknown-token': 'There is no such token',
  'unknown-records': 'There are no such records',
  'version-mismatch': 'It is not the version that the request is meant for',
  'changed-meanwhile': 'Others changed it meanwhile',
  'cannot-be-so': 'It cannot be so',
  'no-database': 'The service keeps nothing',
  internal: 'A fault inside dyndns',
  'unknown-zone': 'The name is in none of the zones',
  alias: 'An alias stands at the name',
  static: 'The records are configured',
  'not-permitted': 'The credential may not do this',
  'too-many-names': 'The token has as many names as it may have',
  'unsuitable-address': 'The address cannot be used',
  throttled: 'Changes come too often',
  'over-limit': 'A bound of the zone is reached',
  'not-stored': 'It could not be stored',
  'too-large': 'The changes do not fit into one UPDATE',
  busy: 'Too much is waiting',
  unreachable: 'The nameserver cannot be reached',
  disconnected: 'The nameserver closed the connection',
  timeout: 'The nameserver did not answer in time',
  'not-dns': 'The nameserver does not speak DNS',
  unproven: 'The answer of the nameserver is not proven',
  'unknown-key': 'The nameserver does not know the key',
  'wrong-signature': 'The nameserver computes another signature',
  'clock-skew': 'The clocks are too far apart',
  refused: 'The nameserver refused',
  'not-authoritative': 'The nameserver has no authority for the zone',
  'not-applied': 'The zone does not hold what was sent',
  contested: 'Others change the records as well',
  unconfirmed: 'It is not known whether the update took effect',
};

export const problemMediaType = 'application/problem+json';

/** Where the meaning of a problem can be read; relative to whatever the API is reached at. */
export function problemType(code: ProblemCode): string {
  return `/api/problems/${code}`;
}

/** The members as they are sent: those of RFC 9457, `code` for programs, and `remedy` for people. */
export function problemContent({ code, status, detail, remedy, errors, retryAfterSeconds }: Problem): object {
  return {
    type: problemType(code),
    title: problemTitles[code],
    status,
    detail,
    code,
    remedy,
    ...(errors ? { errors } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
  };
}

export function isProblem(value: object): value is Problem {
  return 'code' in value && 'remedy' in value;
}
