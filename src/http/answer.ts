import type { FastifyReply } from 'fastify';

/** What a client is told. */
export interface Answer {
  readonly status: number;
  /** Ends with a newline; undefined where HEAD is answered and it is not known what GET would be told. */
  readonly text: string | undefined;
  readonly retryAfterSeconds?: number;
  /** The methods of this page, where the request's was not among them. */
  readonly allow?: string;
  /** Where it is not plain text. */
  readonly contentType?: string;
  /** Further headers, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * On every answer. URLs hold secrets: no cache may keep the answer (and with it the URL), and no page may pass the URL on.
 * A browser must not take the text for anything else.
 */
export const commonHeaders = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Sends the answer in one piece, with its Content-Length: old clients do not read chunked bodies. */
export function sendAnswer(reply: FastifyReply, answer: Answer): void {
  reply.code(answer.status).headers(commonHeaders);
  if (answer.headers) reply.headers(answer.headers);
  if (hasNoContent(answer.status)) reply.removeHeader('content-type');
  else if (answer.contentType !== undefined) reply.header('content-type', answer.contentType);
  if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', String(answer.retryAfterSeconds));
  if (answer.allow !== undefined) reply.header('allow', answer.allow);
  // RFC 9110 §8.6: the length of a text that is not known is not told.
  reply.send(answer.text);
}

/** RFC 9110 §15.3.5, §15.4.5. */
function hasNoContent(status: number): boolean {
  return status === 204 || status === 304;
}
