import type { IncomingMessage } from 'node:http';
import type { FastifyError } from 'fastify';
import { headersTooLarge } from './connection-faults.ts';
import { countHeader } from './count-header.ts';
import type { HttpLimits } from './limits.ts';
import { parameterError, type Refusal } from './refusal.ts';

/** Our words for what Fastify refuses before a page sees it; undefined for a programmer's error. */
export function frameworkRefusal(error: FastifyError): Refusal | undefined {
  switch (error.code) {
    case 'FST_ERR_BAD_URL':
      return parameterError('The path is not valid percent-encoded UTF-8.');
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return parameterError('The body is too large.', 413);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return parameterError('Send the arguments in the query, or as application/x-www-form-urlencoded.', 415);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return parameterError('The body is not as long as Content-Length says.');
    case 'ECONNRESET':
      return parameterError('The connection was closed before the request was complete.');
    default: {
      const { statusCode = 500 } = error;
      const isTheirs = statusCode >= 400 && statusCode < 500;
      return isTheirs ? parameterError('The request cannot be understood.', statusCode) : undefined;
    }
  }
}

/** What is wrong with a request before anybody asks what it wants. */
export function requestFault(message: IncomingMessage, limits: HttpLimits): Refusal | undefined {
  if (message.httpVersion !== '1.1' && message.httpVersion !== '1.0')
    return parameterError('This server speaks HTTP/1.1 and HTTP/1.0.', 505);
  if ((message.url ?? '').length > limits.urlCharacters)
    return parameterError(`The URL is longer than ${limits.urlCharacters} characters.`, 414);
  if (message.rawHeaders.length > 2 * limits.headerCount) return headersTooLarge;
  // RFC 9112 §3.2: a request with several Host headers, or one of HTTP/1.1 without, is answered with 400.
  const hosts = countHeader(message, 'host');
  if (hosts > 1) return parameterError('Send one Host header, not several.');
  if (hosts === 0 && message.httpVersion === '1.1') return parameterError('The Host header is missing.');
  // RFC 9112 §6.3: where the length of the body is in doubt, so is the beginning of the next request.
  const coding = message.headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || message.httpVersion !== '1.1'))
    return parameterError('Of all transfer codings only chunked is understood, and only in HTTP/1.1.');
  return undefined;
}
